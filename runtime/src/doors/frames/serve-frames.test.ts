import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CallResult, type ColumnBatch, RuntimeError, type Session } from '../../runtime.js';
import { type AnyFrame, decodeFrame, encodeFrame, FRAMES_VERSION, FrameSplitter } from './codec.js';
import { type FrameLimits, refuseFrames, serveFrames } from './serve-frames.js';

/** Keeps a record. `echo` answers, `wait` only when it is aborted; every stream counts without end. */
class RecordingSession implements Session {
  readonly record: string[] = [];
  counted = 0;
  #ended: () => void = () => {};
  readonly closed = new Promise<void>((resolve) => (this.#ended = resolve));

  async call(method: string, request: unknown, payload: Uint8Array | null, signal: AbortSignal): Promise<CallResult> {
    this.record.push(`call ${method}`);
    if (method === 'echo') return { response: request, result: payload };
    if (method !== 'wait') throw new RuntimeError('42883', `no ${method}`, { hint: 'echo, wait' });
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    this.record.push('aborted');
    throw new RuntimeError('57014', 'cancelled');
  }
  async *stream(_method: string, request: unknown, signal: AbortSignal): AsyncGenerator<unknown> {
    try {
      for (;;) {
        if (this.counted % 10 === 0) await nextTurn();
        yield `${++this.counted}${String(request)}`;
      }
    } finally {
      this.record.push(`stream ended, ${signal.aborted ? 'aborted' : 'not aborted'}`);
    }
  }
  pushRows(dataset: number, columns: readonly ColumnBatch[]): void {
    this.record.push(`push ${dataset} ${columns.map(({ name }) => name).join()}`);
  }
  dropDatasets(): void {
    this.record.push('drop');
  }
  close(): void {
    this.record.push('close');
    this.#ended();
  }
}

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-frames-'));
after(() => fs.rmSync(directory, { recursive: true }));
let doors = 0;

const HELLO: AnyFrame = { type: 'hello', version: FRAMES_VERSION, who: 'a test' };
const call = (id: number, method: string, payload: Uint8Array | null = null): AnyFrame => ({
  type: 'call',
  id,
  method,
  request: `{"id":${id}}`,
  payload,
});

/** A client at a door of its own. */
class Client {
  readonly socket: net.Socket;
  readonly #door: net.Server;
  readonly #splitter = new FrameSplitter(2 ** 30);

  /** Reads when asked only. */
  readonly #chunks: AsyncIterator<Buffer, undefined>;

  private constructor(socket: net.Socket, door: net.Server) {
    this.socket = socket.on('error', () => {});
    this.#door = door;
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  static async at(serve: (socket: net.Socket) => void): Promise<Client> {
    const address = path.join(directory, String(++doors));
    const door = net.createServer(serve).listen(address);
    await once(door, 'listening');
    return new Client(net.connect(address), door);
  }

  static async of(session: Session, limits?: FrameLimits): Promise<Client> {
    return Client.at((socket) => serveFrames(socket, session, limits));
  }

  send(...frames: readonly AnyFrame[]): void {
    this.socket.write(Buffer.concat(frames.map(encodeFrame)));
  }

  /** The next frame, or undefined at the end. */
  async next(): Promise<AnyFrame | undefined> {
    for (;;) {
      const frame = this.#splitter.next();
      if (frame) return decodeFrame(frame);
      const { value, done } = await this.#chunks.next();
      if (done) return undefined;
      this.#splitter.push(value);
    }
  }

  async rest(): Promise<AnyFrame[]> {
    const frames: AnyFrame[] = [];
    for (let frame = await this.next(); frame; frame = await this.next()) frames.push(frame);
    return frames;
  }

  leave(): void {
    this.socket.destroy();
    this.#door.close();
  }
}

test('calls are answered, in the order they come after what was pushed', async () => {
  const session = new RecordingSession();
  const client = await Client.of(session);
  const column = { name: 'x', type: 'real', width: 1, values: Float32Array.of(1) } as const;
  client.send(HELLO, { type: 'push', id: 9, rows: 1, columns: [column] }, call(1, 'echo', Uint8Array.of(0, 255)));
  client.send({ type: 'drop' }, call(2, 'nothing'));
  assert.deepEqual(await client.next(), { type: 'hello', version: FRAMES_VERSION, who: 'pgml runtime' });
  assert.deepEqual(await client.next(), { type: 'result', id: 1, response: '{"id":1}', result: Uint8Array.of(0, 255) });
  const failed = { type: 'error', id: 2, sqlstate: '42883', message: 'no nothing', hint: 'echo, wait' };
  assert.deepEqual(await client.next(), failed);
  client.send({ ...call(3, 'echo'), request: '{' } as AnyFrame);
  const refused = await client.next();
  assert.ok(refused?.type === 'error' && refused.id === 3 && refused.sqlstate === '08P01');
  assert.deepEqual(session.record, ['push 9 x', 'call echo', 'drop', 'call nothing']);
  client.leave();
});

test('a stream sends what it has credit for', async () => {
  const session = new RecordingSession();
  const client = await Client.of(session);
  client.send(HELLO, { type: 'stream', id: 1, credit: 2, method: 'count', request: '"."' });
  await client.next();
  assert.deepEqual(await client.next(), { type: 'item', id: 1, item: '"1."' });
  assert.deepEqual(await client.next(), { type: 'item', id: 1, item: '"2."' });
  // The answer to a call tells that the stream has had its turn.
  client.send(call(2, 'echo'));
  assert.equal((await client.next())!.type, 'result');
  assert.equal(session.counted, 3, 'one more item waits for credit');
  client.send({ type: 'credit', id: 1, items: 1 });
  assert.deepEqual(await client.next(), { type: 'item', id: 1, item: '"3."' });
  client.send({ type: 'cancel', id: 1 }, call(3, 'echo'));
  assert.deepEqual(((await client.next()) as { id: number }).id, 3, 'nothing answers what was cancelled');
  await nextTurn();
  assert.equal(session.record.at(-1), 'stream ended, aborted');
  client.leave();
});

test('a cancelled call is aborted and not answered', async () => {
  const session = new RecordingSession();
  const client = await Client.of(session);
  client.send(HELLO, call(1, 'wait'), { type: 'cancel', id: 1 }, { type: 'cancel', id: 77 }, call(2, 'echo'));
  await client.next();
  assert.deepEqual(await client.next(), { type: 'result', id: 2, response: '{"id":2}', result: null });
  assert.deepEqual(session.record.toSorted(), ['aborted', 'call echo', 'call wait']);
  client.leave();
});

test('when the client goes, its work is aborted and its session closed', async () => {
  for (const go of [(client: Client) => client.socket.destroy(), (client: Client) => client.socket.end()]) {
    const session = new RecordingSession();
    const client = await Client.of(session);
    client.send(HELLO, call(1, 'wait'), { type: 'stream', id: 2, credit: 0, method: 'count', request: '1' });
    await client.next();
    while (session.counted === 0) await nextTurn();
    go(client);
    await session.closed;
    await nextTurn();
    assert.deepEqual(session.record.toSorted(), ['aborted', 'call wait', 'close', 'stream ended, aborted']);
    client.leave();
  }
});

test('who takes no answers gets no more of them, until he does', async () => {
  const session = new RecordingSession();
  const client = await Client.of(session);
  const request = JSON.stringify('x'.repeat(100_000));
  client.send(HELLO, { type: 'stream', id: 1, credit: 1_000_000, method: 'count', request });
  let before = -1;
  // The stream stands still when the socket's buffers are full.
  while (before < session.counted || session.counted === 0) {
    before = session.counted;
    for (let turn = 0; turn < 100; turn++) await nextTurn();
  }
  assert.ok(session.counted < 100, `${session.counted} items of 100 kB were made`);
  await client.next();
  for (let item = 1; item <= 500; item++) {
    const frame = (await client.next()) as AnyFrame & { type: 'item' };
    assert.equal(frame.item.length, String(item).length + 100_002);
  }
  client.leave();
  await session.closed;
});

test('what breaks the rules ends the connection with the reason, whatever else is on its way', async () => {
  const cases: readonly (readonly [Uint8Array, string, RegExp])[] = [
    [Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), '54000', /too large/],
    [encodeFrame(call(1, 'echo')), '08P01', /type call where it has no place/],
    [encodeFrame({ ...HELLO, version: 7 }), '08P01', /runtime speaks version 1 .* extension version 7/],
    [Buffer.concat([HELLO, HELLO].map(encodeFrame)), '08P01', /type hello where/],
    [Buffer.concat([HELLO, call(5, 'wait'), call(5, 'wait')].map(encodeFrame)), '08P01', /number 5, which is taken/],
    [Buffer.concat([HELLO, { type: 'end', id: 1 } as const].map(encodeFrame)), '08P01', /type end where/],
    [Buffer.concat([encodeFrame(HELLO), Buffer.alloc(12, 0xee)]), '54000', /frame of 4008636142 bytes/],
    [Buffer.concat([encodeFrame(HELLO), Buffer.alloc(12)]), '08P01', /malformed frame: type 0/],
  ];
  for (const [bytes, sqlstate, message] of cases) {
    const session = new RecordingSession();
    const client = await Client.of(session);
    client.socket.write(bytes);
    const [hello, error, ...more] = await client.rest();
    assert.equal(hello?.type, 'hello');
    assert.ok(error?.type === 'error' && error.id === 0, String(message));
    assert.equal(error.sqlstate, sqlstate);
    assert.match(error.message, message);
    assert.deepEqual(more, []);
    await session.closed;
    assert.equal(session.record.filter((entry) => entry === 'close').length, 1);
    client.leave();
  }
});

test('random bytes never do more than end their own connection', async () => {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8;
  const bystander = await Client.of(new RecordingSession());
  bystander.send(HELLO);
  await bystander.next();
  for (let round = 0; round < 100; round++) {
    const session = new RecordingSession();
    const client = await Client.of(session, { maximumFrameBytes: 4096 });
    client.send(HELLO);
    for (let part = 0; part < 5; part++) {
      const garbage = Uint8Array.from({ length: 4 + (random() % 300) }, random);
      // Mostly heads that could be right.
      if (random() % 4 > 0) garbage.set(Uint32Array.of(random() % 12, 1, random() % 40).slice(0, garbage.length >> 2));
      client.socket.write(garbage);
    }
    client.socket.end();
    await session.closed;
    client.leave();
  }
  bystander.send(call(1, 'echo'));
  assert.equal((await bystander.next())!.type, 'result');
  bystander.leave();
});

test('a client that says no hello is sent away', async () => {
  const session = new RecordingSession();
  const client = await Client.of(session, { helloMilliseconds: 20 });
  assert.equal((await client.rest()).length, 1);
  await session.closed;
  client.leave();
});

test('open exchanges and their payloads are limited, and the others go on', async () => {
  const session = new RecordingSession();
  const client = await Client.of(session, { maximumFrameBytes: 2000 });
  client.send(HELLO, call(1, 'wait', new Uint8Array(1500)), call(2, 'echo', new Uint8Array(600)), call(3, 'echo'));
  await client.next();
  const [second, third] = [await client.next(), await client.next()];
  assert.ok(second?.type === 'error' && second.id === 2 && second.sqlstate === '53200');
  assert.ok(third?.type === 'result' && third.id === 3);
  client.send(...Array.from({ length: 1024 }, (_, index) => call(10 + index, 'wait')));
  const last = await client.next();
  assert.ok(last?.type === 'error' && last.id === 10 + 1023 && last.sqlstate === '53400');
  client.leave();
});

test('a client can be refused with a reason', async () => {
  const client = await Client.at((socket) => refuseFrames(socket, new RuntimeError('53300', 'too many clients')));
  client.send(HELLO, call(1, 'echo'));
  assert.deepEqual(await client.rest(), [
    { type: 'hello', version: FRAMES_VERSION, who: 'pgml runtime' },
    { type: 'error', id: 0, sqlstate: '53300', message: 'too many clients' },
  ]);
  client.leave();
});
