import { algorithms } from './algorithms.js';
import { compile } from './compile.js';
import { dataset } from './dataset.js';
import { encode } from './encode.js';
import { load } from './load.js';
import type { Method } from './method.js';
import { predict } from './predict.js';
import { train } from './train.js';
import { validate } from './validate.js';

/** Every method there is; adding one is one line here. */
export const methods: readonly Method[] = [
  algorithms, // what can be trained, with parameters
  compile, // a model as the body of a function of plpgsql
  dataset, // the rows of a bundled data set
  encode, // a row as the features of a loaded model
  load, // an artifact, for predictions
  predict, // what a loaded model answers to features
  train, // pushed rows to an artifact
  validate, // a training request, before any row is read
];
