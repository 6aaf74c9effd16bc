import type { Table, TrainRequest } from '@pgml/engine';
import { asRuntimeError, cancelled } from '../errors.js';
import type { Job } from '../jobs.js';
import { RuntimeError } from '../runtime.js';
import { FairQueue } from './fair-queue.js';
import { type FitResult, FitWorker, type FitWorkerOptions } from './fit-worker.js';

/** How often the progress of a running fit is read. */
const PROGRESS_MILLISECONDS = 100;

interface Waiting {
  begin(): void;
  reject(reason: RuntimeError): void;
}

export interface FitWorkersOptions extends FitWorkerOptions {
  /** Fits at a time. */
  readonly size: number;
  /** Fits that may wait for a worker; one more is refused. */
  readonly maximumWaiting: number;
}

/**
 * Runs fits, at most `size` at a time, each in a worker of its own; clients whose fits wait take turns. One worker waits
 * ready, so that a fit does not wait for a thread to start.
 */
export class FitWorkers {
  readonly #options: FitWorkersOptions;
  readonly #waiting = new FairQueue<Waiting>();
  readonly #running = new Set<FitWorker>();
  /** How many more fits may begin. The turn of a fit that ends goes to the next one that waits. */
  #turns: number;
  #spare: FitWorker;
  #lost = 0;
  #closed = false;

  constructor(options: FitWorkersOptions) {
    this.#turns = options.size;
    this.#options = options;
    this.#spare = new FitWorker(options);
  }

  /** The workers that fit at present. */
  get running(): readonly FitWorker[] {
    return [...this.#running];
  }

  /** How many workers died, or ran out of memory, in the middle of a fit. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * `client` is whoever takes turns with others. Rejects with RuntimeError: what the training reports, 57014 after an
   * abort, 53200 or 58000 if the worker was lost, 53400 if too many fits wait.
   */
  async fit(request: TrainRequest, table: Table, job: Job, signal: AbortSignal, client: object): Promise<FitResult> {
    try {
      await this.#takeTurn(signal, client);
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
      if (reason.sqlstate === '53200' || reason.sqlstate === '58000') this.#lost++;
      throw reason;
    }
  }

  #takeTurn(signal: AbortSignal, client: object): Promise<void> {
    if (signal.aborted) return Promise.reject(cancelled());
    if (this.#closed) return Promise.reject(closed());
    if (this.#turns > 0) {
      this.#turns--;
      return Promise.resolve();
    }
    if (this.#waiting.size >= this.#options.maximumWaiting)
      return Promise.reject(queueFull(this.#options.maximumWaiting));
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        if (this.#waiting.remove(client, waiting)) reject(cancelled());
      };
      const begin = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const waiting = { begin, reject };
      this.#waiting.push(client, waiting);
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
    for (let waiting = this.#waiting.shift(); waiting; waiting = this.#waiting.shift()) waiting.reject(closed());
    await Promise.all([this.#spare, ...this.#running].map((worker) => worker.close(closed())));
  }
}

const closed = () => new RuntimeError('57P01', 'the runtime was shut down');

const queueFull = (limit: number) =>
  new RuntimeError('53400', 'too many trainings wait for a worker of the runtime', {
    detail: `The limit is ${limit}.`,
    hint: 'Train again later, or raise the limit: --max-waiting-jobs of pgml runtime. More trainings at a time: --workers.',
  });
