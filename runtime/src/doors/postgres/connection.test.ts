import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { encodeFrontend, encodeStartup } from '@pgml/protocol';
import { RuntimeError } from '../../runtime.js';
import type { PostgresDoorOptions } from './options.js';
import { TestClient } from './testing/client.js';
import { openDoor, type TestDoor, until } from './testing/door.js';
import { bytea, recordImage } from './testing/images.js';

/** Only turns waiting for ever into a failure. */
const limit = { timeout: 120_000 };
const doors: TestDoor[] = [];

async function open(options?: Partial<PostgresDoorOptions>): Promise<TestDoor> {
  const door = await openDoor(options);
  doors.push(door);
  return door;
}

async function connect(options?: Partial<PostgresDoorOptions>) {
  const door = await open(options);
  const client = await TestClient.connect(door.port);
  return { door, client, session: door.sessions[0] };
}

afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

const sleep = "SELECT call('sleep', '{}', NULL, NULL)";
const echo = "SELECT call('echo', '1', NULL, NULL)";

describe('logging in', limit, () => {
  test('with the right password; the session is told who it is for, and closed with the connection', async () => {
    const clients: unknown[] = [];
    const closed: boolean[] = [];
    const door = await open({
      openSession: (client) => {
        clients.push(client);
        return { close: () => closed.push(true) } as never;
      },
    });
    const client = await TestClient.connect(door.port, { parameters: { application_name: 'suite' } });
    assert.deepEqual(clients, [{ user: 'pgml', database: 'shop', applicationName: 'suite' }]);
    assert.match(client.settings.server_version, /^15\.0 \(pgml runtime 1\.2\.3\)$/);
    assert.equal(client.settings.client_encoding, 'UTF8');
    assert.equal(client.settings.standard_conforming_strings, 'on');
    client.close();
    await until(() => closed.length === 1, 'the session is closed');
  });

  test('a wrong password and an unknown user look the same', async () => {
    const door = await open();
    const refused = async (user: string, password: string) => {
      const error = await TestClient.connect(door.port, { user, password }).catch((reason: Error) => reason);
      return (error as Error).message.replace(user, 'X');
    };
    const wrong = await refused('pgml', 'guess');
    assert.equal(wrong, '28P01 password authentication failed for user "X"');
    assert.equal(await refused('nobody', 'secret'), wrong);
    assert.deepEqual(door.fatals, ['28P01', '28P01']);
    assert.equal(door.sessions.length, 0);
  });

  test('a limit of the runtime is the last message', async () => {
    const door = await open({
      openSession: () => {
        throw new RuntimeError('53300', 'too many connections', { hint: 'Raise --max-connections.' });
      },
    });
    const client = await TestClient.dial(door.port);
    await assert.rejects(client.login(), /53300 too many connections/);
  });

  test('an encoding other than UTF8, replication and another protocol are refused', async () => {
    const door = await open();
    const refused = async (parameters: Record<string, string>, message: RegExp) =>
      assert.rejects(TestClient.connect(door.port, { parameters }), message);
    await refused({ client_encoding: 'LATIN1' }, /0A000 .*UTF8 only/);
    await refused({ replication: 'database' }, /0A000 .*replicate/);
    await refused({ user: '' }, /28000/);
    const client = await TestClient.dial(door.port);
    client.startup({ type: 'StartupMessage', major: 2, minor: 0, parameters: new Map() });
    assert.match((await client.fatal()).message, /unsupported frontend protocol 2\.0/);
  });

  test('newer minor versions and extensions are negotiated down', async () => {
    const door = await open();
    const client = await TestClient.dial(door.port);
    const parameters = new Map([
      ['user', 'pgml'],
      ['_pq_.x', '1'],
    ]);
    client.startup({ type: 'StartupMessage', major: 3, minor: 2, parameters });
    assert.deepEqual(await client.next(), { type: 'NegotiateProtocolVersion', version: 3 << 16, options: ['_pq_.x'] });
    assert.equal((await client.next())?.type, 'AuthenticationSASL');
  });

  test('who does not finish in time is cut off, however far he came', async () => {
    const door = await open({ startupMilliseconds: 100 });
    const silent = await TestClient.dial(door.port);
    const slow = await TestClient.dial(door.port);
    slow.startup({ type: 'StartupMessage', major: 3, minor: 0, parameters: new Map([['user', 'pgml']]) });
    slow.write(Buffer.from('p'));
    for (const client of [silent, slow]) assert.match((await client.fatal()).message, /did not log in within 0\.1 s/);
    const patient = await TestClient.connect(door.port);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(await patient.rows(echo), [['1', null]]);
  });
});

