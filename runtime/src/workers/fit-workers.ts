import type { Table, TrainRequest } from '@pgml/engine';
import { asRuntimeError, cancelled } from '../errors.js';
import type { Job } from '../jobs.js';
import { RuntimeError } from '../runtime.js';
import { type FitResult, FitWorker, type FitWorkerOptions } from './fit-worker.js';

/** How often the progress of a running fit is read. */
const PROGRESS_MILLISECONDS = 100;

interface Waiting {
  begin(): void;
  reject(reason: RuntimeError): void;
}

/**
 * Runs fits, at most `size` at a time and the others in the order they came, each in a worker of its own. One worker
 * waits ready, so that a fit does not wait for a thread to start.
 */
export class FitWorkers {
  readonly #options: FitWorkerOptions;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Set<FitWorker>();
  /** How many more fits may begin. The turn of a fit that ends goes to the next one that waits. */
  #turns: number;
  #spare: FitWorker;
  #closed = false;

  constructor(size: number, options: FitWorkerOptions) {
    this.#turns = size;
    this.#options = options;
    this.#spare = new FitWorker(options);
  }

  /** The workers that fit at present. */
  get running(): readonly FitWorker[] {
    return [...this.#running];
  }

  /** Rejects with RuntimeError: what the training reports, 57014 after an abort, 53200 or 58000 if the worker was lost. */
  async fit(request: TrainRequest, table: Table, job: Job, signal: AbortSignal): Promise<FitResult> {
    try {
      await this.#takeTurn(signal);
      try {
        job.begin();
        const result = await this.#run(request, table, job, signal);
        job.end('succeeded');
        return result;
      } finally {
        this.#passTurn();
      }
    } catch (error) {
      const reason = asRuntimeError(error);
      job.end(reason.sqlstate === '57014' ? 'cancelled' : 'failed', reason.message);
      throw reason;
    }
  }

  #takeTurn(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(cancelled());
    if (this.#closed) return Promise.reject(closed());
    if (this.#turns > 0) {
      this.#turns--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const waiting = { begin: resolve, reject };
      this.#waiting.push(waiting);
      const giveUp = () => {
        const place = this.#waiting.indexOf(waiting);
        if (place < 0) return;
        this.#waiting.splice(place, 1);
        reject(cancelled());
      };
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #passTurn(): void {
    const next = this.#waiting.shift();
    if (next) next.begin();
    else this.#turns++;
  }

  async #run(request: TrainRequest, table: Table, job: Job, signal: AbortSignal): Promise<FitResult> {
    if (signal.aborted) throw cancelled();
    if (this.#closed) throw closed();
    const worker = this.#spare.usable ? this.#spare : new FitWorker(this.#options);
    const cancel = () => worker.cancel();
    const progress = setInterval(() => {
      job.progress = worker.progress;
    }, PROGRESS_MILLISECONDS);
    this.#running.add(worker);
    signal.addEventListener('abort', cancel);
    try {
      return await worker.fit(request, table);
    } finally {
      signal.removeEventListener('abort', cancel);
      clearInterval(progress);
      this.#running.delete(worker);
      if (!this.#closed && !this.#spare.usable) this.#spare = new FitWorker(this.#options);
    }
  }

  /** Fits that run or wait reject. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(closed());
    await Promise.all([this.#spare, ...this.#running].map((worker) => worker.close(closed())));
  }
}

const closed = () => new RuntimeError('57P01', 'the runtime was shut down');
