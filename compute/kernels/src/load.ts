import { evaluateBase64 } from './generated/evaluate.js';
import { trainingBase64 } from './generated/training.js';
import { type KernelMemory, MAXIMUM_PAGES, stackMemory } from './memory.js';

/** The evaluators, see assembly/evaluate.ts. Pointers are addresses in the memory the module was instantiated over. */
export interface EvaluateExports {
  scores(model: number, rows: number, count: number, out: number): void;
  predict(model: number, rows: number, count: number, out: number, scratch: number): void;
  predictRow(model: number, row: number, scratch: number): number;
  predictProbabilities(model: number, rows: number, count: number, out: number, scratch: number): void;
  countFinite(values: number, count: number): number;
  /** 0 for a block that checkBlock accepts; see assembly/evaluate/check.ts. */
  check(model: number, bytes: number, marks: number): number;
}

/** Every kernel of training.wasm by name; each kernel's signature stands beside it in assembly/. */
export type TrainingExports = EvaluateExports & {
  readonly [kernel: string]: (...numbers: number[]) => unknown;
};

export interface Kernels extends KernelMemory {
  readonly run: TrainingExports;
}

/** Static data of training.wasm lies below this address (checked by a test). */
export const STATIC_BYTES = 65536;

const compiled = new Map<string, WebAssembly.Module>();

function compile(base64: string): WebAssembly.Module {
  let module = compiled.get(base64);
  if (!module) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    compiled.set(base64, (module = new WebAssembly.Module(bytes)));
  }
  return module;
}

const imports = (memory: WebAssembly.Memory) => ({
  env: {
    memory,
    abort: () => {
      throw new Error('a kernel aborted');
    },
  },
});

/** The training kernels over a new shared memory, or over `memory` of another thread of the same team. */
export function loadKernels(memory?: WebAssembly.Memory): Kernels {
  const shared = memory ?? new WebAssembly.Memory({ initial: 16, maximum: MAXIMUM_PAGES, shared: true });
  const instance = new WebAssembly.Instance(compile(trainingBase64), imports(shared));
  return { ...stackMemory(shared, STATIC_BYTES), run: instance.exports as unknown as TrainingExports };
}

/** The evaluators alone over any plain memory, for example a database's own: they have no data and allocate nothing. */
export function loadEvaluators(memory: WebAssembly.Memory): EvaluateExports {
  return new WebAssembly.Instance(compile(evaluateBase64), imports(memory)).exports as unknown as EvaluateExports;
}