describe('queries', limit, () => {
  test('a call: request, payload and answers; NULL and empty are kept apart', async () => {
    const { client } = await connect();
    const request = JSON.stringify({ text: "it's ünïcode ☃ \\n", list: [1, null] }).replaceAll("'", "''");
    assert.deepEqual(await client.query(`SELECT * FROM call('echo', '${request}', '\\x00FF10', NULL);`), {
      columns: ['response', 'result'],
      rows: [[JSON.stringify({ text: "it's ünïcode ☃ \\n", list: [1, null] }), '\\x00ff10']],
      tags: ['SELECT 1'],
      error: undefined,
      status: 'I',
    });
    assert.deepEqual(await client.rows("SELECT call('echo', '1', '\\x', 't')"), [['1', '\\x']]);
    assert.deepEqual(await client.rows(echo), [['1', null]]);
  });

  test('several megabytes there and back', async () => {
    const { client } = await connect();
    const digits = Buffer.alloc(3_000_001, 'pgml').toString('hex');
    const [[, result]] = await client.rows(`SELECT call('echo', 'null', '\\x${digits}', NULL)`);
    assert.ok(result === `\\x${digits}`);
  });

  test('an error has all its fields, and the next query works', async () => {
    const { client } = await connect();
    const fields = { sqlstate: '42704', message: 'no "réseau"', detail: "it's", hint: 'Name\none.' };
    const literal = JSON.stringify(fields).replaceAll("'", "''");
    const { error } = await client.query(`SELECT call('fail', '${literal}', NULL, NULL)`);
    assert.deepEqual(error, { severity: 'ERROR', ...fields });
    const zero = await client.query(`SELECT call('fail', '{"sqlstate": "22023", "message": "a\\u0000b"}', NULL, NULL)`);
    assert.equal(zero.error?.message, 'a\ufffdb');
    assert.deepEqual(await client.rows(echo), [['1', null]]);
  });

  test('arguments are checked', async () => {
    const { client } = await connect();
    const fails = async (sql: string, sqlstate: string, message: RegExp) => {
      const { error } = await client.query(sql);
      assert.equal(error?.sqlstate, sqlstate, sql);
      assert.match(error.message, message);
    };
    await fails("SELECT call(NULL, '1', NULL, NULL)", '22004', /"method" of call must not be NULL/);
    await fails("SELECT call('echo', '{', NULL, NULL)", '22P02', /"request" of call is not JSON/);
    await fails("SELECT call('echo', '1', '\\x0g', NULL)", '22P02', /"payload" of call must be written/);
    await fails("SELECT call('echo', '1', '\\x012', NULL)", '22P02', /hexadecimal/);
    await fails("SELECT call('echo', '1', 'abc', NULL)", '22P02', /hexadecimal/);
    await fails("SELECT call('echo')", '42883', /does not take 1 arguments/);
    await fails('SELECT version()', '42883', /no function version/);
    await fails("SELECT fetch_stream('x', 1)", '22P02', /must be an integer, but "x"/);
    const model = `'\\x${'Ab'.repeat(32)}'`;
    await fails("SELECT predict('\\x00', 'values', 'true', '\\x')", '22023', /must be a SHA-256/);
    await fails(`SELECT predict(${model}, 'values', 'yes', '\\x')`, '22P02', /'true' or 'false', but "yes"/);
    await fails(`SELECT predict(${model}, 'values', 'true', '\\x')`, '22P03', /no binary image/);
  });

  test('the functions are those that docs/runtime-protocol.md has', async () => {
    const { client } = await connect();
    const page = fs.readFileSync(new URL('../../../../docs/runtime-protocol.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| `((\w+)\(.*?\))` /gm)].map(([, signature, name]) => ({
      signature,
      name,
    }));
    const { error } = await client.query('SELECT nothing()');
    assert.equal(error?.hint, `Its functions are ${documented.map(({ name }) => name).join(', ')}.`);
    for (const { signature, name } of documented) {
      const refused = await client.query(`SELECT ${name}(1, 2, 3, 4, 5, 6, 7)`);
      assert.equal(refused.error?.hint, `It is ${signature}.`);
    }
  });

  test('what drivers and poolers send has no effect, and transactions are kept account of', async () => {
    const { client } = await connect();
    const answers = async (sql: string, tags: string[], status: string) => {
      const answered = await client.query(sql);
      assert.deepEqual([answered.error?.sqlstate, answered.tags, answered.status], [undefined, tags, status], sql);
    };
    await answers(
      "SET application_name = 'it''s'; SET client_encoding TO 'utf-8'; RESET ALL",
      ['SET', 'SET', 'RESET'],
      'I',
    );
    await answers('BEGIN', ['BEGIN'], 'T');
    await answers('SELECT 1; DEALLOCATE ALL; DISCARD ALL', ['SELECT 1', 'DEALLOCATE ALL', 'DISCARD ALL'], 'T');
    assert.equal((await client.query('nonsense')).status, 'E');
    assert.equal((await client.query('SELECT 1')).error?.sqlstate, '25P02');
    await answers('COMMIT', ['ROLLBACK'], 'I');
    await answers('BEGIN; COMMIT', ['BEGIN', 'COMMIT'], 'I');
    await answers('', [], 'I');
    assert.deepEqual(await client.rows('SHOW transaction_read_only'), [['off']]);
    assert.deepEqual(await client.rows('SHOW DateStyle'), [['ISO, MDY']]);
    assert.equal((await client.query('SHOW nothing')).error?.sqlstate, '42704');
    assert.equal((await client.query("SET NAMES 'latin1'")).error?.sqlstate, '0A000');
    assert.deepEqual(await client.rows('SELECT status()'), [['1.2.3', 'f', 'pgml', 'shop']]);
  });

  test('after the first error of a query its other statements are not executed', async () => {
    const { client } = await connect();
    const { rows, error } = await client.query(
      'SELECT status(); SELECT call(\'fail\', \'{"sqlstate":"22023"}\', NULL, NULL); SELECT 1',
    );
    assert.equal(rows.length, 1);
    assert.equal(error?.sqlstate, '22023');
  });

  test('queries sent ahead are answered in order', async () => {
    const { client } = await connect();
    const count = 500;
    for (let n = 0; n < count; n++)
      client.send({ type: 'Query', query: n % 100 === 50 ? 'nonsense' : `SELECT call('echo', '${n}', NULL, NULL)` });
    for (let n = 0; n < count; n++) {
      const { rows, error } = await client.answer();
      if (n % 100 === 50) assert.equal(error?.sqlstate, '42601');
      else assert.deepEqual(rows, [[String(n), null]]);
    }
  });

  test('the extended protocol and function calls are refused with a hint, and simple queries go on', async () => {
    const { client } = await connect();
    client.send({ type: 'Parse', statement: '', query: 'SELECT 1', parameterTypes: [] });
    client.send({ type: 'Describe', target: 'statement', name: '' });
    client.send({ type: 'Query', query: 'SELECT 1' });
    client.send({ type: 'Sync' });
    const { error, rows } = await client.answer();
    assert.equal(error?.sqlstate, '0A000');
    assert.match(error.hint!, /simple queries/);
    assert.deepEqual(rows, []);
    client.send({ type: 'FunctionCall', functionId: 1, argumentFormats: [], arguments: [], resultFormat: 0 });
    assert.equal((await client.answer()).error?.sqlstate, '0A000');
    client.send({ type: 'Sync' });
    assert.equal((await client.answer()).error, undefined);
    assert.deepEqual(await client.rows(echo), [['1', null]]);
  });
});

