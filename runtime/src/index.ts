export * from './create-runtime.js';
export * from './doors/in-process.js';
export type { ErrorReport } from './errors.js';
export type { JobReport, JobState } from './jobs.js';
export { answering, type Method, type MethodContext, streaming } from './methods/method.js';
export * from './runtime.js';
