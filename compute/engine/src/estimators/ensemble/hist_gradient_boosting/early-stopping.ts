/** Keeping rows apart, and ending when their score no longer improves: as scikit-learn does it. */
import { exp, RandomState } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';
import { type Loss, weighedMean, type Weighed } from './losses.js';
import type { HistGradientBoostingParameters } from './parameters.js';

export interface Parts {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/** `train_test_split` by a seed: with classes, stratified. Throws FitError where a part would be empty. */
export function splitForValidation({ rows, classes, target }: TrainingData, size: number, seed: number): Parts {
  const validationRows = size >= 1 ? size : Math.ceil(size * rows);
  const trainRows = rows - validationRows;
  if (!Number.isInteger(validationRows) || trainRows < Math.max(1, classes) || validationRows < Math.max(1, classes))
    throw new FitError(
      `validation_fraction ${size} of ${rows} rows does not leave rows of each class to learn from and to validate with`,
      'Give another validation_fraction, or {"early_stopping": false}.',
    );
  const random = new RandomState(seed);
  if (classes === 0) {
    const order = random.permutation(rows);
    return { validation: order.slice(0, validationRows), train: order.slice(validationRows, rows) };
  }
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (let row = 0; row < rows; row++) byClass[target[row]].push(row);
  const smallest = byClass.findIndex((members) => members.length < 2);
  if (smallest >= 0)
    throw new FitError(
      'a class has a single row, which cannot be both learned from and validated with',
      'Give {"early_stopping": false}, or {"validation_fraction": null}.',
    );
  const counts = byClass.map((members) => members.length);
  const trainOf = apportion(counts, trainRows, random);
  const validationOf = apportion(
    counts.map((count, label) => count - trainOf[label]),
    validationRows,
    random,
  );
  const train: number[] = [];
  const validation: number[] = [];
  byClass.forEach((members, label) => {
    const shuffled = Array.from(random.permutation(members.length), (index) => members[index]);
    const end = trainOf[label];
    for (let i = 0; i < end; i++) train.push(shuffled[i]);
    for (let i = end; i < end + validationOf[label]; i++) validation.push(shuffled[i]);
  });
  random.shuffle(train);
  random.shuffle(validation);
  return { train: Uint32Array.from(train), validation: Uint32Array.from(validation) };
}

/** How many of `draws` fall to each class, in proportion; what is left goes to the largest remainders, at random. */
function apportion(counts: readonly number[], draws: number, random: RandomState): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => (count / all) * draws);
  const whole = shares.map(Math.floor);
  let missing = Math.trunc(draws - whole.reduce((sum, count) => sum + count, 0));
  const remainders = shares.map((share, index) => share - whole[index]);
  for (const remainder of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing === 0) break;
    const equal = remainders.flatMap((value, index) => (value === remainder ? [index] : []));
    const chosen = random.choice(equal.length, Math.min(equal.length, missing));
    for (const index of chosen) whole[equal[index]]++;
    missing -= chosen.length;
  }
  return whole;
}

/** A score by which rounds are compared: the larger the better. */
export type Score = (rows: Weighed, margins: Float64Array) => number;

/** The score that the parameters ask for. Throws FitError if it does not suit the task. */
export function chooseScore(
  { scoring }: Pick<HistGradientBoostingParameters, 'scoring'>,
  loss: Loss,
  classes: number,
): Score {
  const lossScore: Score = ({ target, weights }, margins) =>
    -weighedMean(target.length, weights, (row) => loss.of(target[row], margins, row, target.length));
  const name = scoring ?? (classes > 0 ? 'accuracy' : 'r2');
  const forClasses = name === 'accuracy' || name === 'neg_log_loss';
  if (name !== 'loss' && forClasses !== classes > 0)
    throw new FitError(
      `scoring ${name} does not suit the task ${classes > 0 ? 'classification' : 'regression'}`,
      'Use loss, which suits both.',
    );
  if (name === 'loss' || name === 'neg_log_loss') return lossScore;
  if (name === 'accuracy')
    return ({ target, weights }, margins) =>
      weighedMean(target.length, weights, (row) => Number(labelOf(margins, row, target.length) === target[row]));
  const answer = loss.decision === 'exponential' ? exp : (margin: number) => margin;
  const errorOf =
    (power: 1 | 2): Score =>
    ({ target, weights }, margins) =>
      weighedMean(target.length, weights, (row) => Math.abs(target[row] - answer(margins[row])) ** power);
  if (name !== 'r2') return (rows, margins) => -errorOf(name === 'neg_mean_squared_error' ? 2 : 1)(rows, margins);
  return (rows, margins) => {
    const { target, weights } = rows;
    const centre = weighedMean(target.length, weights, (row) => target[row]);
    const variance = weighedMean(target.length, weights, (row) => (target[row] - centre) ** 2);
    const error = errorOf(2)(rows, margins);
    return variance === 0 ? (error === 0 ? 1 : 0) : 1 - error / variance;
  };
}

function labelOf(margins: Float64Array, row: number, stride: number): number {
  if (margins.length === stride) return Number(margins[row] > 0);
  let best = 0;
  for (let label = 1; label * stride < margins.length; label++)
    if (margins[label * stride + row] > margins[best * stride + row]) best = label;
  return best;
}

/** Whether none of the last `patience` scores is better than the one before them by more than the tolerance. */
export function shouldStop(scores: readonly number[], patience: number, tolerance: number): boolean {
  if (scores.length <= patience) return false;
  const reference = scores[scores.length - patience - 1] + tolerance;
  return !scores.slice(-patience).some((score) => score > reference);
}
