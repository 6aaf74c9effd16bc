import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import {
  assertCancellable,
  assertClose,
  backwardsTeam,
  blockOf,
  fitAndEvaluate,
  type Problem,
} from '../../../testing/data.js';
import { svmClassification } from './index.js';

const kernels = loadKernels();
/** With a gamma that does not depend on the rows. */
const TIGHT = { tol: 1e-9, gamma: 0.4 };

/** Clusters of points, one for each class, that overlap. */
function clusters(seed: number, rows: number, classes: number): Problem & { target: number[] } {
  const random = new RandomState(seed);
  const target = Array.from({ length: rows }, (_, row) => row % classes);
  const columns = Array.from({ length: 3 }, (_, feature) =>
    Float32Array.from(target, (label) => (label % 3 === feature ? 2 : 0) + random.normal()),
  );
  return { columns, target };
}

const fit = (problem: Problem, hyperparameters: object = {}, options = {}) =>
  fitAndEvaluate(kernels, svmClassification, problem, hyperparameters, options);

function picked({ columns, target, weights }: Problem, rows: readonly number[]): Problem {
  return {
    columns: columns.map((column) => Float32Array.from(rows, (row) => column[row])),
    target: rows.map((row) => target![row]),
    ...(weights ? { weights: rows.map((row) => weights[row]) } : {}),
  };
}

test('two points of two classes: halfway between them, and 1 at each', () => {
  const { answers } = fit({ columns: [[0, 2, 1]], target: [0, 1, 1] }, { kernel: 'linear', C: 1e6, tol: 1e-9 });
  assertClose(answers.scores, [1, -3, -1], 1e-6, 'score');
  assert.deepEqual([...answers.predictions], [0, 1, 1]);
});

test('the order of rows changes nothing but rounding', () => {
  const problem = clusters(1, 60, 3);
  const order = [...new RandomState(2).permutation(60)];
  const one = fit(problem, TIGHT).answers.scores;
  const other = fit(picked(problem, order), TIGHT).answers.scores;
  assertClose(
    other,
    order.flatMap((row) => [...one.subarray(3 * row, 3 * row + 3)]),
    1e-6,
    'score',
  );
});

test('a row of weight 2 is two rows, and one of weight 0 is none', () => {
  const weights = Array.from({ length: 60 }, (_, row) => row % 3);
  const problem = { ...clusters(3, 60, 2), weights };
  const repeated = weights.flatMap((weight, row) => Array.from({ length: weight }, () => row));
  const weighted = fit(problem, TIGHT).answers.scores;
  const plain = fit({ ...picked(problem, repeated), weights: undefined }, TIGHT).answers.scores;
  assertClose(
    plain,
    repeated.map((row) => weighted[row]),
    1e-6,
    'score',
  );
});

test('the linear kernel becomes a weighted sum, with the scores of the polynomial kernel of degree 1', () => {
  const problem = clusters(4, 80, 3);
  const linear = fit(problem, { ...TIGHT, kernel: 'linear' });
  const polynomial = fit(problem, { ...TIGHT, kernel: 'poly', degree: 1, gamma: 1 });
  assert.equal(linear.fitted.block.kind, 'linear');
  assert.equal(polynomial.fitted.block.kind, 'kernel');
  assertClose(linear.answers.scores, polynomial.answers.scores, 1e-6, 'score');
});

test('coefficients of a linear kernel point to the second class', () => {
  const { fitted } = fit({ columns: [[0, 0.2, 1, 1.2]], target: [0, 0, 1, 1] }, { kernel: 'linear' });
  assert.ok(fitted.importances!.coefficients[0] > 0);
});

for (const kernel of ['rbf', 'linear'])
  test(`probabilities, ${kernel}: sum to one, and mostly agree with the answer`, () => {
    const problem = clusters(5, 150, 3);
    const { answers } = fit(problem, { kernel, probability: true });
    let agreeing = 0;
    for (let row = 0; row < 150; row++) {
      const own = answers.probabilities.subarray(3 * row, 3 * row + 3);
      assert.ok(Math.abs(own.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
      if (own[answers.predictions[row]] === Math.max(...own)) agreeing++;
    }
    assert.ok(agreeing > 140, `${agreeing} of 150`);
  });

test('probabilities depend on random_state, the answers do not', () => {
  const problem = clusters(6, 60, 2);
  const [one, again, other] = [1, 1, 2].map((random_state) => fit(problem, { probability: true, random_state }));
  assert.deepEqual(blockOf(one.fitted, 3), blockOf(again.fitted, 3));
  assert.notDeepEqual(one.answers.probabilities, other.answers.probabilities);
  assert.deepEqual(one.answers.scores, other.answers.scores);
});

test('a class without rows that count is never answered, and unlikely', () => {
  const problem = clusters(7, 60, 4);
  const weights = problem.target.map((label) => (label === 1 ? 0 : 1));
  const { answers } = fit({ ...problem, weights }, { probability: true });
  assert.ok(!answers.predictions.includes(1));
  const ofAbsent = Array.from({ length: 60 }, (_, row) => answers.probabilities[4 * row + 1]);
  assert.ok(Math.max(...ofAbsent) < 0.05, `${Math.max(...ofAbsent)}`);
});

test('errors: one class only, ties', () => {
  const problem = clusters(8, 30, 3);
  assert.throws(() => fit({ ...problem, target: problem.target.map(() => 1) }), FitError);
  assert.throws(() => fit(problem, { class_weight: { 0: 0, 1: 0 } }), /belong to one class/);
  assert.throws(() => fit(problem, { break_ties: true }), /not available yet for 3 classes/);
  assert.throws(() => fit(problem, { break_ties: true, decision_function_shape: 'ovo' }), /does not go with/);
  fit(clusters(8, 30, 2), { break_ties: true });
});

test('stops after max_iter steps, and says so', () => {
  const { fitted } = fit(clusters(9, 60, 2), { max_iter: 2 });
  assert.deepEqual([fitted.details?.converged, fitted.details?.iterations], [false, 2]);
});

test('a small cache and other threads change no bit', () => {
  const problem = clusters(10, 200, 2);
  const expected = blockOf(fit(problem).fitted, 3);
  assert.deepEqual(blockOf(fit(problem, { cache_size: 1e-3 }).fitted, 3), expected);
  assert.deepEqual(blockOf(fit(problem, {}, { team: backwardsTeam(kernels) }).fitted, 3), expected);
});

test('can be cancelled at each checkpoint', () => {
  assertCancellable(kernels, svmClassification, clusters(11, 60, 3), {
    hyperparameters: { probability: true },
    least: 18,
  });
});
