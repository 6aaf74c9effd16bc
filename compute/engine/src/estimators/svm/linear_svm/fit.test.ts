import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { type Estimator, FitError } from '../../../estimator.js';
import {
  assertCancellable,
  assertClose,
  backwardsTeam,
  blockOf,
  fitAndEvaluate,
  type Problem,
} from '../../../testing/data.js';
import { linearSvmClassification, linearSvmRegression } from './index.js';
import { objective } from './testing/objective.js';

const kernels = loadKernels();

/** Features of very different sizes. */
function table(seed: number, rows: number, features: number, classes: number): Problem & { target: number[] } {
  const random = new RandomState(seed);
  const columns = Array.from({ length: features }, (_, feature) =>
    Float32Array.from({ length: rows }, () => random.normal() * 10 ** ((feature % 3) - 1)),
  );
  const sums = Array.from({ length: rows }, (_, row) =>
    columns.reduce((sum, column, feature) => sum + column[row] / 10 ** ((feature % 3) - 1), random.normal()),
  );
  if (classes === 0) return { columns, target: sums };
  return { columns, target: sums.map((sum) => Math.min(classes - 1, Math.max(0, Math.floor(sum + classes / 2)))) };
}

const settings: readonly (readonly [Estimator, number, Readonly<Record<string, unknown>>])[] = [
  [linearSvmRegression, 0, {}],
  [linearSvmRegression, 0, { epsilon: 0.5, C: 0.1, intercept_scaling: 3 }],
  [linearSvmRegression, 0, { loss: 'squared_epsilon_insensitive', epsilon: 0.2, fit_intercept: false }],
  [linearSvmClassification, 2, {}],
  [linearSvmClassification, 4, { C: 0.1, class_weight: 'balanced' }],
  [linearSvmClassification, 2, { loss: 'hinge' }],
  [linearSvmClassification, 3, { loss: 'hinge', intercept_scaling: 0.5 }],
  [linearSvmClassification, 2, { penalty: 'l1', dual: false, C: 0.05 }],
];

for (const [estimator, classes, hyperparameters] of settings)
  test(`${estimator.task} ${JSON.stringify(hyperparameters)}, ${classes} classes: no other coefficients are better`, () => {
    for (const [rows, features] of [
      [90, 5],
      [20, 40],
    ]) {
      const weights = Array.from({ length: rows }, (_, row) => (row % 4) / 2);
      const problem = { ...table(rows, rows, features, classes), weights };
      const { fitted } = fitAndEvaluate(kernels, estimator, problem, hyperparameters);
      assert.equal(fitted.details?.converged, true);
      const [coefficients, intercepts] = fitted.block.words as [Float64Array, Float64Array];
      const value = (some: ArrayLike<number>, more: ArrayLike<number>) =>
        objective(estimator.task, problem, hyperparameters, some, more);
      const least = value(coefficients, intercepts);
      const random = new RandomState(1);
      const withIntercept = hyperparameters.fit_intercept !== false;
      for (let trial = 0; trial < 40; trial++) {
        const size = 10 ** random.integer(-5, 0);
        const moved = coefficients.map((number) => number + size * random.normal());
        const others = intercepts.map((number) => (withIntercept ? number + size * random.normal() : 0));
        assert.ok(value(moved, others) >= least * (1 - 1e-11), `${value(moved, others)} < ${least}`);
      }
    }
  });

