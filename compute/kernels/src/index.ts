export * from './block.js';
export * from './check.js';
export * from './kernel-functions.js';
export * from './kernel-program.js';
export { type EvaluateExports, type Kernels, loadEvaluators, loadKernels, type TrainingExports } from './load.js';
export * from './math.js';
export { type KernelMemory, KernelMemoryError } from './memory.js';
export * from './random.js';
