export * from './contract.js';
export * from './seam.js';
