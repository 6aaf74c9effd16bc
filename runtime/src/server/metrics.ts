/** What the runtime counts, for Prometheus. The declarations are also the table in the documentation. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Runtime } from '../create-runtime.js';
import type { Door } from './endpoints.js';
import type { Predecessors } from './messages.js';
import type { Outcome, SessionObserver } from './observed-session.js';

export interface MetricDeclaration {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

const declare = (
  type: MetricDeclaration['type'],
  name: string,
  help: string,
  labels: readonly string[] = [],
): MetricDeclaration => ({ name, type, labels, help });

const declared = {
  connections: declare('gauge', 'pgml_connections', 'Clients connected now.', ['door']),
  connected: declare('counter', 'pgml_connections_total', 'Clients that have connected.', ['door']),
  refused: declare('counter', 'pgml_connections_refused_total', 'Clients turned away because there were too many.', [
    'door',
  ]),
  running: declare('gauge', 'pgml_calls_running', 'Calls and streams under way.', ['method']),
  seconds: declare(
    'histogram',
    'pgml_call_seconds',
    'How long calls and streams took; outcome: ok, error, cancelled.',
    ['method', 'outcome'],
  ),
  jobs: declare('gauge', 'pgml_jobs', 'Fits by state: running, waiting.', ['state']),
  lostWorkers: declare('counter', 'pgml_workers_lost_total', 'Workers that died or ran out of memory during a fit.'),
  restarts: declare('gauge', 'pgml_serving_process_restarts', 'Serving processes that the supervisor has replaced.'),
  hangs: declare('gauge', 'pgml_serving_process_hangs', 'How many of these it killed because they did not answer.'),
  models: declare('gauge', 'pgml_model_cache_models', 'Models kept ready for predictions.'),
  modelBytes: declare('gauge', 'pgml_model_cache_bytes', 'What these models take.'),
  modelLimit: declare('gauge', 'pgml_model_cache_limit_bytes', 'What they may take.'),
  modelHits: declare('counter', 'pgml_model_cache_hits_total', 'Times that a model was asked for and there.'),
  modelMisses: declare('counter', 'pgml_model_cache_misses_total', 'Times that a model was asked for and not there.'),
  modelEvictions: declare('counter', 'pgml_model_cache_evictions_total', 'Models that had to go for others.'),
  memory: declare('gauge', 'process_resident_memory_bytes', 'Memory of the serving process.'),
  processor: declare('counter', 'process_cpu_seconds_total', 'Processor time of the serving process.'),
  lag: declare(
    'gauge',
    'nodejs_eventloop_lag_p99_seconds',
    'How late the serving process came to its work, 99th percentile since the last reading.',
  ),
} as const;

export const metricDeclarations: readonly MetricDeclaration[] = Object.values(declared);

/** From a prediction of one row to a fit of an hour. */
const SECONDS_BUCKETS = [0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000];

const LAG_RESOLUTION_MILLISECONDS = 10;
const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

export class Metrics implements SessionObserver {
  readonly #registry = new Registry();
  readonly #lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MILLISECONDS });
  readonly #methods: ReadonlySet<string>;
  readonly #connections = this.#gauge(declared.connections);
  readonly #connected = this.#counter(declared.connected);
  readonly #refused = this.#counter(declared.refused);
  /** Calls under way by method. Counted here, because a prediction takes hardly longer than setting a gauge. */
  readonly #running = new Map<string, number>();
  readonly #seconds = new Histogram({
    ...options(declared.seconds),
    buckets: SECONDS_BUCKETS,
    registers: [this.#registry],
  });

  /** `methods` are the names that may appear as labels; others count as "unknown". */
  constructor(runtime: Runtime, methods: readonly string[], { restarts, hangs }: Predecessors) {
    this.#methods = new Set(methods);
    this.#lag.enable();
    this.#gauge(declared.restarts).set(restarts);
    this.#gauge(declared.hangs).set(hangs);
    const jobs = (state: string) => runtime.jobs().filter((job) => job.state === state).length;
    this.#gauge(declared.jobs, (gauge) => {
      for (const state of ['running', 'waiting']) gauge.set({ state }, jobs(state));
    });
    this.#gauge(declared.running, (gauge) => {
      for (const [method, running] of this.#running) gauge.set({ method }, running);
    });
    this.#read(declared.lostWorkers, () => runtime.lostWorkers());
    this.#read(declared.models, () => runtime.models().models);
    this.#read(declared.modelBytes, () => runtime.models().bytes);
    this.#read(declared.modelLimit, () => runtime.models().limitBytes);
    this.#read(declared.modelHits, () => runtime.models().hits);
    this.#read(declared.modelMisses, () => runtime.models().misses);
    this.#read(declared.modelEvictions, () => runtime.models().evictions);
    this.#read(declared.memory, () => process.memoryUsage.rss());
    this.#read(declared.processor, () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / MICROSECONDS;
    });
    this.#read(declared.lag, () => {
      const late = this.#lag.percentile(99) / NANOSECONDS - LAG_RESOLUTION_MILLISECONDS / 1000;
      this.#lag.reset();
      return Math.max(0, late);
    });
  }

  connect(door: Door): void {
    this.#connected.inc({ door });
    this.#connections.inc({ door });
  }

  disconnect(door: Door): void {
    this.#connections.dec({ door });
  }

  refuse(door: Door): void {
    this.#refused.inc({ door });
  }

  begin(method: string): void {
    this.#count(this.#label(method), 1);
  }

  end(method: string, outcome: Outcome, seconds: number): void {
    const label = this.#label(method);
    this.#count(label, -1);
    this.#seconds.observe({ method: label, outcome }, seconds);
  }

  #count(method: string, more: number): void {
    this.#running.set(method, (this.#running.get(method) ?? 0) + more);
  }

  /** In the text format of Prometheus. */
  print(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  close(): void {
    this.#lag.disable();
    this.#registry.clear();
  }

  #label(method: string): string {
    return this.#methods.has(method) ? method : 'unknown';
  }

  #gauge(declaration: MetricDeclaration, collect?: (gauge: Gauge) => void): Gauge {
    const gauge: Gauge = new Gauge({
      ...options(declaration),
      registers: [this.#registry],
      ...(collect ? { collect: () => collect(gauge) } : {}),
    });
    return gauge;
  }

  #counter(declaration: MetricDeclaration): Counter {
    return new Counter({ ...options(declaration), registers: [this.#registry] });
  }

  /** A number that something else counts. */
  #read(declaration: MetricDeclaration, value: () => number): void {
    if (declaration.type === 'gauge') return void this.#gauge(declaration, (gauge) => gauge.set(value()));
    const counter: Counter = new Counter({
      ...options(declaration),
      registers: [this.#registry],
      collect: () => {
        counter.reset();
        counter.inc(value());
      },
    });
  }
}

const options = ({ name, help, labels }: MetricDeclaration) => ({ name, help, labelNames: [...labels] });