describe('datasets', limit, () => {
  const push = (dataset: number, transaction: string, ...rows: Parameters<typeof recordImage>[0][]) =>
    `SELECT push(${dataset}, '${transaction}', '["x", "t"]', ${bytea(Buffer.concat(rows.map(recordImage)))})`;

  test('rows reach the session as columns, push after push', async () => {
    const { client, session } = await connect();
    assert.deepEqual(await client.rows(push(7, 'one', [1, 'a'], [2, 'b'])), [['2']]);
    assert.deepEqual(await client.rows(push(7, 'one', [3, { nullOf: 25 }])), [['1']]);
    assert.deepEqual(session.pushed, [
      {
        dataset: 7,
        columns: [
          { name: 'x', type: 'real', width: 1, values: Float32Array.of(1, 2) },
          { name: 't', type: 'text', width: 1, values: ['a', 'b'] },
        ],
      },
      {
        dataset: 7,
        columns: [
          { name: 'x', type: 'real', width: 1, values: Float32Array.of(3) },
          { name: 't', type: 'text', width: 1, values: [null] },
        ],
      },
    ]);
    const empty = `SELECT push(8, 'one', '[{"name":"x","type":"real"},{"name":"l","type":"real[]"}]', '\\x')`;
    assert.deepEqual(await client.rows(empty), [['0']]);
    assert.deepEqual(
      session.pushed[2].columns.map(({ type, width }) => [type, width]),
      [
        ['real', 1],
        ['real', 0],
      ],
    );
  });

  test('they are forgotten when another transaction shows, and not before', async () => {
    const { client, session } = await connect();
    const call = (transaction: string) => `SELECT call('echo', '1', NULL, ${transaction})`;
    await client.rows(call("'zero'"));
    await client.rows(push(1, 'one', [1, 'a']));
    await client.rows(call("'one'"));
    await client.rows(call('NULL'));
    assert.equal(session.dropped, 0);
    await client.rows(call("'two'"));
    assert.equal(session.dropped, 1);
    await client.rows(call("'three'"));
    assert.equal(session.dropped, 1);
    await client.rows(push(1, 'three', [1, 'a']));
    await client.rows(push(1, 'four', [1, 'a']));
    assert.equal(session.dropped, 2);
    await client.rows('SELECT 1; DISCARD ALL');
    assert.equal(session.dropped, 3);
  });

  test('rows that cannot be taken fail the push', async () => {
    const { client, session } = await connect();
    const { error } = await client.query(`SELECT push(1, 't', '["x"]', ${bytea(recordImage([1, 2]))})`);
    assert.equal(error?.sqlstate, '22P03');
    assert.equal((await client.query(`SELECT push(1, 't', '{}', '\\x')`)).error?.sqlstate, '22023');
    assert.deepEqual(session.pushed, []);
  });
});

