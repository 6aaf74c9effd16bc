import { estimators } from '@pgml/engine';
import { record } from '../input.js';
import { answering } from './method.js';

/** What can be trained, as the estimators declare it. */
export const algorithms = answering('algorithms', record({}), () => ({
  response: estimators.map(({ algorithm, task, reference, summary, missing, parameters }) => ({
    algorithm,
    task,
    reference,
    summary,
    missing,
    parameters,
  })),
  result: null,
}));
