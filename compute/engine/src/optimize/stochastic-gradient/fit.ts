/** Linear models by stochastic gradient descent: a regression, or one model for each class against the others. */
import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../estimator.js';
import {
  Descent,
  type DescentResult,
  type DescentTarget,
  divergence,
  type LinearModel,
  runDescents,
} from './descent.js';
import type { DescentOptions } from './options.js';
import { placeRows } from './rows.js';
import { accuracyOn, determinationOn, holdRows } from './validation.js';

/** numpy's randint is asked for less than this: the largest integer of 32 bits with a sign. */
const SEEDS = 2 ** 31 - 1;

const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** So many classes are learned side by side; each takes 4 bytes per row. */
const AT_ONCE = 8;

/** Coefficients by output and feature, and intercepts by output, as a block of the kind linear has them. */
export interface LinearModels {
  readonly outputs: number;
  readonly words: readonly [weights: Float64Array, intercepts: Float64Array];
  readonly details: NonNullable<Fitted['details']>;
  readonly importances: NonNullable<Fitted['importances']>;
}

/** Kernel memory: 4 bytes per row and (padded) feature, and 4 per row. Throws FitError. */
export function descendToValues(
  data: TrainingData,
  options: DescentOptions,
  seed: number,
  context: FitContext,
): LinearModels {
  checkOptions(options);
  const matrix = placeRows(data, context);
  const held = options.early_stopping ? holdRows(data, options.validation_fraction, seed, context.kernels) : undefined;
  const target: DescentTarget = {
    targets: data.targetPointer,
    counts: data.weights?.byteOffset ?? 0,
    positive: -1,
    positiveWeight: 1,
    negativeWeight: 1,
  };
  const order = new RandomState(seed).integer(0, SEEDS);
  const descent = new Descent(context, matrix, options, target, order, held && determinationOn(held, data));
  runDescents([descent], matrix, options.max_iter, context);
  const models = linearModels([descent.result()], data, options);
  if (!(largestAnswer(models, data) <= LARGEST_FLOAT32))
    throw divergence(`after ${descent.epochs} passes over the rows`);
  return models;
}

/**
 * One model of two classes, or a model for each class against all others. `weights` is what the rows of each class
 * count. Kernel memory: 4 bytes per row and (padded) feature, and up to 32 per row. Throws FitError.
 */
export function descendToClasses(
  data: TrainingData,
  options: DescentOptions,
  weights: ArrayLike<number>,
  seed: number,
  context: FitContext,
): LinearModels {
  checkOptions(options);
  const matrix = placeRows(data, context);
  const held = options.early_stopping ? holdRows(data, options.validation_fraction, seed, context.kernels) : undefined;
  const binary = data.classes === 2;
  const random = new RandomState(seed);
  const positives = binary ? [1] : Array.from({ length: data.classes }, (_, index) => index);
  const seeds = binary ? [seed] : random.integers(0, SEEDS, data.classes);
  const results: DescentResult[] = [];
  for (let start = 0; start < positives.length; start += AT_ONCE) {
    const mark = context.kernels.mark();
    const descents = positives.slice(start, start + AT_ONCE).map((positive, index) => {
      const target: DescentTarget = {
        targets: data.targetPointer,
        counts: data.weights?.byteOffset ?? 0,
        positive,
        positiveWeight: weights[positive],
        negativeWeight: binary ? weights[0] : 1,
      };
      const order = orderSeed(seeds[start + index]);
      return new Descent(context, matrix, options, target, order, held && accuracyOn(held, data, positive));
    });
    const part = (progress: number) => (start + descents.length * progress) / positives.length;
    runDescents(descents, matrix, options.max_iter, {
      ...context,
      checkpoint: (progress) => context.checkpoint(part(progress)),
    });
    results.push(...descents.map((descent) => descent.result()));
    context.kernels.release(mark);
  }
  return linearModels(results, data, options);
}

/** A bound of the answers to the rows. */
function largestAnswer({ words: [weights, intercepts] }: LinearModels, data: TrainingData): number {
  let bound = Math.abs(intercepts[0]);
  for (let feature = 0; feature < data.features; feature++) {
    const largest = data.column(feature).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    bound += Math.abs(weights[feature]) * largest;
  }
  return bound;
}

/** The seed of the shuffling, of which scikit-learn's classifiers take the second number that they draw. */
function orderSeed(seed: number): number {
  const random = new RandomState(seed);
  random.integer(1, SEEDS);
  return random.integer(0, SEEDS);
}

function checkOptions({ learning_rate, eta0, alpha }: DescentOptions): void {
  if (['constant', 'invscaling', 'adaptive'].includes(learning_rate) && eta0 <= 0)
    throw new FitError(
      `with learning_rate "${learning_rate}", eta0 must be greater than 0, but it is ${eta0}`,
      'Give eta0, for example 0.01, or the learning_rate "optimal".',
    );
  if (learning_rate === 'optimal' && alpha === 0)
    throw new FitError(
      'with learning_rate "optimal", alpha must be greater than 0: the steps are computed from it',
      'Give alpha, for example 0.0001, or another learning_rate.',
    );
}

function linearModels(
  results: readonly DescentResult[],
  { rows, features }: TrainingData,
  { average }: DescentOptions,
): LinearModels {
  const epochs = results.map((result) => result.epochs);
  const averaged = Number(average) > 0 && Number(average) <= Math.max(...epochs) * rows;
  const models = results.map((result) => (averaged ? result.averaged : result.last));
  const weights = new Float64Array(models.length * features);
  for (const [output, model] of models.entries()) weights.set(model.weights.subarray(0, features), output * features);
  return {
    outputs: models.length,
    words: [weights, Float64Array.from(models, ({ intercept }) => intercept)],
    details: { epochs, converged: results.every(({ converged }) => converged) },
    importances: { coefficients: importanceOf(models, features) },
  };
}

/** The coefficients of a single model; of several, the root of the sum of their squares, by feature. */
function importanceOf(models: readonly LinearModel[], features: number): Float64Array {
  if (models.length === 1) return models[0].weights.slice(0, features);
  const sums = new Float64Array(features);
  for (const { weights } of models)
    for (let feature = 0; feature < features; feature++) sums[feature] += weights[feature] ** 2;
  return sums.map(Math.sqrt);
}
