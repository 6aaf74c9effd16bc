/** Opens PGlite on an initialised data directory so that it is safe to keep data in. */
import { type Extension, PGlite } from '@electric-sql/pglite';
import { pgmlExtension } from '@pgml/bridge-pglite';
import type { DatabaseThreadData } from './database-door.js';
import { makeDataSyncDurable, makeFilesDurable } from './durable-files.js';
import type { InterruptFlags } from './interrupts.js';
import { type PostgresModule, type SystemCalls, wordsOf } from './postgres-module.js';
import { newSharedMemory, shareMemoryOfAllModules } from './shared-memory.js';

const CLOCK_MONOTONIC = 1;
const FAR_FUTURE = 0x7fffffffffffffffn;

/**
 * PGlite's own parameters without -F (no fsync) and -O (system tables may be changed). The search_path has no "$user",
 * because the role pgml and the extension's schema share their name: what pgml creates would land in that schema.
 */
const startParameters = [
  '--single',
  '-j',
  ...[
    'search_path=public',
    'exit_on_error=false',
    'log_checkpoints=false',
    'max_worker_processes=0',
    'max_parallel_workers=0',
    'max_parallel_workers_per_gather=0',
    'max_parallel_maintenance_workers=0',
    'io_method=sync',
  ].flatMap((setting) => ['-c', setting]),
];

export interface OpenedDatabase {
  readonly module: PostgresModule;
  readonly flags: InterruptFlags;
  close(): Promise<void>;
}

interface EmscriptenOptions {
  wasmMemory: WebAssembly.Memory;
  preRun: ((module: PostgresModule) => void)[];
  instantiateWasm(imports: SystemCalls, done: unknown): unknown;
}

/** Puts our hooks between PostgreSQL and its host; not an extension of SQL. */
function hostHooks(memory: WebAssembly.Memory): Extension {
  return {
    name: 'pgml host hooks',
    setup: async (_database, options: EmscriptenOptions) => {
      let module: PostgresModule;
      const { instantiateWasm } = options;
      options.wasmMemory = memory;
      options.preRun.push((started) => {
        module = started;
        makeFilesDurable(module);
      });
      options.instantiateWasm = (imports, done) => {
        makeDataSyncDurable(imports, () => module);
        // A timer's callback would never run, because this thread blocks; the server's thread keeps the time.
        imports.env._setitimer_js = () => 0;
        makeSleepInterruptible(imports, memory, () => module);
        return instantiateWasm(imports, done);
      };
      return { emscriptenOpts: options };
    },
  };
}

/** WASM sleeps by asking for the time until it has come. Once an interrupt waits, it has come. */
function makeSleepInterruptible(imports: SystemCalls, memory: WebAssembly.Memory, module: () => PostgresModule): void {
  const host = imports.wasi_snapshot_preview1;
  const clock = host.clock_time_get as (id: number, precision: bigint, result: number) => number;
  host.clock_time_get = (id: number, precision: bigint, result: number): number => {
    if (id !== CLOCK_MONOTONIC || wordsOf(module())[module()._InterruptPending >> 2] === 0)
      return clock(id, precision, result);
    new DataView(memory.buffer).setBigInt64(result, FAR_FUTURE, true);
    return 0;
  };
}

export async function openDatabase(data: DatabaseThreadData): Promise<OpenedDatabase> {
  shareMemoryOfAllModules();
  const memory = newSharedMemory();
  const database = await PGlite.create({
    dataDir: data.directory,
    database: data.database,
    startParams: startParameters,
    extensions: { host: hostHooks(memory), pgml: pgmlExtension(data.bridge) },
  });
  const module = (database as unknown as { Module: PostgresModule }).Module;
  return {
    module,
    flags: {
      memory: memory.buffer as unknown as SharedArrayBuffer,
      interruptPending: module._InterruptPending,
      queryCancelPending: module._QueryCancelPending,
    },
    close: () => database.close(),
  };
}
