export * from './block.js';
export * from './check.js';
export * from './load.js';
export * from './math.js';
export * from './memory.js';
export * from './random.js';
