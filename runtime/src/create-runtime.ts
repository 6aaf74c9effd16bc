import os from 'node:os';
import { PushedDatasets } from './datasets/pushed.js';
import { asRuntimeError, cancelled } from './errors.js';
import { type JobReport, Jobs } from './jobs.js';
import type { Method, MethodContext } from './methods/method.js';
import { methods as registry } from './methods/registry.js';
import { ModelCache, type ModelCacheReport } from './models/model-cache.js';
import { type CallResult, type ColumnBatch, RuntimeError, type Session } from './runtime.js';
import { FitWorkers } from './workers/fit-workers.js';

export interface RuntimeOptions {
  /** Fits at a time. Default 2. */
  readonly workers?: number;
  /** The most threads of one fit. Default: the number of cores, at most 4. */
  readonly threads?: number;
  /** The most kernel memory of one fit: table, working arrays, model. Default and maximum 4096. */
  readonly kernelMegabytes?: number;
  /** The most JavaScript heap of one fit. Default 1024. */
  readonly heapMegabytes?: number;
  /** Fits that may wait for a worker; one more is refused with SQLSTATE 53400. Default 100. */
  readonly maximumWaitingFits?: number;
  /** The most that the rows of one session may take before they are trained on. Default 2048. */
  readonly datasetMegabytes?: number;
  /** What the models kept for predictions may take together. Default 1024. */
  readonly modelMegabytes?: number;
  /** Default: those of methods/registry.ts. */
  readonly methods?: readonly Method[];
  /** The module that fit threads run. Default: workers/fit-thread.js. */
  readonly fitThread?: URL;
}

export interface Runtime {
  session(): Session;
  /** Running and recent jobs, oldest first. */
  jobs(): JobReport[];
  /** How many workers died, or ran out of memory, in the middle of a fit. */
  lostWorkers(): number;
  /** What the models kept for predictions take, and how they are used. */
  models(): ModelCacheReport;
  /** Ends all work: calls in progress reject with SQLSTATE 57P01. */
  close(): Promise<void>;
}

/** A runtime in this process. It starts one worker at once and keeps no process alive by itself. */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const jobs = new Jobs();
  const workers = new FitWorkers({
    size: options.workers ?? 2,
    maximumWaiting: options.maximumWaitingFits ?? 100,
    threads: options.threads ?? Math.min(os.availableParallelism(), 4),
    kernelMegabytes: options.kernelMegabytes ?? 4096,
    heapMegabytes: options.heapMegabytes ?? 1024,
    script: options.fitThread ?? new URL('./workers/fit-thread.js', import.meta.url),
  });
  const methods = new Map((options.methods ?? registry).map((method) => [method.name, method]));
  const models = new ModelCache(options.modelMegabytes ?? 1024);
  const datasetMegabytes = options.datasetMegabytes ?? 2048;
  return {
    session: () => new LocalSession(methods, { jobs, workers, models, datasets: new PushedDatasets(datasetMegabytes) }),
    jobs: () => jobs.list(),
    lostWorkers: () => workers.lost,
    models: () => models.report(),
    close: () => workers.close(),
  };
}

/** What a method may use, whatever it is called with. */
type Services = Omit<MethodContext, 'payload' | 'signal' | 'client'>;

class LocalSession implements Session {
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #services: Services;
  /** Aborted when the session is closed. */
  readonly #closing = new AbortController();
  /** The signal given with the last call, and what it was combined to: doors use one signal for many short calls. */
  #given: AbortSignal | undefined;
  #combined = this.#closing.signal;

  constructor(methods: ReadonlyMap<string, Method>, services: Services) {
    this.#methods = methods;
    this.#services = services;
  }

  // Not waiting before the method begins: what it takes from the session is there as of now.
  async call(name: string, request: unknown, payload: Uint8Array | null, signal: AbortSignal): Promise<CallResult> {
    try {
      const method = this.#method(name, signal);
      if (!('call' in method)) throw wrongWay(`the method ${name} answers with many items`);
      return await method.call(request, this.#context(payload, signal));
    } catch (error) {
      throw asRuntimeError(error);
    }
  }

  async *stream(name: string, request: unknown, signal: AbortSignal): AsyncIterable<unknown> {
    try {
      const method = this.#method(name, signal);
      if (!('stream' in method)) throw wrongWay(`the method ${name} answers once`);
      for await (const item of method.stream(request, this.#context(null, signal))) {
        if (signal.aborted) throw cancelled();
        yield item;
      }
    } catch (error) {
      throw asRuntimeError(error);
    }
  }

  pushRows(dataset: number, columns: readonly ColumnBatch[]): void {
    this.#services.datasets.push(dataset, columns);
  }

  dropDatasets(): void {
    this.#services.datasets.drop();
  }

  close(): void {
    this.#closing.abort();
    this.#services.datasets.drop();
  }

  #method(name: string, signal: AbortSignal): Method {
    if (signal.aborted) throw cancelled();
    if (this.#closing.signal.aborted) throw new RuntimeError('08003', 'the session of the runtime is closed');
    const method = this.#methods.get(name);
    if (!method)
      throw new RuntimeError('42883', `the runtime has no method "${name}"`, {
        hint: `Its methods are ${[...this.#methods.keys()].join(', ')}.`,
      });
    return method;
  }

  #context(payload: Uint8Array | null, signal: AbortSignal): MethodContext {
    // Spreading the services instead takes half as long as a prediction.
    const { datasets, jobs, models, workers } = this.#services;
    return { payload, datasets, jobs, models, workers, signal: this.#orClosing(signal), client: this };
  }

  /** Aborted with the signal or when the session is closed. */
  #orClosing(signal: AbortSignal): AbortSignal {
    if (this.#given !== signal) {
      this.#given = signal;
      this.#combined = AbortSignal.any([signal, this.#closing.signal]);
    }
    return this.#combined;
  }
}

const wrongWay = (message: string) => new RuntimeError('42809', message);