describe('streams', limit, () => {
  const fetch = (stream: string, count: number) => `SELECT * FROM fetch_stream(${stream}, ${count})`;

  test('items come as many at a time as asked, and fewer at the end', async () => {
    const { client, session } = await connect();
    const [[stream]] = await client.rows(`SELECT open_stream('count', '{"to": 5}', NULL)`);
    assert.deepEqual(await client.rows(fetch(stream!, 3)), [['{"item":1}'], ['{"item":2}'], ['{"item":3}']]);
    assert.deepEqual(await client.rows(fetch(stream!, 3)), [['{"item":4}'], ['{"item":5}']]);
    assert.equal(session.running, 0);
    assert.equal((await client.query(fetch(stream!, 3))).error?.sqlstate, '34000');
  });

  test('streams side by side do not mix; a closed one stops', async () => {
    const { client, session } = await connect();
    const [[a]] = await client.rows(`SELECT open_stream('count', '{"to": 9}', NULL)`);
    const [[b]] = await client.rows(`SELECT open_stream('count', '{"to": 9}', NULL)`);
    assert.deepEqual(await client.rows(fetch(a!, 1)), [['{"item":1}']]);
    assert.deepEqual(await client.rows(fetch(b!, 2)), [['{"item":1}'], ['{"item":2}']]);
    assert.deepEqual(await client.rows(fetch(a!, 1)), [['{"item":2}']]);
    assert.equal(session.running, 2);
    assert.deepEqual(await client.rows(`SELECT close_stream(${a})`), [['']]);
    await client.rows(`SELECT close_stream(${a})`);
    await until(() => session.running === 1, 'the stream ends');
    assert.deepEqual(await client.rows(fetch(b!, 1)), [['{"item":3}']]);
    await client.rows('DISCARD ALL');
    await until(() => session.running === 0, 'the streams end');
  });

  test('the error of a stream closes it', async () => {
    const { client } = await connect();
    const [[stream]] = await client.rows(`SELECT open_stream('count', '{"to": 9, "failAt": 3}', NULL)`);
    const { rows, error } = await client.query(fetch(stream!, 5));
    assert.equal(rows.length, 2);
    assert.deepEqual(error, { severity: 'ERROR', sqlstate: '22023', message: 'item 3 cannot be made' });
    assert.equal((await client.query(fetch(stream!, 5))).error?.sqlstate, '34000');
  });

  test('they end when another transaction shows', async () => {
    const { client, session } = await connect();
    const opening = (transaction: string) => client.rows(`SELECT open_stream('count', '{"to": 9}', '${transaction}')`);
    await opening('one');
    await opening('one');
    await client.rows(`${fetch('1', 1)}; ${fetch('2', 1)}`);
    assert.equal(session.running, 2);
    await opening('two');
    await until(() => session.running === 0, 'the streams end');
    assert.equal((await client.query(fetch('1', 1))).error?.sqlstate, '34000');
    assert.deepEqual(await client.rows(fetch('3', 1)), [['{"item":1}']]);
    await client.rows("SELECT call('echo', '1', NULL, 'three')");
    await until(() => session.running === 0, 'the stream ends');
  });

  test('a connection has a limited number of them', async () => {
    const { client } = await connect();
    const opening = `SELECT open_stream('count', '{"to": 1}', NULL)`;
    await client.rows(Array(100).fill(opening).join(';'));
    assert.equal((await client.query(opening)).error?.sqlstate, '53400');
  });
});

