/** Statements of the native bridge that are cut off at any moment: the connection stays in step, and nothing is left behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bridgeSql } from '@pgml/bridge-native';
import { giveTo, systemUser } from '@pgml/postgres';
import {
  answering,
  createRuntime,
  refuseFrames,
  type Runtime,
  RuntimeError,
  serveFrames,
  streaming,
} from '@pgml/runtime';
import pg from 'pg';
import { compiledExtension } from '../testing/native.js';
import { type Postgres, startPostgres } from '../testing/postgres.js';

const anything = (request: unknown): unknown => request;
/** Answers with what it was asked, after as many milliseconds. */
const echo = answering('echo', anything, async (request, { payload, signal }) => {
  await sleep(Number(request) % 3, undefined, { signal }).catch(() => {});
  return { response: request, result: payload };
});
/** Answers when nobody wants it any more. */
const wait = answering('wait', anything, async (_, { signal }) => {
  await once(signal, 'abort');
  return { response: null, result: null };
});
const count = streaming('count', anything, async function* (request) {
  for (let item = 0; item < 1000; item++) yield [request, item];
});

const extension = await compiledExtension();
describe('the native bridge stays in step', { skip: 'missing' in extension ? extension.missing : false }, () => {
  let server: Postgres;
  let runtime: Runtime;
  let door: net.Server;
  let client: pg.Client;
  let canceller: pg.Client;
  let connections = 0;

  before(async () => {
    server = (await startPostgres()) as Postgres;
    runtime = createRuntime({ workers: 1, threads: 1, methods: [echo, wait, count] });
    const socket = path.join(server.socketDirectory, 'pgml.sock');
    door = net.createServer((connection) => {
      connections++;
      serveFrames(connection, runtime.session());
    });
    door.listen(socket);
    await once(door, 'listening');
    giveTo(systemUser(undefined), socket);
    client = new pg.Client({ connectionString: server.url() });
    canceller = new pg.Client({ connectionString: server.url() });
    await Promise.all([client.connect(), canceller.connect()]);
    await client.query(`CREATE SCHEMA pgml; ${bridgeSql((extension as { library: string }).library)}`);
    await client.query(`SET pgml.runtime_socket = '${socket}'`);
  });
  after(async () => {
    await Promise.all([client.end(), canceller.end()]);
    door.close();
    await runtime.close();
    await server.stop();
  });

  const statements = (round: number): readonly string[] => [
    `SELECT response FROM pgml_bridge.call('echo', '${round}')`,
    `SELECT response FROM pgml_bridge.call('echo', '${round}', decode(repeat('ab', 2000000), 'hex'))`,
    `SELECT count(*) FROM pgml_bridge.stream('count', '${round}')`,
    `SELECT pgml_bridge.stream('count', '${round}'), pgml_bridge.stream('count', '-1') LIMIT 100`,
    `SELECT pgml_bridge.push('SELECT i::real AS x, repeat(i::text, 20) AS t FROM generate_series(1, 30000) AS i')`,
  ];

  test('whenever a statement is cancelled, the next one gets its own answer on the same connection', async () => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    let state = 5;
    const random = (below: number) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
    let cancelled = 0;
    for (let round = 0; round < 60; round++) {
      const choices = statements(round);
      const running = client.query(choices[random(256) % choices.length]).catch((error: { code: string }) => {
        assert.equal(error.code, '57014');
        cancelled++;
      });
      await sleep(random(256) % 8);
      await canceller.query('SELECT pg_cancel_backend($1)', [rows[0].pid]);
      await running;
      // A cancel request that came too late for its statement would hit the next one.
      await client.query('SELECT pg_sleep(0.001)').catch(() => {});
      const { rows: own } = await client.query(`SELECT response FROM pgml_bridge.call('echo', '${1000 + round}')`);
      assert.deepEqual(own, [{ response: 1000 + round }], `round ${round}`);
    }
    assert.ok(cancelled > 15, `${cancelled} statements were cancelled`);
    assert.equal(connections, 1);
  });

  test('the backend keeps nothing of statements that have ended, well or not', async (context) => {
    if (server.programs.major < 14) return context.skip('before 14 PostgreSQL does not tell how much memory it uses');
    const used = async () => {
      const { rows } = await client.query<{ used: string }>(
        `SELECT used_bytes AS used FROM pg_backend_memory_contexts WHERE name = 'TopMemoryContext'`,
      );
      return Number(rows[0].used);
    };
    const work = async () => {
      for (let round = 0; round < 2; round++) for (const statement of statements(round)) await client.query(statement);
      await client.query(`DO $$ BEGIN FOR i IN 1..200 LOOP
        BEGIN PERFORM pgml_bridge.call('nothing', '1'); EXCEPTION WHEN undefined_function THEN END;
      END LOOP; END $$`);
    };
    await work();
    const before = await used();
    await work();
    assert.ok((await used()) - before < 5_000, `${before} bytes, then ${await used()}`);
  });

  test('what is larger than the runtime takes is refused with the reason, and the next statement works', async () => {
    const small = path.join(server.socketDirectory, 'small.sock');
    const narrow = net.createServer((connection) =>
      serveFrames(connection, runtime.session(), { maximumFrameBytes: 1_000_000 }),
    );
    narrow.listen(small);
    await once(narrow, 'listening');
    giveTo(systemUser(undefined), small);
    await client.query(`SET pgml.runtime_socket = '${small}'`);
    await assert.rejects(client.query(`SELECT pgml_bridge.call('echo', '1', decode(repeat('ab', 9000000), 'hex'))`), {
      code: '54000',
      message: /^a frame of 90000\d\d bytes is too large$/,
      detail: 'At most 1000000 bytes are taken.',
    });
    const { rows } = await client.query(`SELECT response FROM pgml_bridge.call('echo', '5')`);
    assert.deepEqual(rows, [{ response: 5 }]);
    await client.query(`SET pgml.runtime_socket = '${path.join(server.socketDirectory, 'pgml.sock')}'`);
    narrow.close();
  });

  test('a client that is turned away hears why, however soon the socket is closed', async () => {
    const full = path.join(server.socketDirectory, 'full.sock');
    const turnAway = net.createServer((connection) => refuseFrames(connection, new RuntimeError('53300', 'too many')));
    turnAway.listen(full);
    await once(turnAway, 'listening');
    giveTo(systemUser(undefined), full);
    await client.query(`SET pgml.runtime_socket = '${full}'`);
    for (let attempt = 0; attempt < 100; attempt++)
      await assert.rejects(client.query(`SELECT pgml_bridge.call('echo', '1')`), {
        code: '53300',
        message: 'too many',
      });
    await client.query(`SET pgml.runtime_socket = '${path.join(server.socketDirectory, 'pgml.sock')}'`);
    turnAway.close();
  });

  test(
    'a backend that is told to end while it waits does, and the runtime hears of it',
    { timeout: 60_000 },
    async () => {
      const open = () =>
        new Promise<number>((resolve, reject) =>
          door.getConnections((error, number) => (error ? reject(error) : resolve(number))),
        );
      const waiting = new pg.Client({ connectionString: server.url() });
      waiting.on('error', () => {});
      await waiting.connect();
      await waiting.query(`SET pgml.runtime_socket = '${path.join(server.socketDirectory, 'pgml.sock')}'`);
      const { rows } = await waiting.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const before = await open();
      const ended = assert.rejects(waiting.query(`SELECT pgml_bridge.call('wait', '1')`));
      while ((await open()) === before) await sleep(5);
      await canceller.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      await ended;
      while ((await open()) > before) await sleep(5);
      await waiting.end().catch(() => {});
    },
  );
});
