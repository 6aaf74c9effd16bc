export * from './algorithms.js';
export * from './artifact.js';
export { compileModel } from './compile/compile.js';
export * from './dataset.js';
export * from './encode.js';
export * from './errors.js';
export * from './estimator.js';
export * from './feature-errors.js';
export {
  exportXgboost,
  exportXgboostBinary,
  importXgboost,
  ModelFileError,
} from './estimators/boosting/xgboost/model-file.js';
export { nearest } from './nearest.js';
export * from './parameters.js';
export * from './registry.js';
export { type Sampling, samplings } from './split.js';
export * from './tasks.js';
export * from './team.js';
export * from './train.js';
