export * from './doors/in-process.js';
export * from './runtime.js';
