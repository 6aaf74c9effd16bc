// Everything that fits models, over one memory shared by JavaScript, kernels and threads; and the evaluators.
export * from './evaluate';
export { exp, log, log1p } from './math';
