import { Worker } from 'node:worker_threads';
import { buffersOf, isDissolved, type Table, type TrainRequest, type TrainResponse } from '@pgml/engine';
import { asRuntimeError, cancelled, fromReport, outOfMemory } from '../errors.js';
import { RuntimeError } from '../runtime.js';
import {
  type FitAnswer,
  type FitOrder,
  type FitThreadData,
  fitControl,
  PROGRESS_UNITS,
  type TeamSeat,
} from './messages.js';
import { startHelpers } from './team.js';

export interface FitResult {
  readonly response: TrainResponse;
  readonly artifact: Uint8Array;
}

export interface FitWorkerOptions extends FitThreadData {
  /** The most JavaScript heap of the thread; kernel memory is apart. */
  readonly heapMegabytes: number;
  readonly script: URL;
}

/** How long a fit has to hear of a cancel before its thread is ended. */
const PATIENCE_MILLISECONDS = 200;

/**
 * A thread for one fit, and the helpers it asks for. It is not used again, so that each fit begins with an empty memory and gives all of it back.
 *
 *   idle ── fit ──▶ fitting ── answer, death ──────────────────────▶ ended
 *                      └── cancel ──▶ cancelling ── answer, death, patience over ──▶ ended
 *
 * `#end` is the only way to the end, from any state.
 */
export class FitWorker {
  readonly thread: Worker;
  readonly #options: FitWorkerOptions;
  #helpers: readonly Worker[] = [];
  readonly #control = new SharedArrayBuffer(fitControl.WORDS * Int32Array.BYTES_PER_ELEMENT);
  #state: 'idle' | 'fitting' | 'cancelling' | 'ended' = 'idle';
  #patience: NodeJS.Timeout | undefined;
  #settle: { resolve(result: FitResult): void; reject(reason: RuntimeError): void } | undefined;

  constructor(options: FitWorkerOptions) {
    const { threads, kernelMegabytes, heapMegabytes, script } = options;
    this.#options = options;
    this.thread = new Worker(script, {
      workerData: { threads, kernelMegabytes } satisfies FitThreadData,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    // An idle thread must not keep the process alive.
    this.thread.unref();
    this.thread.on('message', (answer: FitAnswer) => {
      if (answer.type === 'team') this.#startHelpers(answer.helpers, answer.seat);
      else this.#end(answer.type === 'done' ? answer : fromReport(answer.error));
    });
    this.thread.on('messageerror', (error) => this.#end(asRuntimeError(error)));
    this.thread.on('error', (error: NodeJS.ErrnoException) =>
      this.#end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory(error.message) : asRuntimeError(error)),
    );
    this.thread.on('exit', (code) => this.#end(died(code)));
  }

  /** False once the thread has done its fit, or has died while idle. */
  get usable(): boolean {
    return this.#state === 'idle';
  }

  /** The threads that help the fit at present. */
  get helpers(): readonly Worker[] {
    return this.#helpers;
  }

  get progress(): number {
    return Atomics.load(new Int32Array(this.#control), fitControl.PROGRESS) / PROGRESS_UNITS;
  }

  /** Hands the table over and fits; only when idle. Rejects with RuntimeError. */
  fit(request: TrainRequest, table: Table): Promise<FitResult> {
    if (this.#state !== 'idle') throw new Error(`a worker that is ${this.#state} cannot fit`);
    this.#state = 'fitting';
    this.thread.ref();
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      const order: FitOrder = { request, table, control: this.#control };
      try {
        this.thread.postMessage(order, buffersOf(table));
      } catch (error) {
        this.#end(asRuntimeError(error));
      }
    });
  }

  /** Asks the fit to stop, and ends the thread if it does not hear. Only while fitting. */
  cancel(): void {
    if (this.#state !== 'fitting') return;
    this.#state = 'cancelling';
    Atomics.store(new Int32Array(this.#control), fitControl.CANCEL, 1);
    this.#patience = setTimeout(() => this.#end(cancelled()), PATIENCE_MILLISECONDS);
  }

  /** Ends the thread whatever it does; a fit rejects with `reason`. */
  async close(reason: RuntimeError): Promise<void> {
    this.#end(reason);
    await this.thread.terminate();
  }

  #startHelpers(count: number, seat: TeamSeat): void {
    if (this.#state === 'ended') return;
    this.#helpers = startHelpers(count, seat);
    for (const helper of this.#helpers) {
      helper.on('error', (error) => this.#end(asRuntimeError(error)));
      helper.on('exit', (code) => !isDissolved(seat.control) && this.#end(died(code)));
    }
  }

  #end(outcome: FitResult | RuntimeError): void {
    if (this.#state === 'ended') return;
    const given = this.#state === 'cancelling' ? cancelled() : outcome;
    this.#state = 'ended';
    clearTimeout(this.#patience);
    for (const thread of [this.thread, ...this.#helpers]) void thread.terminate();
    if (given instanceof RuntimeError) this.#settle?.reject(this.#withLimits(given));
    else this.#settle?.resolve({ response: given.response, artifact: given.artifact });
  }

  /** An out-of-memory error that also says how much there was. */
  #withLimits(error: RuntimeError): RuntimeError {
    if (error.sqlstate !== '53200') return error;
    const { kernelMegabytes, heapMegabytes } = this.#options;
    return new RuntimeError(error.sqlstate, error.message, {
      detail: `${error.detail}. The limits of a worker are ${kernelMegabytes} MB for kernels and ${heapMegabytes} MB for its heap.`,
      hint: error.hint,
    });
  }
}

const died = (code: number) =>
  new RuntimeError('58000', `the worker that trained the model died with exit code ${code}; nothing was stored`, {
    hint: 'The runtime goes on with a new worker. Train again.',
  });
