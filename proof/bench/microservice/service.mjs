// Starts the other side: Redis with the features of each entity, and gunicorn with the service.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WORKERS = 2;
// gunicorn keeps connections alive only with threads; more of them, or fewer, gave fewer answers a second.
const THREADS = 4;

/** Debian's, for which python3-xgboost and the others are made; another python3 may come before it in PATH. */
export const python = '/usr/bin/python3';
export const gunicorn = '/usr/bin/gunicorn';

async function until(works, what) {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await works()) return;
    await sleep(50);
  }
  throw new Error(`${what} did not start`);
}

const answers = (address) =>
  new Promise((resolve) => {
    const socket = net.connect(address);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

async function freePort() {
  const probe = net.createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function stop(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** Redis on a unix socket, with the rows (Float32Array each) under the keys 1, 2, … */
export async function startRedis(folder, rows) {
  const socketPath = path.join(folder, 'redis.sock');
  const flags = ['--port', '0', '--unixsocket', socketPath, '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn('redis-server', flags, { stdio: 'ignore' });
  await until(() => answers({ path: socketPath }), 'redis-server');
  await fill(socketPath, rows);
  return { socketPath, pid: child.pid, stop: () => stop(child) };
}

function fill(socketPath, rows) {
  const commands = rows.flatMap((row, index) => {
    const key = String(index + 1);
    const value = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
    const head = `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n`;
    return [Buffer.from(head), value, Buffer.from('\r\n')];
  });
  const expected = '+OK\r\n'.length * rows.length;
  return new Promise((resolve, reject) => {
    let received = 0;
    const socket = net.connect(socketPath);
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received === expected) socket.end(resolve);
    });
    socket.write(Buffer.concat(commands));
  });
}

/** The service on a free port; `input` is how it gives a row to xgboost (see service.py). */
export async function startService({ folder, model, redis, input }) {
  const port = await freePort();
  const log = fs.openSync(path.join(folder, 'gunicorn.log'), 'a');
  const flags = [
    '--bind',
    `127.0.0.1:${port}`,
    '--workers',
    WORKERS,
    '--worker-class',
    'gthread',
    '--threads',
    THREADS,
  ];
  const more = ['--keep-alive', '60', '--log-level', 'error', '--chdir', import.meta.dirname];
  const child = spawn(python, [gunicorn, ...flags, ...more, 'service:app'], {
    stdio: ['ignore', log, log],
    env: { ...process.env, MODEL: model, REDIS: redis.socketPath, INPUT: input, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const predict = async (entity) => {
    const response = await globalThis.fetch(`http://127.0.0.1:${port}/predict/${entity}`);
    if (!response.ok) throw new Error(`the service answers ${response.status}`);
    return Number(await response.text());
  };
  await until(
    () =>
      predict(1).then(
        () => true,
        () => false,
      ),
    'gunicorn',
  );
  return { port, pid: child.pid, predict, stop: () => stop(child) };
}
