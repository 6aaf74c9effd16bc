/**
 * gblinear: coordinate descent on the quadratic approximation of the loss (Friedman, Hastie & Tibshirani, "Regularization
 * Paths for Generalized Linear Models via Coordinate Descent", 2010), one step for each coefficient and round. Gradients
 * move with the coefficients, so that each step sees those before it. shotgun, which in xgboost races threads over the
 * features, is the same without the race.
 */
import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type TrainingData } from '../../../estimator.js';
import { Dispatch } from '../../../trees/dispatch.js';
import type { Monitor } from './monitor.js';
import type { LossArrays, Objective } from './objective.js';
import type { XgboostParameters } from './parameters.js';

export interface LinearModel {
  /** f64[outputs][features] */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

/** Features whose sums are computed between two looks at whether the caller gave up. */
const VALUES_PER_CHECKPOINT = 1 << 22;

export function boostLinear(
  data: TrainingData,
  objective: Objective,
  parameters: XgboostParameters,
  rowWeights: number,
  context: FitContext,
  monitor: Monitor | undefined,
): LinearModel {
  const { kernels, team, checkpoint } = context;
  const { rows, features } = data;
  const { outputs } = objective;
  checkSelector(parameters);
  for (let feature = 0; feature < features; feature++)
    if (data.column(feature).some(Number.isNaN))
      throw new FitError(
        'booster gblinear cannot learn from missing values',
        'Fill them in a view, or use the booster gbtree.',
      );
  const dispatch = new Dispatch(kernels, team);
  const paddedRows = Math.ceil(rows / 4) * 4;
  const arrays: LossArrays = {
    ...{ rows, paddedRows, targets: data.targetPointer },
    margins: kernels.allocate(4 * outputs * paddedRows),
    gradients: kernels.allocate(8 * outputs * paddedRows),
  };
  const total = data.weights ? data.weights.reduce((sum, weight) => sum + weight, 0) : rows;
  const rule: Rule = {
    rate: Math.fround(parameters.learning_rate ?? 0.5),
    alpha: Math.fround(parameters.reg_alpha) * total,
    lambda: Math.fround(parameters.reg_lambda ?? 0) * total,
  };
  const random = new RandomState(parameters.random_state ?? context.seed);
  const model: LinearModel = {
    weights: new Float64Array(outputs * features),
    biases: new Float64Array(outputs),
  };
  let best: LinearModel = model;
  const featuresPerCheckpoint = Math.max(1, Math.floor(VALUES_PER_CHECKPOINT / rows));
  for (let round = 0; round < parameters.n_estimators; round++) {
    const progress = round / parameters.n_estimators;
    const report = () => checkpoint(progress, `round ${round + 1} of ${parameters.n_estimators}`);
    report();
    predict(data, model, objective, arrays, context);
    objective.setGradients(arrays, { kernels, dispatch }, round);
    if (rowWeights !== 0)
      for (let output = 0; output < outputs; output++)
        kernels.run.weighGradients(arrays.gradients + 8 * output * paddedRows, rowWeights, 0, rows);
    let largest = 0;
    for (let output = 0; output < outputs; output++) {
      const gradients = arrays.gradients + 8 * output * paddedRows;
      const [gradient, hessian] = sumsOf(gradients, 0, data, context);
      const step = hessian > 0 ? (-gradient / hessian) * rule.rate : 0;
      model.biases[output] += step;
      kernels.run.shiftGradients(gradients, 0, rows, step);
      const weights = model.weights.subarray(output * features, (output + 1) * features);
      let updates = 0;
      for (const feature of featuresInTurn(data, weights, gradients, parameters, rule, random, context)) {
        if (updates++ % featuresPerCheckpoint === 0) report();
        const change =
          rule.rate * bestChange(sumsOf(gradients, data.columnPointer(feature), data, context), weights[feature], rule);
        weights[feature] += change;
        largest = Math.max(largest, Math.abs(change));
        if (change !== 0) kernels.run.shiftGradients(gradients, data.columnPointer(feature), rows, change);
      }
    }
    if (monitor) {
      predict(monitor.rows, model, objective, { margins: monitor.margins, paddedRows: monitor.rows.rows }, context);
      const over = monitor.isOver();
      if (monitor.roundsToKeep === round + 1) best = { weights: model.weights.slice(), biases: model.biases.slice() };
      if (over) break;
    }
    if (largest < parameters.tolerance) break;
  }
  return monitor ? best : model;
}

interface Rule {
  readonly rate: number;
  readonly alpha: number;
  readonly lambda: number;
}

function checkSelector({ updater, feature_selector }: XgboostParameters): void {
  const given = updater === null ? ['shotgun'] : typeof updater === 'string' ? [updater] : updater;
  const name = given.find((one) => one !== 'shotgun' && one !== 'coord_descent');
  if (name !== undefined || given.length !== 1)
    throw new FitError(
      `updater ${given.join(', ')} does not suit the booster gblinear`,
      'Use coord_descent or shotgun.',
    );
  if (given[0] === 'shotgun' && feature_selector !== 'cyclic' && feature_selector !== 'shuffle')
    throw new FitError(
      `feature_selector ${feature_selector} does not suit the updater shotgun`,
      'Use cyclic or shuffle, or the updater coord_descent.',
    );
}

/** Margins f32[outputs][padded rows], of all rows. */
function predict(
  data: TrainingData,
  { weights, biases }: LinearModel,
  { outputs, baseMargin }: Objective,
  { margins, paddedRows }: Pick<LossArrays, 'margins' | 'paddedRows'>,
  { kernels }: FitContext,
): void {
  const { rows, features } = data;
  const mark = kernels.mark();
  const sums = kernels.allocate(8 * rows);
  for (let output = 0; output < outputs; output++) {
    kernels.f64(sums, rows).fill(baseMargin + biases[output]);
    for (let feature = 0; feature < features; feature++)
      kernels.run.addColumn(sums, data.columnPointer(feature), rows, weights[output * features + feature]);
    kernels.f32(margins + 4 * output * paddedRows, rows).set(kernels.f64(sums, rows));
  }
  kernels.release(mark);
}

/** Sums over all rows of gradient times value and of hessian times value², where the values of column 0 are 1. */
function sumsOf(gradients: number, column: number, { rows }: TrainingData, { kernels }: FitContext): [number, number] {
  const mark = kernels.mark();
  const out = kernels.allocate(16);
  kernels.run.sumGradientProducts(gradients, column, rows, out);
  const [gradient, hessian] = kernels.f64(out, 2);
  kernels.release(mark);
  return [gradient, hessian];
}

/** The change of a coefficient that lessens the penalized approximation most. */
function bestChange([gradient, hessian]: readonly [number, number], weight: number, { alpha, lambda }: Rule): number {
  if (hessian < 1e-5) return 0;
  const slope = gradient + lambda * weight;
  const curvature = hessian + lambda;
  if (weight - slope / curvature >= 0) return Math.max(-(slope + alpha) / curvature, -weight);
  return Math.min(-(slope - alpha) / curvature, -weight);
}

/** The features in the order in which a round updates their coefficients; `greedy` looks again after each update. */
function* featuresInTurn(
  data: TrainingData,
  weights: Float64Array,
  gradients: number,
  { feature_selector, top_k }: XgboostParameters,
  rule: Rule,
  random: RandomState,
  context: FitContext,
): Generator<number, void, void> {
  const { features } = data;
  const count = top_k === 0 ? features : Math.min(top_k, features);
  const changes = () =>
    Float64Array.from(weights, (weight, feature) =>
      Math.abs(bestChange(sumsOf(gradients, data.columnPointer(feature), data, context), weight, rule)),
    );
  switch (feature_selector) {
    case 'cyclic':
      for (let feature = 0; feature < features; feature++) yield feature;
      return;
    case 'shuffle':
      yield* random.permutation(features);
      return;
    case 'random':
      for (let drawn = 0; drawn < features; drawn++) yield random.integer(0, features);
      return;
    case 'thrifty': {
      const sizes = changes();
      const order = Uint32Array.from(sizes, (_, feature) => feature).sort((a, b) => sizes[b] - sizes[a] || a - b);
      yield* order.subarray(0, count);
      return;
    }
    case 'greedy':
      for (let update = 0; update < count; update++) {
        const sizes = changes();
        const most = sizes.reduce((best, size, feature) => (size > sizes[best] ? feature : best), 0);
        if (sizes[most] === 0) return;
        yield most;
      }
  }
}