test('crammer_singer: no other coefficients are better', () => {
  const problem = table(5, 60, 4, 3);
  const parameters = { multi_class: 'crammer_singer', C: 0.2, tol: 1e-9, max_iter: 100_000 };
  const { fitted } = fitAndEvaluate(kernels, linearSvmClassification, problem, parameters);
  assert.equal(fitted.details?.converged, true);
  const value = (coefficients: ArrayLike<number>, intercepts: ArrayLike<number>) => {
    let total = 0;
    for (const numbers of [coefficients, intercepts])
      for (let i = 0; i < numbers.length; i++) total += (numbers[i] * numbers[i]) / 2;
    for (let row = 0; row < 60; row++) {
      const scores = [0, 1, 2].map((k) =>
        problem.columns.reduce(
          (sum, column, feature) => sum + coefficients[4 * k + feature] * column[row],
          intercepts[k],
        ),
      );
      const own = problem.target[row];
      total += 0.2 * Math.max(...scores.map((score, k) => score - scores[own] + (k === own ? 0 : 1)));
    }
    return total;
  };
  const [coefficients, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  const least = value(coefficients, intercepts);
  const random = new RandomState(2);
  for (let trial = 0; trial < 100; trial++) {
    const size = 10 ** random.integer(-5, 0);
    const move = (numbers: Float64Array) => numbers.map((number) => number + size * random.normal());
    assert.ok(value(move(coefficients), move(intercepts)) >= least * (1 - 1e-9));
  }
});

test('crammer_singer: the order of rows does not decide, nor the seed', () => {
  const problem = table(6, 60, 4, 3);
  const parameters = { multi_class: 'crammer_singer', C: 0.2, tol: 1e-9, max_iter: 100_000 };
  const scores = [1, 2].map((random_state) => {
    const { answers } = fitAndEvaluate(kernels, linearSvmClassification, problem, { ...parameters, random_state });
    return answers.scores;
  });
  assertClose(scores[1], scores[0], 1e-6, 'score');
});

test('a class without rows is never answered', () => {
  const problem = table(7, 60, 3, 2);
  const target = problem.target.map((label) => 2 * label);
  for (const parameters of [{}, { multi_class: 'crammer_singer' }]) {
    const { answers } = fitAndEvaluate(kernels, linearSvmClassification, { ...problem, target }, parameters);
    assert.ok(!answers.predictions.includes(1));
    assert.ok(answers.predictions.includes(0) && answers.predictions.includes(2));
  }
});

test('two classes: the second if the score is above 0', () => {
  const problem = { columns: [[-2, -1, 1, 2]], target: [0, 0, 1, 1] };
  for (const parameters of [{}, { loss: 'hinge' }, { multi_class: 'crammer_singer' }]) {
    const { fitted, answers } = fitAndEvaluate(kernels, linearSvmClassification, problem, parameters);
    assert.equal(fitted.block.outputs, 1);
    assert.deepEqual([...answers.predictions], problem.target);
    assert.ok(answers.scores[3] > 0);
  }
});

test('what scikit-learn refuses is refused', () => {
  const problem = table(8, 40, 3, 2);
  for (const parameters of [
    { penalty: 'l1' },
    { penalty: 'l1', loss: 'hinge' },
    { penalty: 'l1', loss: 'hinge', dual: false },
    { loss: 'hinge', dual: false },
  ]) {
    assert.throws(() => fitAndEvaluate(kernels, linearSvmClassification, problem, parameters), FitError);
    fitAndEvaluate(kernels, linearSvmClassification, problem, { ...parameters, multi_class: 'crammer_singer' });
  }
  const real = table(8, 40, 3, 0);
  assert.throws(() => fitAndEvaluate(kernels, linearSvmRegression, real, { dual: false }), /with dual false/);
  const one = { ...problem, target: problem.target.map(() => 1) };
  assert.throws(() => fitAndEvaluate(kernels, linearSvmClassification, one), /belong to one class/);
});

for (const [estimator, classes, parameters] of [
  [linearSvmRegression, 0, {}],
  [linearSvmRegression, 0, { loss: 'squared_epsilon_insensitive' }],
  [linearSvmClassification, 3, { loss: 'hinge' }],
  [linearSvmClassification, 3, {}],
  [linearSvmClassification, 3, { penalty: 'l1', dual: false }],
  [linearSvmClassification, 3, { multi_class: 'crammer_singer', max_iter: 30 }],
] as const)
  test(`${estimator.task} ${JSON.stringify(parameters)}: few iterations, threads, cancelling`, () => {
    const problem = table(9, 200, 4, classes);
    const none = fitAndEvaluate(kernels, estimator, problem, { ...parameters, max_iter: 0 });
    assert.equal(none.fitted.details?.converged, false);
    const expected = fitAndEvaluate(kernels, estimator, problem, parameters).fitted;
    const shared = fitAndEvaluate(kernels, estimator, problem, parameters, { team: backwardsTeam(kernels) }).fitted;
    assert.deepEqual(blockOf(shared, 4), blockOf(expected, 4));
    assertCancellable(kernels, estimator, problem, { hyperparameters: parameters, step: 7 });
  });
