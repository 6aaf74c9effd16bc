/**
 * The frames door: one connection of the native bridge, a backend of PostgreSQL, served by a session.
 *
 *   greeting ──hello──► open ──goes, or breaks the rules──► closed
 *
 * Memory is bounded whatever a client does: a frame and the payloads of open calls together by `maximumFrameBytes`, the
 * number of open exchanges by EXCHANGES, items by the credit of their stream, answers that are not taken by not reading on.
 */
import type { Socket } from 'node:net';
import { type ErrorReport, toReport } from '../../errors.js';
import { RuntimeError, type Session } from '../../runtime.js';
import {
  decodeFrame,
  encodeFrame,
  FRAMES_VERSION,
  type FrameFromRuntime,
  FrameSplitter,
  type FrameToRuntime,
  type RawFrame,
} from './codec.js';
import { Credit } from './credit.js';

export interface FrameLimits {
  /** The largest frame, and the payloads of all open calls of a connection. Default 1 GiB and 1 MiB, more than a bytea holds. */
  readonly maximumFrameBytes?: number;
  /** How long a client may take to say hello. Default 10,000. */
  readonly helloMilliseconds?: number;
}

const MAXIMUM_FRAME_BYTES = 2 ** 30 + 2 ** 20;
const HELLO_MILLISECONDS = 10_000;
const HELLO_BYTES = 1024;
/** Calls and streams that a connection may have open. */
const EXCHANGES = 1024;
/** Answers that wait to be taken; with more, nothing is read and streams stand still. */
const UNTAKEN_BYTES = 2 ** 20;

const hello = encodeFrame({ type: 'hello', version: FRAMES_VERSION, who: 'pgml runtime' });

/** Serves `session` over the socket, and closes it when the socket goes; running work is aborted then. */
export function serveFrames(socket: Socket, session: Session, limits: FrameLimits = {}): void {
  new FrameConnection(socket, session, limits).start();
}

/** Turns a client away with an error, for example because there are too many. */
export function refuseFrames(socket: Socket, error: unknown): void {
  socket.on('error', () => {});
  endWith(socket, [hello, errorFrame(0, toReport(error))]);
}

const errorFrame = (id: number, report: ErrorReport) => encodeFrame({ type: 'error', id, ...report });

/** Says the last words and leaves, whether or not the client listens or goes on talking. */
function endWith(socket: Socket, lastWords: readonly Uint8Array[]): void {
  socket.removeAllListeners('data').resume();
  socket.setTimeout(HELLO_MILLISECONDS, () => socket.destroy());
  socket.end(Buffer.concat(lastWords), () => socket.destroy());
}

interface Exchange {
  readonly work: AbortController;
  readonly credit: Credit;
}

class FrameConnection {
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #maximumFrameBytes: number;
  readonly #helloMilliseconds: number;
  readonly #splitter = new FrameSplitter(HELLO_BYTES);
  readonly #exchanges = new Map<number, Exchange>();
  #state: 'greeting' | 'open' | 'closed' = 'greeting';
  /** Bytes of the payloads of open calls. */
  #payloadBytes = 0;
  /** Streams that wait until answers have been taken. */
  #waiting: (() => void)[] = [];

  constructor(socket: Socket, session: Session, limits: FrameLimits) {
    this.#socket = socket;
    this.#session = session;
    this.#maximumFrameBytes = limits.maximumFrameBytes ?? MAXIMUM_FRAME_BYTES;
    this.#helloMilliseconds = limits.helloMilliseconds ?? HELLO_MILLISECONDS;
  }

  start(): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.#drained());
    socket.on('timeout', () => socket.destroy());
    // Whoever stops talking has gone: a backend keeps both directions open as long as it lives.
    socket.on('end', () => socket.destroy());
    // 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => this.#move('closed'));
    socket.setTimeout(this.#helloMilliseconds);
    socket.write(hello);
  }

