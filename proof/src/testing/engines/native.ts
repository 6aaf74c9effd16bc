/** The native bridge: CREATE EXTENSION by the owner of the database, and frames over a unix socket. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { giveTo, systemUser } from '@pgml/postgres';
import { serveFrames } from '@pgml/runtime';
import { installedExtension } from '../native.js';
import type { Door, Site } from './postgres.js';

export async function openNativeDoor({ server, database, runtime, superuser }: Site): Promise<Door> {
  const extension = await installedExtension();
  if ('missing' in extension) throw new Error(extension.missing);
  const socket = path.join(server.socketDirectory, `${database}.sock`);
  const door = net.createServer((client) => serveFrames(client, runtime.session()));
  await new Promise<void>((resolve) => door.listen(socket, resolve));
  giveTo(systemUser(undefined), socket);
  await superuser.query(`ALTER DATABASE ${database} SET pgml.runtime_socket = '${socket}'`);
  return {
    install: async (owner) => {
      await owner.query('CREATE EXTENSION pgml');
    },
    close: () => {
      door.close();
      fs.rmSync(socket, { force: true });
    },
  };
}
