export * from './estimator.js';
export * from './parameters.js';
export * from './registry.js';
export * from './team.js';
