/** The native bridge: CREATE EXTENSION by the owner of the database, and frames over a unix socket. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { installExtension } from '@pgml/bridge-native';
import { giveTo, systemUser } from '@pgml/postgres';
import { serveFrames } from '@pgml/runtime';
import { compiledExtension } from '../native.js';
import type { InstallBridge } from './postgres.js';

export const installNative: InstallBridge = async ({ server, database, runtime, superuser, owner }) => {
  const extension = await compiledExtension();
  if ('missing' in extension) throw new Error(extension.missing);
  await installExtension(extension);
  const socket = path.join(server.socketDirectory, `${database}.sock`);
  const door = net.createServer((client) => serveFrames(client, runtime.session()));
  await new Promise<void>((resolve) => door.listen(socket, resolve));
  giveTo(systemUser(undefined), socket);
  await superuser.query(`LOAD 'pgml'; ALTER DATABASE ${database} SET pgml.runtime_socket = '${socket}'`);
  const { rows } = await superuser.query('SELECT current_database()');
  if (rows.length === 1) await owner.query(`CREATE EXTENSION pgml`);
  return async () => {
    door.close();
    fs.rmSync(socket, { force: true });
  };
};
