/** Bagging of decision trees (Breiman, "Bagging Predictors", 1996), on random rows and random features. */
import { RandomState } from '@pgml/kernels';
import { rowWeights } from '../../../class-weights.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { sampleWithoutReplacement } from '../../../resampling/without-replacement.js';
import { fitAveraging, type Sampling } from '../../../trees/cart/averaging.js';
import { firstDraw } from '../../../trees/cart/grower.js';
import { fullGrowth, growthRule } from '../../../trees/cart/rule.js';
import type { BaggingParameters } from './parameters.js';

/**
 * Trees as scikit-learn grows them, with the same draws. Kernel memory beside the data: 20 bytes for each value; for each
 * row, 8 bytes for each target and 28 for each of the trees that grow at once (twice as many as threads).
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as BaggingParameters;
  const { rows, features, classes } = data;
  const { bootstrap, bootstrap_features: repeat, oob_score: outOfBag } = parameters;
  if (outOfBag && !bootstrap)
    throw new FitError(
      'oob_score needs rows that trees have not seen, but bootstrap is false',
      'Set bootstrap to true, or oob_score to false.',
    );
  const samples = partOf('max_samples', parameters.max_samples, rows, 'rows to train on');
  const columns = partOf('max_features', parameters.max_features, features, 'features');
  const draw = (random: RandomState, again: boolean, population: number, count: number) =>
    again ? random.integers(0, population, count) : sampleWithoutReplacement(population, count, random);
  return fitAveraging(
    data,
    {
      rule: growthRule({ ...fullGrowth, criterion: classes > 0 ? 'gini' : 'squared_error' }, data),
      trees: parameters.n_estimators,
      random_state: parameters.random_state,
      weights: rowWeights(data, null),
      draws: samples,
      sample: (seed): Sampling => {
        const random = new RandomState(seed);
        const drawnFeatures = Uint32Array.from(draw(random, repeat, features, columns));
        const counts = new Uint32Array(rows);
        for (const row of draw(random, bootstrap, rows, samples)) counts[row]++;
        return { counts, ...(repeat || columns < features ? { features: drawnFeatures } : {}) };
      },
      splitSeed: firstDraw,
      outOfBag,
    },
    context,
  );
}

/** A number, or a part of all, rounded down; 1 is all. At least 1. */
function partOf(name: string, given: number, all: number, what: string): number {
  if (given > all)
    throw new FitError(
      `${name} is ${given}, but there are ${all} ${what}`,
      'Give a number of them, or a part (above 0, up to 1).',
    );
  return Math.max(1, Math.floor(given > 1 ? given : given * all));
}
