import { algorithms } from './algorithms.js';
import { dataset } from './dataset.js';
import type { Method } from './method.js';
import { train } from './train.js';
import { validate } from './validate.js';

/** Every method there is; adding one is one line here. */
export const methods: readonly Method[] = [
  algorithms, // what can be trained, with parameters
  dataset, // the rows of a bundled data set
  train, // pushed rows to an artifact
  validate, // a training request, before any row is read
];
