export * from './algorithms.js';
export * from './artifact/artifact.js';
export { compileModel } from './compile/compile.js';
export * from './preprocessing/dataset.js';
export * from './preprocessing/encode.js';
export * from './errors.js';
export * from './estimator.js';
export * from './preprocessing/feature-errors.js';
export {
  exportXgboost,
  exportXgboostBinary,
  importXgboost,
  ModelFileError,
} from './estimators/boosting/xgboost/model-file.js';
export { nearest } from './edit-distance.js';
export * from './parameters.js';
export * from './registry.js';
export { type Sampling, samplings } from './preprocessing/split.js';
export * from './tasks.js';
export * from './team.js';
export * from './train.js';