  /** The one place where the state changes. */
  #move(state: 'open' | 'closed'): void {
    if (this.#state === 'closed') return;
    this.#state = state;
    if (state === 'open') {
      this.#socket.setTimeout(0);
      this.#splitter.maximumBytes = this.#maximumFrameBytes;
    } else {
      for (const { work } of this.#exchanges.values()) work.abort();
      this.#drained();
      this.#session.close();
    }
  }

  #receive(chunk: Buffer): void {
    try {
      this.#splitter.push(chunk);
      for (let frame = this.#splitter.next(); frame; frame = this.#splitter.next()) this.#handle(frame);
    } catch (error) {
      this.#move('closed');
      endWith(this.#socket, [errorFrame(0, toReport(error))]);
    }
  }

  /** In the order they come: a call sees the rows pushed before it. */
  #handle(raw: RawFrame): void {
    const frame = decodeFrame(raw) as FrameToRuntime;
    if ((frame.type === 'hello') !== (this.#state === 'greeting')) throw outOfPlace(frame.type);
    switch (frame.type) {
      case 'hello':
        return this.#greet(frame.version);
      case 'call':
        return this.#call(frame);
      case 'stream':
        return this.#stream(frame);
      case 'credit':
        return this.#exchanges.get(frame.id)?.credit.add(frame.items);
      case 'cancel':
        return this.#exchanges.get(frame.id)?.work.abort();
      case 'push':
        return this.#session.pushRows(frame.id, frame.columns);
      case 'drop':
        return this.#session.dropDatasets();
      default:
        throw outOfPlace((frame as { type: string }).type);
    }
  }

  #greet(version: number): void {
    if (version !== FRAMES_VERSION)
      throw new RuntimeError(
        '08P01',
        `the runtime speaks version ${FRAMES_VERSION} of the frames, the extension version ${version}`,
        { hint: `Upgrade the ${version < FRAMES_VERSION ? 'extension' : 'runtime'}.` },
      );
    this.#move('open');
  }

  #call({ id, method, request, payload }: FrameToRuntime & { type: 'call' }): void {
    this.#serve(id, 0, payload?.length ?? 0, async ({ work: { signal } }) => {
      const { response, result } = await this.#session.call(method, parse(request), payload, signal);
      if (!signal.aborted) this.#send({ type: 'result', id, response: JSON.stringify(response), result });
    });
  }

  #stream({ id, credit, method, request }: FrameToRuntime & { type: 'stream' }): void {
    this.#serve(id, credit, 0, async ({ work: { signal }, credit: granted }) => {
      for await (const item of this.#session.stream(method, parse(request), signal)) {
        await this.#answersTaken();
        await granted.take();
        if (signal.aborted) return;
        this.#send({ type: 'item', id, item: JSON.stringify(item) });
      }
      if (!signal.aborted) this.#send({ type: 'end', id });
    });
  }

  /** Runs the work of an exchange. Its failure, whatever it is, is the answer, unless nobody waits for one any more. */
  #serve(id: number, credit: number, bytes: number, run: (exchange: Exchange) => Promise<void>): void {
    if (id === 0 || this.#exchanges.has(id))
      throw new RuntimeError('08P01', `an exchange cannot begin under the number ${id}, which is taken`);
    const work = new AbortController();
    const exchange = { work, credit: new Credit(credit, work.signal) };
    const refusal = this.#refusal(bytes);
    if (refusal) return this.#send({ type: 'error', id, ...toReport(refusal) });
    this.#exchanges.set(id, exchange);
    this.#payloadBytes += bytes;
    run(exchange)
      .catch((error: unknown) => {
        if (!exchange.work.signal.aborted) this.#send({ type: 'error', id, ...toReport(error) });
      })
      .finally(() => {
        this.#exchanges.delete(id);
        this.#payloadBytes -= bytes;
      });
  }

  #refusal(bytes: number): RuntimeError | undefined {
    if (this.#exchanges.size >= EXCHANGES)
      return new RuntimeError('53400', `a connection has at most ${EXCHANGES} calls and streams open`);
    if (this.#payloadBytes + bytes > this.#maximumFrameBytes)
      return new RuntimeError('53200', `the open calls of a connection hold at most ${this.#maximumFrameBytes} bytes`);
    return undefined;
  }

  #send(frame: FrameFromRuntime): void {
    if (this.#state === 'closed') return;
    // What is sent in one turn goes out together.
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(encodeFrame(frame));
    if (this.#socket.writableLength > UNTAKEN_BYTES) this.#socket.pause();
  }

  /** Waits while the client does not take what was sent. */
  async #answersTaken(): Promise<void> {
    while (this.#state !== 'closed' && this.#socket.writableLength > UNTAKEN_BYTES)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #drained(): void {
    this.#socket.resume();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function parse(request: string): unknown {
  try {
    return JSON.parse(request);
  } catch {
    throw new RuntimeError('08P01', 'a request that is no JSON');
  }
}

const outOfPlace = (type: string): RuntimeError =>
  new RuntimeError('08P01', `a frame of type ${type} where it has no place`);
