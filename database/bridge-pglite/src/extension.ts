/** The PGlite extension: the library, its control file and its script, put in place whenever a database starts. */
import type { MessagePort } from 'node:worker_threads';
import type { Extension } from '@electric-sql/pglite';
import { type EvaluateExports, loadEvaluators } from '@pgml/kernels';
import { extensionVersion, schemaFiles } from '@pgml/schema';
import { Backend } from './backend.js';
import { type Connection, connection } from './connection.js';
import { raise } from './errors.js';
import { type Functions, sqlFunctions } from './functions.js';
import { bridgeSql } from './generated/bridge-sql.js';
import { Shortcut } from './shortcut.js';
import { sideModule } from './side-module.js';
import { symbols } from './symbols.js';

export interface PgmlExtensionOptions {
  /** A port to the in-process door of a runtime. Without one, only prediction works. */
  readonly port?: MessagePort;
  /** The control words that go with the port, and by which statements are cancelled. */
  readonly control?: SharedArrayBuffer;
  /** How much of the database's memory models may take; 256 MB unless given. */
  readonly cacheBytes?: number;
  /** The SQL to install above the bridge; that of @pgml/schema unless given. */
  readonly schema?: readonly { readonly name: string; readonly sql: string }[];
}

const CACHE_BYTES = 256 * 2 ** 20;

const controlFile = `comment = 'Machine learning and language models as SQL functions'
default_version = '${extensionVersion}'
module_pathname = '$libdir/pgml'
schema = pgml
relocatable = false
superuser = true
trusted = true
`;

/** What CREATE EXTENSION reads, by file name. */
export function extensionFiles(schema: PgmlExtensionOptions['schema'] = schemaFiles): Readonly<Record<string, string>> {
  return {
    'pgml.control': controlFile,
    [`pgml--${extensionVersion}.sql`]: [bridgeSql, ...schema.map(({ sql }) => sql)].join('\n'),
  };
}

/** For PGlite.create({ extensions: { pgml: pgmlExtension(…) } }); then CREATE EXTENSION pgml. One object, one database. */
export function pgmlExtension(options: PgmlExtensionOptions = {}): Extension {
  const library = new Library(connection(options.port, options.control), options.cacheBytes ?? CACHE_BYTES);
  return {
    name: 'pgml',
    setup: async (database, emscripten: EmscriptenOptions) => {
      const instantiate = emscripten.instantiateWasm;
      emscripten.instantiateWasm = (imports, received) => {
        library.takeImports(imports);
        return instantiate(imports, (instance, module) => {
          library.takeExports(emscripten.wasmMemory, instance.exports, () => moduleOf(database));
          return received(instance, module);
        });
      };
      return {
        emscriptenOpts: emscripten,
        init: async () => {
          const { FS, WASM_PREFIX } = moduleOf(database);
          FS.writeFile(`${WASM_PREFIX}/lib/postgresql/pgml.so`, sideModule(symbols));
          for (const [name, content] of Object.entries(extensionFiles(options.schema)))
            FS.writeFile(`${WASM_PREFIX}/share/postgresql/extension/${name}`, content);
        },
      };
    },
  };
}

/** What is used of the options that Emscripten starts PGlite with. */
interface EmscriptenOptions {
  readonly wasmMemory: WebAssembly.Memory;
  instantiateWasm(
    imports: WebAssembly.Imports,
    received: (instance: WebAssembly.Instance, module: WebAssembly.Module) => unknown,
  ): unknown;
}

/** What is used of PGlite's Emscripten module. */
interface EmscriptenModule {
  readonly WASM_PREFIX: string;
  readonly FS: { writeFile(path: string, content: string | Uint8Array): void };
  addFunction(callback: (...numbers: number[]) => void, signature: string): number;
}

const moduleOf = (database: unknown): EmscriptenModule => (database as { Module: EmscriptenModule }).Module;

/**
 * The library's JavaScript side, which grows as the database starts:
 *   takeImports   before PostgreSQL's WebAssembly exists
 *   takeExports   PostgreSQL's memory and functions exist, but no database process yet: offers it pgml_dispatch
 *   #functions    from the first call on: SQL runs, so all parts can be connected
 */
class Library {
  readonly #connection: Connection;
  readonly #cacheBytes: number;
  #env: Record<string, WebAssembly.ImportValue> = {};
  #backend: Backend | undefined;
  #evaluators: EvaluateExports | undefined;
  #shortcut: Shortcut | undefined;
  #connected: Functions | undefined;

  constructor(connection: Connection, cacheBytes: number) {
    this.#connection = connection;
    this.#cacheBytes = cacheBytes;
  }

  takeImports(imports: WebAssembly.Imports): void {
    const env = (this.#env = imports.env as Record<string, WebAssembly.ImportValue>);
    const resizeHeap = env.emscripten_resize_heap as (bytes: number) => number;
    env.emscripten_resize_heap = (bytes: number) => {
      const result = resizeHeap(bytes);
      this.#backend?.memoryHasGrown();
      return result;
    };
  }

  takeExports(memory: WebAssembly.Memory, exports: WebAssembly.Exports, module: () => EmscriptenModule): void {
    this.#backend = new Backend(memory, exports, (callback, signature) => module().addFunction(callback, signature));
    this.#evaluators = loadEvaluators(memory);
    this.#shortcut = new Shortcut(this.#backend, this.#evaluators, {
      dispatch: (symbol, fcinfo) => this.#guard(() => this.#functions().bySymbol[symbol](fcinfo)),
      checkInterrupts: () => this.#guard(() => this.#functions().checkInterrupts()),
    });
    this.#env.pgml_dispatch = this.#shortcut.call;
  }

  /** Runs what SQL or the shortcut has called; our errors become PostgreSQL's. */
  #guard<T>(body: () => T): T {
    try {
      return body();
    } catch (thrown) {
      // What PostgreSQL throws to leave for its nearest or outermost error handler is no Error, all that we throw is one.
      if (!(thrown instanceof Error)) throw thrown;
      return raise(this.#backend!, thrown);
    }
  }

  #functions(): Functions {
    return (this.#connected ??= sqlFunctions(
      this.#backend!,
      this.#evaluators!,
      this.#shortcut!,
      this.#connection,
      this.#cacheBytes,
    ));
  }
}
