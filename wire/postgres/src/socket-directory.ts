/** The directory of the unix sockets of the server and the runtime; only the server's user may enter it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { giveTo, type SystemUser } from './system-user.js';

/** What the systems allow for the path of a socket, the shortest of them (macOS 104, Linux 108), without the final zero. */
const MAXIMUM_PATH = 103;
const LONGEST_NAME = '/.s.PGSQL.65535.lock';

export interface SocketDirectory {
  readonly path: string;
  remove(): void;
}

/** `sockets` in the data directory, or a temporary directory if that path is too long. */
export function createSocketDirectory(dataDirectory: string, user: SystemUser): SocketDirectory {
  const inside = path.join(dataDirectory, 'sockets');
  const fits = Buffer.byteLength(inside + LONGEST_NAME) <= MAXIMUM_PATH;
  if (fits) fs.mkdirSync(inside, { recursive: true, mode: 0o700 });
  const directory = fits ? inside : fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-sockets-'));
  giveTo(user, directory);
  return { path: directory, remove: () => fs.rmSync(directory, { recursive: true, force: true }) };
}
