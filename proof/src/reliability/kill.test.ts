/** kill -9 at any moment, the first start included: what was acknowledged is there, and the directory always opens. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import pg from 'pg';

const ROUNDS = 20;
const WRITERS = 3;

function temporary(context: TestContext): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-kill-'));
  context.after(() => fs.promises.rm(directory, { recursive: true, force: true }));
  return directory;
}

interface Process {
  readonly child: ChildProcess;
  /** Rejects with what the process says when it cannot start. */
  readonly url: Promise<string>;
  readonly exited: Promise<void>;
}

function start(directory: string): Process {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'serve.js'), directory]);
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
    void exited.then(() => reject(new Error(errors)));
  });
  url.catch(() => {});
  return { child, url, exited };
}

async function kill({ child, exited }: Process): Promise<void> {
  child.kill('SIGKILL');
  await exited;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** A generator of moments that is the same in every run. */
function* moments(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Inserts rows one by one until the server is gone; adds each to `acknowledged` when its commit is. */
async function write(url: string, writer: number, round: number, acknowledged: Set<string>): Promise<void> {
  try {
    const client = await connect(url);
    for (let row = 0; ; row++) {
      const key = `${round}.${writer}.${row}`;
      if (row % 3 === 0) await client.query('BEGIN');
      await client.query('INSERT INTO written VALUES ($1, repeat($1, 50))', [key]);
      if (row % 3 === 0) await client.query('COMMIT');
      acknowledged.add(key);
    }
  } catch {
    // The server was killed.
  }
}

it(`no acknowledged commit is lost in ${ROUNDS} kills`, async (context) => {
  const directory = temporary(context);
  const acknowledged = new Set<string>();
  const moment = moments(20260801);
  for (let round = 0; round < ROUNDS; round++) {
    const server = start(directory);
    // The first rounds kill the start itself, the first of all included.
    if (round < 4) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 200 + 1000 * moment.next().value)), server.url]);
      await kill(server);
      continue;
    }
    const url = await server.url;
    const client = await connect(url);
    await client.query('CREATE TABLE IF NOT EXISTS written (key text PRIMARY KEY, filler text)');
    const { rows } = await client.query('SELECT key FROM written');
    const found = new Set(rows.map(({ key }) => key as string));
    const lost = [...acknowledged].filter((key) => !found.has(key));
    assert.deepEqual(lost, [], `lost before round ${round}`);
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(url, writer, round, acknowledged));
    await new Promise((resolve) => setTimeout(resolve, 50 + 400 * moment.next().value));
    await kill(server);
    await Promise.all(writers);
  }
  assert.ok(acknowledged.size > ROUNDS * 10, `only ${acknowledged.size} rows were written`);
  console.log(`${acknowledged.size} acknowledged commits, none lost`);

  const server = start(directory);
  const client = await connect(await server.url);
  const { rows } = await client.query('SELECT count(*)::int AS count FROM written');
  assert.ok(rows[0].count >= acknowledged.size);
  assert.deepEqual(
    fs.readdirSync(directory).filter((name) => name.startsWith('cluster.') || name.includes('stale')),
    [],
  );

  const second = start(directory);
  await assert.rejects(second.url, new RegExp(`in use by another pgml server \\(process ${server.child.pid}\\)`));
  const told = JSON.parse(fs.readFileSync(path.join(directory, 'server.json'), 'utf8'));
  assert.equal(told.pid, server.child.pid);
  assert.equal(fs.statSync(path.join(directory, 'password')).mode & 0o777, 0o600);

  server.child.kill('SIGTERM');
  await server.exited;
  assert.deepEqual(fs.readdirSync(directory).sort(), ['cluster', 'password']);
});