describe('cancelling', limit, () => {
  async function cancel(door: TestDoor, key: { processId: number; secretKey: Uint8Array }): Promise<void> {
    const other = await TestClient.dial(door.port);
    other.startup({ type: 'CancelRequest', ...key });
    assert.equal(await other.next(), undefined);
  }

  test('a cancel request ends the statement that runs, and only that', async () => {
    const { door, client, session } = await connect();
    await cancel(door, client.cancelKey!);
    for (const query of [sleep, `SELECT fetch_stream(1, 1000)`]) {
      await client.rows(`SELECT open_stream('count', '{"to": 500, "sleepAt": 250}', NULL)`);
      client.send({ type: 'Query', query });
      client.send({ type: 'Query', query: echo });
      await until(() => session.running === 1 && (query === sleep || session.items === 249), 'it runs');
      await cancel(door, client.cancelKey!);
      assert.equal((await client.answer()).error?.sqlstate, '57014');
      assert.deepEqual((await client.answer()).rows, [['1', null]]);
      assert.equal(session.running, 0);
    }
  });

  test('a key that is not right has no effect', async () => {
    const { door, client, session } = await connect();
    const { processId, secretKey } = client.cancelKey!;
    client.send({ type: 'Query', query: sleep });
    await until(() => session.running === 1, 'it runs');
    const wrong = Uint8Array.from(secretKey, (byte) => byte ^ 1);
    await cancel(door, { processId, secretKey: wrong });
    await cancel(door, { processId: processId ^ 1, secretKey });
    await cancel(door, { processId, secretKey: Buffer.alloc(256) });
    assert.equal(session.running, 1);
    await cancel(door, { processId, secretKey });
    assert.equal((await client.answer()).error?.sqlstate, '57014');
  });
});

