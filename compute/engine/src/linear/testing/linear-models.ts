/** What the tests of linear models share. */
import assert from 'node:assert/strict';
import { type Kernels, RandomState } from '@pgml/kernels';
import type { Estimator, Fitted } from '../../estimator.js';
import {
  assertClose,
  backwardsTeam,
  type FitContextOptions,
  fitAndEvaluate,
  type Problem,
} from '../../testing/data.js';
import type { Outcome } from '../../testing/reference.js';

/** What `weighted_sum` of proof/reference/linear_model.py takes from a model. */
export interface WeightedSumExpected {
  readonly coefficients: number[];
  readonly intercept: number;
  readonly iterations: number;
  readonly predictions: number[];
}

export function compareWeightedSum({ fitted, answers, expected, close }: Outcome<WeightedSumExpected>): void {
  const { weights, intercept } = coefficientsOf(fitted);
  close(weights, expected.coefficients, 'coefficient');
  close([intercept], [expected.intercept], 'intercept');
  close(answers.scores.slice(0, expected.predictions.length), expected.predictions, 'prediction');
}

/** What the references of the methods that go over the rows again and again give. */
export interface EpochsExpected {
  readonly coefficients: number[];
  readonly intercepts: number[];
  readonly epochs: number;
  readonly predictions: number[];
}

/** Coefficients, intercepts and the most epochs of any class. */
export function compareEpochs({ fitted, expected, close }: Outcome<EpochsExpected>): void {
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  const { epochs } = fitted.details as { epochs: number[] };
  close(weights, expected.coefficients, 'coefficient');
  close(intercepts, expected.intercepts, 'intercept');
  assert.equal(Math.max(...epochs), expected.epochs);
}

/** Of a model of one score. */
export function coefficientsOf({ block }: Fitted): { weights: Float64Array; intercept: number } {
  const [weights, intercepts] = block.words as [Float64Array, Float64Array];
  return { weights, intercept: intercepts[0] };
}

/** Rows of normal deviates as columns, and a target that depends on the first three and is noisy. */
export function noisyLine(
  rows: number,
  features: number,
  seed: number,
): { columns: Float32Array[]; target: Float32Array } {
  const random = new RandomState(seed);
  const columns = Array.from({ length: features }, () =>
    Float32Array.from({ length: rows }, () => 1 + random.normal()),
  );
  const target = Float32Array.from({ length: rows }, (_, row) =>
    columns.slice(0, 3).reduce((sum, column, j) => sum + (3 - 2 * j) * column[row], 2 + random.normal()),
  );
  return { columns, target };
}

/** Same bytes on several threads; as good as the same with rows in another order, or rows of weight 2 as two rows. */
export function assertLinearInvariants(
  kernels: Kernels,
  estimator: Estimator,
  hyperparameters: object,
  { tolerance = 1e-9, rows = 300, features = 5 } = {},
): void {
  const fit = (problem: Problem, options?: FitContextOptions) =>
    fitAndEvaluate(kernels, estimator, problem, hyperparameters, options).fitted;
  const large = noisyLine(20_000, 4, 1);
  assert.deepEqual(fit(large, { team: backwardsTeam(kernels) }), fit(large));
  const { columns, target } = noisyLine(rows, features, 2);
  const plain = coefficientsOf(fit({ columns, target }));
  const same = (other: Fitted, what: string) => {
    const { weights, intercept } = coefficientsOf(other);
    assertClose([...weights, intercept], [...plain.weights, plain.intercept], tolerance, what);
  };
  const order = new RandomState(3).permutation(rows);
  const permuted = (values: Float32Array) => Float32Array.from(order, (row) => values[row]);
  same(fit({ columns: columns.map(permuted), target: permuted(target) }), 'in another order');
  if (!estimator.weights) return;
  const weights = Float32Array.from({ length: rows }, (_, row) => row % 3);
  const repeated = Array.from({ length: rows }, (_, row) => new Array<number>(row % 3).fill(row)).flat();
  const taken = (values: Float32Array) => Float32Array.from(repeated, (row) => values[row]);
  const twice = coefficientsOf(fit({ columns: columns.map(taken), target: taken(target) }));
  const weighted = coefficientsOf(fit({ columns, target, weights }));
  assertClose([...weighted.weights, weighted.intercept], [...twice.weights, twice.intercept], tolerance, 'weighted');
}
