/** JavaScript's side of assembly/shortcut.ts: which answer the short way of pgml_bridge.predict may use. */
import type { EvaluateExports } from '@pgml/kernels';
import type { Backend } from './backend.js';
import { shortcutBase64 } from './generated/shortcut.js';
import type { LoadedModel } from './models.js';
import { symbols } from './symbols.js';

interface ShortcutExports {
  call(symbol: number, fcinfo: number): number;
  remember(
    symbol: number,
    isText: boolean,
    key: number,
    keyLength: number,
    user: number,
    block: number,
    scratch: number,
    features: number,
  ): void;
  forget(): void;
}

/** What the short way calls in JavaScript; both may leave by PostgreSQL's longjmp. */
export interface LongWay {
  dispatch(symbol: number, fcinfo: number): number;
  checkInterrupts(): void;
}

const PREDICT_PROJECT = symbols.indexOf('pgml_predict_project');
const PREDICT_MODEL = symbols.indexOf('pgml_predict_model');
/** Longer names take the long way. */
const KEY_BYTES = 128;

export class Shortcut {
  readonly #backend: Backend;
  readonly #exports: ShortcutExports;
  /** Address of a copy of the key. */
  #key = 0;

  constructor(backend: Backend, evaluate: EvaluateExports, longWay: LongWay) {
    const bytes = Uint8Array.from(atob(shortcutBase64), (character) => character.charCodeAt(0));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: backend.memory },
      // Functions of WebAssembly, given as they are, are called without a detour through JavaScript.
      postgres: { GetUserId: backend.c.GetUserId },
      evaluate: { predictRow: evaluate.predictRow, countFinite: evaluate.countFinite },
      bridge: { dispatch: longWay.dispatch, checkInterrupts: longWay.checkInterrupts },
    });
    this.#backend = backend;
    this.#exports = instance.exports as unknown as ShortcutExports;
  }

  /** What the library calls for each of its symbols. */
  get call(): (symbol: number, fcinfo: number) => number {
    return this.#exports.call;
  }

  /** From now on this user's predictions for the project whose name lies at `name` are made by this model. */
  rememberProject(name: number, length: number, user: number, model: LoadedModel): void {
    if (length <= KEY_BYTES) this.#remember(PREDICT_PROJECT, true, name, length, user, model);
  }

  /** As for projects, for the model whose id lies at `id`. */
  rememberId(id: number, user: number, model: LoadedModel): void {
    this.#remember(PREDICT_MODEL, false, id, 8, user, model);
  }

  #remember(symbol: number, isText: boolean, start: number, length: number, user: number, model: LoadedModel): void {
    if (this.#key === 0) this.#key = this.#backend.c.aligned_alloc(8, KEY_BYTES);
    if (this.#key === 0) return;
    this.#backend.bytes.copyWithin(this.#key, start, start + length);
    const { block, scratch, features } = model;
    this.#exports.remember(symbol, isText, this.#key, length, user, block, scratch, features);
  }

  forget(): void {
    this.#exports.forget();
  }
}
