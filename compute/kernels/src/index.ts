export * from './block.js';
export * from './load.js';
export * from './memory.js';
