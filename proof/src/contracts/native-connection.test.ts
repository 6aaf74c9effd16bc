/** The native bridge's connection, with a runtime that is played by the test: what the bytes are, and what goes wrong. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { bridgeSql } from '@pgml/bridge-native';
import { giveTo, systemUser } from '@pgml/postgres';
import { type AnyFrame, decodeFrame, encodeFrame, FRAMES_VERSION, FrameSplitter } from '@pgml/runtime';
import pg from 'pg';
import { compiledExtension } from '../testing/native.js';
import { createLatinDatabase, type Postgres, startPostgres } from '../testing/postgres.js';

const HELLO: AnyFrame = { type: 'hello', version: FRAMES_VERSION, who: 'a test' };
const limit = { timeout: 60_000 };

/** Frames as they must be for ever, as long as the version is 1. */
const golden = {
  hello: ['01000000000000000c00000070676d6c0100000070676d6c'].join(''),
  push: [
    '06000000010000006e0000000300000003000000010000000100000001000000780000000000c03f0000c07f000000c0',
    '0200000001000000050000006ec3a46d6500000002000000ffffffff000000000100000002000000040000006c697374',
    '0000803f0000c07f0000c07f0000c07f0000404000008040c3a9',
  ].join(''),
  call: [
    '0200000001000000260000000700000010000000030000006772c3b6c39f657b2261223a205b312c206e756c6c5d7d00',
    'ff10',
  ].join(''),
  stream: ['030000000200000011000000400000000100000004000000736e756c6c'].join(''),
  drop: ['070000000000000000000000'].join(''),
  result: ['0800000001000000160000000b000000030000007b226f6b223a226a61227d010203'].join(''),
  items: ['09000000020000000100000031090000000200000006000000227a776569220a0000000200000000000000'].join(''),
};

/** One connection of the extension, on the runtime's side. */
class Peer {
  readonly socket: net.Socket;
  /** All that came, and what of it was not taken yet. */
  readonly received: Buffer[] = [];
  readonly #splitter = new FrameSplitter(2 ** 30);
  readonly #chunks: AsyncIterator<Buffer, undefined>;

  constructor(socket: net.Socket) {
    this.socket = socket.on('error', () => {});
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  send(...frames: readonly AnyFrame[]): void {
    this.socket.write(Buffer.concat(frames.map(encodeFrame)));
  }

  async next(): Promise<AnyFrame | undefined> {
    for (;;) {
      const frame = this.#splitter.next();
      if (frame) return decodeFrame(frame);
      const { value, done } = await this.#chunks.next().catch(() => ({ value: undefined, done: true as const }));
      if (done) return undefined;
      this.received.push(value);
      this.#splitter.push(value);
    }
  }

  /** Says hello, and takes the other's. */
  async greet(): Promise<this> {
    this.send(HELLO);
    assert.equal((await this.next())?.type, 'hello');
    return this;
  }

  /** Takes a call and answers it with what it asked. */
  async answer(): Promise<void> {
    const call = await this.next();
    assert.ok(call?.type === 'call', JSON.stringify(call));
    this.send({ type: 'result', id: call.id, response: call.request, result: null });
  }
}

/** A socket where a runtime would be. */
class Door {
  readonly address: string;
  readonly #server: net.Server;
  readonly #waiting: Peer[] = [];
  #onPeer: () => void = () => {};

