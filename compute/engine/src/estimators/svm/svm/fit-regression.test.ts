import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { assertCancellable, assertClose, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { svmRegression } from './index.js';

const kernels = loadKernels();
/** With a gamma that does not depend on the rows. */
const TIGHT = { tol: 1e-9, gamma: 0.4 };

function waves(seed: number, rows: number): Problem & { target: Float32Array } {
  const random = new RandomState(seed);
  const columns = [0, 1].map(() => Float32Array.from({ length: rows }, () => random.normal()));
  const target = Float32Array.from({ length: rows }, (_, row) => Math.sin(columns[0][row]) + 0.2 * random.normal());
  return { columns, target };
}

const fit = (problem: Problem, hyperparameters: object = {}) =>
  fitAndEvaluate(kernels, svmRegression, problem, hyperparameters);

test('a line with errors below epsilon: the flattest line that leaves none above', () => {
  const { answers, fitted } = fit(
    { columns: [[0, 1, 2, 3]], target: [0, 1, 2, 3] },
    { kernel: 'linear', C: 1e6, epsilon: 0.3, tol: 1e-10 },
  );
  assertClose(answers.predictions, [0.3, 1.1, 1.9, 2.7], 1e-6, 'prediction');
  assertClose(fitted.importances!.coefficients, [0.8], 1e-6, 'coefficient');
});

test('rows within epsilon do not count', () => {
  const problem = waves(1, 80);
  const { answers, fitted } = fit(problem, { ...TIGHT, epsilon: 0.2 });
  const outside = problem.target.filter((y, row) => Math.abs(y - answers.predictions[row]) > 0.2 + 1e-5).length;
  const support = fitted.details?.support_vectors as number;
  assert.ok(outside > 0 && outside <= support && support < 80, `${outside} outside, ${support} support`);
  assert.equal(fit(problem, { epsilon: 100 }).fitted.details?.support_vectors, 0);
});

test('the order of rows changes nothing, a row of weight 2 is two rows, one of weight 0 is none', () => {
  const problem = waves(2, 60);
  const weights = Array.from({ length: 60 }, (_, row) => row % 3);
  const order = new RandomState(3).permutation(60);
  const repeated = Array.from(order).flatMap((row) => Array.from({ length: weights[row] }, () => row));
  const weighted = fit({ ...problem, weights }, TIGHT).answers.predictions;
  const plain = fit(
    {
      columns: problem.columns.map((column) => Float32Array.from(repeated, (row) => column[row])),
      target: repeated.map((row) => problem.target[row]),
    },
    TIGHT,
  ).answers.predictions;
  assertClose(
    plain,
    repeated.map((row) => weighted[row]),
    1e-6,
    'prediction',
  );
});

test('can be cancelled at each checkpoint', () => {
  assertCancellable(kernels, svmRegression, waves(4, 60));
});
