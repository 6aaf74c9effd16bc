/** A first start that is killed: PGlite leaves a directory that never opens again, our server begins anew. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedServer } from '@pgml/embedded';

function temporary(context: TestContext): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-first-'));
  context.after(() => fs.promises.rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs a script and kills it as soon as `moment` holds. False if it ended before. */
async function killWhen(moment: () => boolean, ...command: string[]): Promise<boolean> {
  const child = spawn(process.execPath, command, { cwd: import.meta.dirname, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  while (!moment() && child.exitCode === null) await sleep(1);
  child.kill('SIGKILL');
  await ended;
  return child.signalCode === 'SIGKILL';
}

const openPlain = (directory: string): string[] => [
  '--input-type=module',
  '-e',
  `import { PGlite } from '@electric-sql/pglite';
   await (await PGlite.create(${JSON.stringify(directory)})).query('SELECT 1');
   process.exit(0);`,
];

/** On a busy machine a kill can come after the start has ended; then it is tried again on another directory. */
async function killedFirstStart(
  context: TestContext,
  attempt: (directory: string) => Promise<boolean>,
): Promise<string> {
  for (let tries = 0; tries < 5; tries++) {
    const directory = temporary(context);
    if (await attempt(directory)) return directory;
  }
  assert.fail('five first starts ended before they were killed');
}

it('plain PGlite: cannot open the directory afterwards', async (context) => {
  await killedFirstStart(context, async (parent) => {
    const directory = path.join(parent, 'data');
    const begun = () => fs.existsSync(path.join(directory, 'PG_VERSION'));
    if (!(await killWhen(begun, ...openPlain(directory)))) return false;
    const again = spawn(process.execPath, openPlain(directory), { cwd: import.meta.dirname, stdio: 'ignore' });
    return (await new Promise((resolve) => again.once('close', resolve))) !== 0;
  });
});

it('ours: starts again, and leaves nothing of the first attempt', async (context) => {
  const leftovers = (directory: string) => fs.readdirSync(directory).some((name) => name.startsWith('cluster.new-'));
  const directory = await killedFirstStart(context, async (directory) => {
    const serve = path.join(import.meta.dirname, 'serve.js');
    return (await killWhen(() => leftovers(directory), serve, directory)) && leftovers(directory);
  });
  const server = await startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory: directory });
  assert.ok(!leftovers(directory));
  await server.close();
});

it('a lock whose owner is dead, or was another process of the same number, is taken over, and leftovers go', async (context) => {
  const directory = temporary(context);
  const dead = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => dead.once('close', resolve));
  const locks = [
    JSON.stringify({ pid: dead.pid, started: '' }),
    JSON.stringify({ pid: process.pid, started: 'an earlier boot' }),
    JSON.stringify({ pid: process.ppid, started: 'an earlier boot' }),
    'no lock at all',
  ];
  for (const name of ['password', 'server.json', 'server.lock', 'server.lock.stale'])
    fs.writeFileSync(path.join(directory, `${name}.${dead.pid}`), 'cut short');
  for (const lock of locks) {
    fs.writeFileSync(path.join(directory, 'server.lock'), lock);
    const server = await startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory: directory });
    await server.close();
  }
  assert.deepEqual(fs.readdirSync(directory).sort(), ['cluster', 'password']);
});
