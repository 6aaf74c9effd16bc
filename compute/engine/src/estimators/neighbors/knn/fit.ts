import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import { neighbourWords, rowsOf } from '../../../neighbours/kd-tree.js';
import { searchOptions } from '../../../neighbours/parameters.js';
import type { Checked } from '../../../parameters.js';
import type { KnnParameters } from './parameters.js';

/** By how the decision numbers of neighbourMean and neighbourVote say it. */
const MODES = { uniform: 0, distance: 1 };
const NO_OUTLIER_CLASS = -1;

/**
 * k nearest neighbours: the model is the training rows in the order of a search tree, with their targets. It takes 4 bytes
 * for each value, and 12 for each row.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { n_neighbors, weights, metric, p } = checked as unknown as KnnParameters;
  const { rows, features, classes, target } = data;
  if (n_neighbors > rows)
    throw new FitError(
      `n_neighbors is ${n_neighbors}, but there are only ${rows} rows to train on`,
      'Ask at most as many neighbours as there are rows.',
    );
  context.checkpoint(0, 'building the search tree');
  const words = neighbourWords(rowsOf(data), features, n_neighbors, searchOptions(metric, p));
  const mode = MODES[weights];
  return {
    block: {
      kind: 'neighbours',
      outputs: 2 * n_neighbors,
      words,
      ...(classes === 0
        ? { decision: 'neighbourMean', decisionNumbers: withTargets([mode], target) }
        : { decision: 'neighbourVote', classes, decisionNumbers: withTargets([mode, NO_OUTLIER_CLASS], target) }),
    },
  };
}

function withTargets(first: readonly number[], target: Float32Array): Float64Array {
  const numbers = new Float64Array(first.length + target.length);
  numbers.set(first);
  numbers.set(target, first.length);
  return numbers;
}