describe('the end', limit, () => {
  for (const [how, leave] of [
    ['vanishes', (client: TestClient) => client.close()],
    ['says goodbye', (client: TestClient) => client.send({ type: 'Terminate' })],
  ] as const)
    test(`the work of a client that ${how} is aborted`, async () => {
      const { door, client, session } = await connect();
      await client.rows(`SELECT open_stream('count', '{"to": 500}', NULL)`);
      await client.rows('SELECT fetch_stream(1, 1)');
      if (how === 'vanishes') {
        client.send({ type: 'Query', query: sleep });
        await until(() => session.running === 2, 'it runs');
      }
      leave(client);
      await until(() => session.running === 0 && session.closed, 'the work ends');
      await until(() => door.connections[0].state === 'closed', 'the connection ends');
    });

  test('at shutdown an idle connection is closed at once, one that runs when it is done', async () => {
    const { door, client: idle } = await connect();
    const busy = await TestClient.connect(door.port);
    busy.send({ type: 'Query', query: sleep });
    busy.send({ type: 'Query', query: echo });
    await until(() => door.sessions[1].running === 1, 'it runs');
    const error = new RuntimeError('57P01', 'terminating connection due to administrator command');
    for (const connection of door.connections) connection.endWhenIdle(error);
    assert.equal((await idle.fatal()).sqlstate, '57P01');
    assert.equal(door.connections[1].state, 'running');
    const other = await TestClient.dial(door.port);
    other.startup({ type: 'CancelRequest', ...busy.cancelKey! });
    assert.equal((await busy.answer()).error?.sqlstate, '57014');
    assert.equal((await busy.fatal()).sqlstate, '57P01');
  });
});

describe('slow and greedy clients', limit, () => {
  test('a message beyond the limit is refused before it comes', async () => {
    const { door, client } = await connect({ maximumMessageBytes: 1000 });
    assert.deepEqual(
      await client.rows(`SELECT call('echo', '"${'x'.repeat(900)}"', NULL, NULL)`).then((rows) => rows.length),
      1,
    );
    client.write(Buffer.from([0x51, 0, 0, 0x04, 0]));
    const error = await client.fatal();
    assert.deepEqual(
      [error.sqlstate, error.message],
      ['54000', 'a message of 1024 bytes is too long: at most 1000 are taken'],
    );
    assert.deepEqual(door.fatals, ['54000']);
  });

  test('answers that are not taken are not made', async () => {
    const { client, session, door } = await connect();
    client.pause();
    const count = 60;
    for (let n = 0; n < count; n++)
      client.send({ type: 'Query', query: "SELECT call('bytes', '1000000', NULL, NULL)" });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(door.connections[0].state, 'running');
    const before = process.memoryUsage().arrayBuffers;
    assert.ok(before < 60e6, `${before} bytes`);
    client.resume();
    for (let n = 0; n < count; n++) assert.equal((await client.answer()).rows[0][1]?.length, 2_000_002);
    assert.equal(session.closed, false);
  });

  test('a stream is not fetched faster than its items are taken', async () => {
    const { client, session } = await connect();
    await client.rows(`SELECT open_stream('count', '{"to": 1000000}', NULL)`);
    client.pause();
    client.send({ type: 'Query', query: 'SELECT fetch_stream(1, 1000000)' });
    let items = -1;
    await until(() => items === (items = session.items), 'the stream halts');
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(session.items < 900_000);
    client.close();
    await until(() => session.closed && session.running === 0, 'the stream ends');
  });
});