  private constructor(address: string) {
    this.address = address;
    this.#server = net.createServer((socket) => {
      this.#waiting.push(new Peer(socket));
      this.#onPeer();
    });
  }

  static async open(address: string): Promise<Door> {
    const door = new Door(address);
    door.#server.listen(address);
    await once(door.#server, 'listening');
    giveTo(systemUser(undefined), address);
    return door;
  }

  async peer(): Promise<Peer> {
    while (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#onPeer = resolve));
    return this.#waiting.shift()!;
  }

  close(): void {
    this.#server.close();
    fs.rmSync(this.address, { force: true });
  }
}

const extension = await compiledExtension();
describe('the connection of the native bridge', { skip: 'missing' in extension ? extension.missing : false }, () => {
  let server: Postgres;
  let door: Door;
  let client: pg.Client;
  let pid: number;

  before(async () => {
    server = (await startPostgres()) as Postgres;
    await inSession(async (session) => {
      await session.query(`CREATE SCHEMA pgml; ${bridgeSql((extension as { library: string }).library)}`);
    });
  });
  after(() => server.stop());
  beforeEach(async () => {
    door = await Door.open(path.join(server.socketDirectory, 'pgml.sock'));
    client = await connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    pid = rows[0].pid;
    await client.query(`SET pgml.runtime_socket = '${door.address}'`);
  });
  afterEach(async () => {
    door.close();
    await client.end();
  });

  async function connect(): Promise<pg.Client> {
    const session = new pg.Client({ connectionString: server.url() });
    await session.connect();
    return session;
  }

  async function inSession<T>(body: (session: pg.Client) => Promise<T>): Promise<T> {
    const session = await connect();
    try {
      return await body(session);
    } finally {
      await session.end();
    }
  }

  const ask = (content: string) =>
    client.query<{ response: unknown }>(`SELECT response FROM pgml_bridge.call('m', '${content}')`);

  async function fails(statement: Promise<unknown>, expected: Record<string, unknown>): Promise<void> {
    await assert.rejects(statement, (error: Record<string, unknown>) => {
      for (const [field, pattern] of Object.entries(expected))
        if (pattern instanceof RegExp)
          assert.match(String(error[field]), pattern, `${field} of ${String(error.message)}`);
        else assert.equal(error[field], pattern, String(error.message));
      return true;
    });
  }

  test('frames are the bytes that both sides describe', async () => {
    const statement = client.query(`BEGIN;
      SELECT pgml_bridge.push('SELECT * FROM (VALUES (1.5::real, ''é''::text, ''{1,NULL}''::real[]), (NULL, NULL, NULL), (-2, '''', ''{3,4}'')) AS rows (x, "näme", list)');
      SELECT * FROM pgml_bridge.call('größe', '{"a": [1, null]}', '\\x00ff10');
      SELECT pgml_bridge.stream('s', 'null') AS item;
      COMMIT`);
    const peer = await door.peer();
    peer.socket.write(Buffer.from(golden.hello, 'hex'));
    await peer.next();
    const [push, call] = [await peer.next(), await peer.next()];
    peer.socket.write(Buffer.from(golden.result, 'hex'));
    const stream = await peer.next();
    peer.socket.write(Buffer.from(golden.items, 'hex'));
    const results = (await statement) as unknown as pg.QueryResult[];
    const drop = await peer.next();

    const version = await client.query<{ server_version: string }>('SHOW server_version');
    const who = `PostgreSQL ${version.rows[0].server_version}`;
    const hello = { type: 'hello', version: 1, who } as const;
    const sent = Buffer.concat(peer.received).subarray(encodeFrame(hello).length);
    assert.equal(sent.toString('hex'), golden.push + golden.call + golden.stream + golden.drop);
    assert.equal(Buffer.concat([push!, call!, stream!, drop!].map(encodeFrame)).toString('hex'), sent.toString('hex'));
    assert.deepEqual(push, {
      type: 'push',
      id: 1,
      rows: 3,
      columns: [
        { name: 'x', type: 'real', width: 1, values: Float32Array.of(1.5, Number.NaN, -2) },
        { name: 'näme', type: 'text', width: 1, values: ['é', null, ''] },
        { name: 'list', type: 'real', width: 2, values: Float32Array.of(1, NaN, NaN, NaN, 3, 4) },
      ],
    });
    assert.deepEqual(call, {
      type: 'call',
      id: 1,
      method: 'größe',
      request: '{"a": [1, null]}',
      payload: Uint8Array.of(0, 255, 16),
    });
    assert.deepEqual(stream, { type: 'stream', id: 2, credit: 64, method: 's', request: 'null' });
    assert.deepEqual(drop, { type: 'drop' });
    assert.deepEqual(results[2].rows, [{ response: { ok: 'ja' }, result: Buffer.of(1, 2, 3) }]);
    assert.deepEqual(results[3].rows, [{ item: 1 }, { item: 'zwei' }]);
  });

  test('no runtime is there', async () => {
    door.close();
    await fails(ask('1'), {
      code: '08001',
      message: /could not connect to the runtime at ".*pgml.sock": No such file/,
      hint: /pgml runtime/,
    });
    await client.query(`SET pgml.runtime_socket = '/${'long'.repeat(50)}'`);
    await fails(ask('1'), { code: '08001', message: /File name too long/ });
    await client.query(`SET pgml.runtime_socket = '${door.address}'`);
    fs.writeFileSync(door.address, '');
    giveTo(systemUser(undefined), door.address);
    await fails(ask('1'), { code: '08001', message: /Connection refused/ });
    fs.rmSync(door.address);
    door = await Door.open(door.address);
    const answer = ask('1');
    await (await (await door.peer()).greet()).answer();
    assert.equal((await answer).rows[0].response, 1);
  });

  test('something else is there, or a runtime of another version', async () => {
    const cases: readonly (readonly [Uint8Array, Record<string, unknown>])[] = [
      [
        Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'),
        { code: '08P01', message: /sent what is no hello/, hint: /runtime_socket/ },
      ],
      [encodeFrame({ type: 'item', id: 1, item: '1' }), { code: '08P01' }],
      [
        encodeFrame({ ...HELLO, version: 2 }),
        {
          code: '08P01',
          message: 'the runtime speaks version 2 of the frames, this extension version 1',
          hint: 'Upgrade the extension.',
        },
      ],
      [
        Buffer.concat(
          [HELLO, { type: 'error', id: 0, sqlstate: '53300', message: 'too many', hint: 'fewer' } as const].map(
            encodeFrame,
          ),
        ),
        { code: '53300', message: 'too many', hint: 'fewer' },
      ],
    ];
    for (const [bytes, expected] of cases) {
      const answer = fails(ask('1'), expected);
      const peer = await door.peer();
      peer.socket.write(bytes);
      await answer;
      while (await peer.next());
    }
    const answer = fails(ask('1'), { code: '08006', message: 'the runtime went away' });
    (await door.peer()).socket.destroy();
    await answer;
  });

  test('a runtime that says nothing can be left', limit, async () => {
    await client.query(`SET statement_timeout = '100ms'`);
    const silent = fails(ask('1'), { code: '57014' });
    const peer = await door.peer();
    await silent;
    assert.equal((await peer.next())?.type, 'hello');
    assert.equal(await peer.next(), undefined, 'the connection is given up');
    await client.query('RESET statement_timeout');
    const answer = ask('2');
    await (await (await door.peer()).greet()).answer();
    assert.equal((await answer).rows[0].response, 2);
  });

  test('a runtime that went away while nobody needed it is replaced without an error', async () => {
    const first = ask('1');
    const old = await (await door.peer()).greet();
    await old.answer();
    await first;
    old.send({ type: 'error', id: 0, sqlstate: '57P01', message: 'the runtime is shutting down' });
    old.socket.end();
    await once(old.socket, 'finish');
    old.socket.destroy();
    const second = ask('2');
    await (await (await door.peer()).greet()).answer();
    assert.equal((await second).rows[0].response, 2);
  });

  test('a runtime that goes away in the middle of something is told of, and the next statement connects anew', async () => {
    const went = {
      code: '08006',
      message: 'the runtime went away',
      detail: /pgml.sock/,
      hint: /next statement connects again/,
    };
    const calling = fails(ask('1'), went);
    let peer = await (await door.peer()).greet();
    await peer.next();
    peer.socket.destroy();
    await calling;

    const streaming = fails(client.query(`SELECT pgml_bridge.stream('s', '1')`), went);
    peer = await (await door.peer()).greet();
    await peer.next();
    peer.send({ type: 'item', id: 2, item: '1' });
    peer.socket.end();
    await streaming;

    // Rows that were pushed are lost with the connection: a call must not go to a runtime that has never heard of them.
    await client.query('BEGIN');
    const pushing = client.query(`SELECT pgml_bridge.push('SELECT 1::real AS x')`);
    peer = await (await door.peer()).greet();
    await peer.next();
    await pushing;
    peer.socket.destroy();
    await fails(ask('3'), went);
    await client.query('ROLLBACK');

    const answer = ask('4');
    await (await (await door.peer()).greet()).answer();
    assert.equal((await answer).rows[0].response, 4);
  });

  test('what is cancelled half sent is completed, and then cancelled', limit, async () => {
    // The runtime does not read, so that the payload fills the socket.
    const sending = fails(client.query(`SELECT pgml_bridge.call('m', '1', decode(repeat('ab', 3000000), 'hex'))`), {
      code: '57014',
    });
    const peer = await (await door.peer()).greet();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await inSession((session) => session.query('SELECT pg_cancel_backend($1)', [pid]));
    await sending;
    const answer = ask('2');
    const call = await peer.next();
    assert.ok(call?.type === 'call' && call.payload?.length === 3_000_000);
    assert.deepEqual(await peer.next(), { type: 'cancel', id: call.id });
    await peer.answer();
    assert.equal((await answer).rows[0].response, 2);
  });

  test('answers that come in the middle of sending are read, or both sides would wait for ever', limit, async () => {
    await client.query(`BEGIN; DECLARE items NO SCROLL CURSOR FOR SELECT pgml_bridge.stream('s', '1')`);
    const fetching = client.query('FETCH 1 FROM items');
    const peer = await (await door.peer()).greet();
    const stream = await peer.next();
    assert.ok(stream?.type === 'stream');
    const item = JSON.stringify('x'.repeat(100_000));
    peer.send({ type: 'item', id: stream.id, item });
    await fetching;
    const sending = client.query(
      `SELECT response FROM pgml_bridge.call('m', '1', decode(repeat('ab', 3000000), 'hex'))`,
    );
    // All the credit, more than sockets hold, and not a byte is read before it is gone.
    for (let sent = 1; sent < stream.credit; sent++)
      if (!peer.socket.write(encodeFrame({ type: 'item', id: stream.id, item }))) await once(peer.socket, 'drain');
    await peer.answer();
    await sending;
    const rest = await client.query('FETCH 30 FROM items');
    assert.equal(rest.rows.length, 30);
    await client.query('ROLLBACK');
    assert.deepEqual(await peer.next(), { type: 'cancel', id: stream.id });
  });

  test('a stream gives credit as items are taken', async () => {
    const reading = client.query<{ item: number }>(`SELECT pgml_bridge.stream('s', '1') AS item`);
    const peer = await (await door.peer()).greet();
    const stream = await peer.next();
    assert.ok(stream?.type === 'stream');
    let { credit } = stream;
    for (let item = 1; item <= 1000; item++) {
      peer.send({ type: 'item', id: stream.id, item: String(item) });
      if (--credit > 0) continue;
      const more = await peer.next();
      assert.ok(more?.type === 'credit' && more.id === stream.id && more.items > 0);
      credit += more.items;
    }
    peer.send({ type: 'end', id: stream.id });
    assert.deepEqual(
      (await reading).rows.map(({ item }) => item),
      Array.from({ length: 1000 }, (_, index) => index + 1),
    );
  });

  test('nonsense from the runtime ends the connection, not the backend', async () => {
    const cases: readonly Uint8Array[] = [
      encodeFrame({ type: 'drop' }),
      encodeFrame(HELLO),
      Buffer.from(Uint32Array.of(8, 1, 4, 0xffff).buffer),
      Buffer.from(Uint32Array.of(8, 1, 8, 0x7fffffff, 0).buffer),
      Buffer.from(Uint32Array.of(11, 1, 16, 5, 0x7fffffff, 0, 0).buffer),
      Buffer.from(Uint32Array.of(11, 1, 16, 0xffffffff, 0xffffffff, 0, 0).buffer),
      Buffer.from(Uint32Array.of(99, 1, 0).buffer),
    ];
    for (const [index, bytes] of cases.entries()) {
      const asked = fails(ask('1'), { code: '08P01' });
      const peer = await (await door.peer()).greet();
      const call = await peer.next();
      assert.ok(call?.type === 'call', `case ${index}`);
      const view = new Uint8Array(bytes);
      new DataView(view.buffer).setUint32(4, call.id, true);
      peer.socket.write(view);
      await asked;
      assert.ok((await peer.next().then((frame) => frame?.type ?? 'gone')) !== 'call');
      peer.socket.destroy();
    }
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    assert.equal(rows[0].pid, pid);
  });

  test('another socket in the setting is another runtime, from the next statement on', async () => {
    const first = ask('1');
    const peer = await (await door.peer()).greet();
    await peer.answer();
    await first;
    const other = await Door.open(`${door.address}.other`);
    await client.query(`SET pgml.runtime_socket = '${other.address}'`);
    const second = ask('2');
    await (await (await other.peer()).greet()).answer();
    assert.equal((await second).rows[0].response, 2);
    assert.equal(await peer.next(), undefined);
    other.close();
    await client.query('CREATE ROLE somebody; SET ROLE somebody');
    await fails(client.query(`SET pgml.runtime_socket = '/tmp/mine'`), { code: '42501' });
  });

  test('settings: the seed is known, others of the prefix are not', async () => {
    await client.query(`LOAD '${(extension as { library: string }).library}'; SET pgml.seed = 7`);
    if (server.programs.major >= 15)
      await fails(client.query('SET pgml.sede = 7'), { code: '42602', message: /pgml.sede/ });
  });

  test('a database in another encoding', async () => {
    await inSession((session) => session.query(createLatinDatabase(server.programs)));
    const latin = new pg.Client({ connectionString: server.url(undefined, undefined, 'latin') });
    await latin.connect();
    await latin.query(`CREATE SCHEMA pgml; ${bridgeSql((extension as { library: string }).library)}`);
    await latin.query(`SET pgml.runtime_socket = '${door.address}'`);
    const asking = latin.query(`SELECT response FROM pgml_bridge.call('größe', '"größe"')`);
    const peer = await (await door.peer()).greet();
    const call = await peer.next();
    assert.ok(call?.type === 'call' && call.method === 'größe' && call.request === '"größe"');
    peer.send({ type: 'result', id: call.id, response: '"Maß"', result: null });
    assert.equal((await asking).rows[0].response, 'Maß');
    const pushing = latin.query(`SELECT pgml_bridge.push('SELECT ''größe''::text AS "näme"')`);
    const push = await peer.next();
    assert.ok(push?.type === 'push');
    assert.deepEqual(push.columns, [{ name: 'näme', type: 'text', width: 1, values: ['größe'] }]);
    await pushing;
    const failing = fails(latin.query(`SELECT pgml_bridge.call('m', '1')`), { code: '22P05' });
    assert.equal((await peer.next())?.type, 'drop');
    const last = await peer.next();
    peer.send({ type: 'error', id: (last as { id: number }).id, sqlstate: '22023', message: '☃' });
    await failing;
    await latin.end();
  });
});
