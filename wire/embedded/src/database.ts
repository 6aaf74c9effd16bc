/** The server's side of the database thread: starts it, speaks to it, cancels it, and starts it again when it is lost. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { ErrorFields } from '@pgml/protocol';
import { control as bridgeWords, createRuntime, serveInProcess } from '@pgml/runtime';
import { words } from './control-words.js';
import { type DatabaseThreadData, type FromDatabase, OUTPUT_WINDOW, type ToDatabase } from './database-door.js';
import { allowTurn, type InterruptFlags, requestCancel } from './interrupts.js';

export const BOOTSTRAP_ROLE = 'pgml';
export const DATABASE_NAME = 'pgml';
/** Less, and endless recursion in a function poisons PGlite silently; PostgreSQL must notice first. */
const STACK_MEGABYTES = 32;
/**
 * Waking the thread costs more than a small statement, so it is not told of every piece that has left. It sleeps only
 * when more than OUTPUT_WINDOW is under way, and after the last step of that less than a step remains.
 */
const ACKNOWLEDGEMENT_STEP = OUTPUT_WINDOW / 2;

export type Rows = readonly (readonly (string | null)[])[];

/** A query of the server failed. */
export class DatabaseError extends Error {
  readonly fields: ErrorFields;
  constructor(fields: ErrorFields) {
    super(fields.message);
    this.name = 'DatabaseError';
    this.fields = fields;
  }
}

interface Life {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly control: Int32Array;
  readonly bridgeControl: Int32Array;
  readonly flags: InterruptFlags;
  /** Bytes acknowledged since the thread was last woken for that. */
  unannounced: number;
}

export class Database {
  readonly #directory: string;
  readonly #runtime = createRuntime();
  readonly #queries = new Map<number, { resolve: (rows: Rows) => void; reject: (error: Error) => void }>();
  #life: Life | undefined;
  #queryCount = 0;
  #stopping = false;
  /** Everything the thread says but answers to query(). */
  onMessage: (message: FromDatabase) => void = () => {};
  /** The thread has ended and nobody asked it to. */
  onLost: (reason: string) => void = () => {};

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens the directory in a new thread. */
  async start(): Promise<void> {
    const control = new SharedArrayBuffer(4 * words.COUNT);
    const channel = new MessageChannel();
    const bridge = this.#connectRuntime();
    const data: DatabaseThreadData = {
      directory: this.#directory,
      port: channel.port2,
      control,
      bridge,
      role: BOOTSTRAP_ROLE,
      database: DATABASE_NAME,
    };
    const worker = new Worker(new URL('./database-thread.js', import.meta.url), {
      workerData: data,
      transferList: [channel.port2, bridge.port],
      resourceLimits: { stackSizeMb: STACK_MEGABYTES },
    });
    this.#life = await new Promise<Life>((resolve, reject) => {
      let failure = 'the database thread ended';
      let ready = false;
      worker.on('error', (error) => {
        failure = error.message;
      });
      worker.on('exit', () => {
        if (!ready) reject(new Error(`the database cannot be opened: ${failure}`));
        else if (this.#life?.worker === worker) this.#lost(failure);
      });
      channel.port1.on('message', (message: FromDatabase) => {
        if (message.type === 'ready') {
          ready = true;
          const bridgeControl = new Int32Array(bridge.control);
          resolve({
            worker,
            port: channel.port1,
            control: new Int32Array(control),
            bridgeControl,
            flags: message.flags,
            unannounced: 0,
          });
        } else if (this.#life?.worker === worker) this.#receive(message);
      });
    });
  }

  #connectRuntime(): DatabaseThreadData['bridge'] {
    const channel = new MessageChannel();
    const control = new SharedArrayBuffer(4 * bridgeWords.WORDS);
    serveInProcess(this.#runtime.session(), channel.port1, control);
    return { port: channel.port2, control };
  }

  #receive(message: FromDatabase): void {
    if (message.type !== 'rows') {
      this.onMessage(message);
      return;
    }
    const query = this.#queries.get(message.id);
    this.#queries.delete(message.id);
    if (Array.isArray(message.rows)) query?.resolve(message.rows as Rows);
    else query?.reject(new DatabaseError(message.rows as ErrorFields));
  }

  #lost(reason: string): void {
    this.#life?.port.close();
    this.#life = undefined;
    for (const { reject } of this.#queries.values()) reject(new Error(`the database thread was lost: ${reason}`));
    this.#queries.clear();
    if (!this.#stopping) this.onLost(reason);
  }

  /** Says nothing while there is no thread: who was served by it is told by onLost. */
  send(message: ToDatabase): void {
    if (!this.#life) return;
    this.#life.port.postMessage(message);
    this.#wake();
  }

  #wake(): void {
    if (!this.#life) return;
    Atomics.add(this.#life.control, words.WAKE, 1);
    Atomics.notify(this.#life.control, words.WAKE);
  }

  /** As superuser, in a transaction of its own. Only between turns. Throws DatabaseError. */
  query(sql: string): Promise<Rows> {
    const id = ++this.#queryCount;
    return new Promise((resolve, reject) => {
      if (!this.#life) return reject(new Error('the database is not open'));
      this.#queries.set(id, { resolve, reject });
      this.send({ type: 'query', id, sql });
    });
  }

  /** Output that has left for a client. */
  acknowledge(bytes: number): void {
    if (!this.#life) return;
    Atomics.add(this.#life.control, words.ACKNOWLEDGED, bytes);
    this.#life.unannounced += bytes;
    if (this.#life.unannounced < ACKNOWLEDGEMENT_STEP) return;
    this.#life.unannounced = 0;
    this.#wake();
  }

  /** To be called before the first input of a turn. */
  beginTurn(): void {
    if (this.#life) allowTurn(this.#life.control);
  }

  /** PostgreSQL ends the statement at its next check for interrupts; a call to the runtime ends as well. */
  cancel(client: number, reason: number): void {
    if (!this.#life) return;
    requestCancel(this.#life.control, this.#life.flags, client, reason);
    const { bridgeControl } = this.#life;
    if (Atomics.load(this.#life.control, words.CLIENT) === client) {
      Atomics.store(bridgeControl, bridgeWords.CANCEL, 1);
      Atomics.add(bridgeControl, bridgeWords.WAKE, 1);
      Atomics.notify(bridgeControl, bridgeWords.WAKE);
    }
    this.#wake();
  }

  /** The last resort: ends the thread wherever it is. Committed rows are safe. onLost follows. */
  async terminate(): Promise<void> {
    await this.#life?.worker.terminate();
  }

  /** Closes the database properly. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const life = this.#life;
    if (life) {
      const ended = new Promise((resolve) => life.worker.once('exit', resolve));
      this.send({ type: 'stop' });
      await ended;
    }
    await this.#runtime.close();
  }
}