describe('TLS', { ...limit, skip: opensslMissing() }, () => {
  let folder: string;
  let certificate: string;
  let secureContext: tls.SecureContext;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-tls-'));
    const file = (name: string) => path.join(folder, name);
    const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes'];
    const command = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', ...subject];
    execFileSync('openssl', [...command, '-keyout', file('key'), '-out', file('certificate')], { stdio: 'ignore' });
    certificate = fs.readFileSync(file('certificate'), 'utf8');
    secureContext = tls.createSecureContext({ key: fs.readFileSync(file('key')), cert: certificate });
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  test('an encrypted connection works as any', async () => {
    const door = await open({ tls: secureContext, requireTls: true });
    const client = await TestClient.dial(door.port);
    await client.encrypt(certificate);
    await client.login();
    assert.deepEqual(await client.rows('SELECT status()'), [['1.2.3', 't', 'pgml', 'shop']]);
    const digits = 'ab'.repeat(1_000_000);
    assert.deepEqual(await client.rows(`SELECT call('echo', '1', '\\x${digits}', NULL)`), [['1', `\\x${digits}`]]);
    client.send({ type: 'Query', query: sleep });
    await until(() => door.sessions[0].running === 1, 'it runs');
    // As clients before PostgreSQL 17 do: without encryption.
    const other = await TestClient.dial(door.port);
    other.startup({ type: 'CancelRequest', ...client.cancelKey! });
    assert.equal((await client.answer()).error?.sqlstate, '57014');
    client.close();
    await until(() => door.sessions[0].closed, 'the session is closed');
  });

  test('where it is required, others are told how', async () => {
    const door = await open({ tls: secureContext, requireTls: true });
    const client = await TestClient.dial(door.port);
    client.startup({ type: 'StartupMessage', major: 3, minor: 0, parameters: new Map([['user', 'pgml']]) });
    const error = await client.fatal();
    assert.equal(error.sqlstate, '28000');
    assert.match(error.hint!, /sslmode/);
  });

  test('what was put in before encryption began is refused', async () => {
    const door = await open({ tls: secureContext });
    const client = await TestClient.dial(door.port);
    const parameters = new Map([['user', 'pgml']]);
    const stuffed = encodeStartup({ type: 'StartupMessage', major: 3, minor: 0, parameters });
    client.write(Buffer.concat([encodeStartup({ type: 'SSLRequest' }), stuffed]));
    assert.match((await client.fatal()).message, /unencrypted data/);
  });

  test('a handshake that fails or never comes closes the connection', async () => {
    const door = await open({ tls: secureContext, startupMilliseconds: 200 });
    const [garbage, silence] = [await TestClient.dial(door.port), await TestClient.dial(door.port)];
    for (const client of [garbage, silence]) assert.equal(await client.ask('SSLRequest'), 'S');
    garbage.write(encodeFrontend({ type: 'Query', query: 'SELECT 1' }));
    await until(() => door.connections.every(({ state }) => state === 'closed'), 'both are closed');
    assert.ok(await TestClient.connect(door.port));
  });

  test('without a certificate the client is told to go on plainly', async () => {
    const door = await open();
    const client = await TestClient.dial(door.port);
    assert.equal(await client.ask('SSLRequest'), 'N');
    assert.equal(await client.ask('GSSENCRequest'), 'N');
    await client.login();
    assert.deepEqual(await client.rows(echo), [['1', null]]);
  });
});

describe('psql', { ...limit, skip: psqlMissing() }, () => {
  const psql = (port: number, ...more: string[]) => {
    const url = `postgres://pgml:secret@127.0.0.1:${port}/shop?connect_timeout=20`;
    return new Promise<string>((resolve) =>
      execFile('psql', ['-X', '-At', url, ...more], (_, out, complaints) => resolve(out + complaints)),
    );
  };

  test('talks with the door as with a server', async () => {
    const { port } = await open();
    const commands = ['BEGIN', "SELECT * FROM call('echo', '{\"a\": 1}', '\\x0aff', 'token')", 'COMMIT', 'SELECT 1'];
    const answers = await psql(port, ...commands.flatMap((command) => ['-c', command]));
    assert.equal(answers, 'BEGIN\n{"a":1}|\\x0aff\nCOMMIT\n1\n');
    assert.match(
      await psql(port, '-c', 'DROP TABLE x'),
      /^ERROR: {2}syntax error at or near "DROP"\nHINT: {2}The runtime/,
    );
  });
});

function psqlMissing(): string | false {
  return missing('psql') && 'psql is not installed';
}

function opensslMissing(): string | false {
  return missing('openssl') && 'openssl, which makes the certificate, is not installed';
}

function missing(program: string): boolean {
  return spawnSync(program, [program === 'psql' ? '--version' : 'version']).error !== undefined;
}
