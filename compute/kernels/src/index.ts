export * from './block/block.js';
export * from './block/check.js';
export * from './block/kernel-functions.js';
export * from './block/kernel-program.js';
export { type EvaluateExports, type Kernels, loadEvaluators, loadKernels, type TrainingExports } from './load.js';
export * from './math.js';
export { type KernelMemory, KernelMemoryError } from './memory.js';
export * from './random.js';
