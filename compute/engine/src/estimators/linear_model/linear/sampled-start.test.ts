import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { assertCancellable, backwardsTeam, fitAndEvaluate } from '../../../testing/data.js';
import { linearClassification } from './index.js';

const kernels = loadKernels();
const ROWS = 40_000;

/** Enough rows for a sample, sorted by class, in unlike units, with a period in the second column. */
function sortedClasses(classes: number) {
  const random = new RandomState(classes);
  const target = Array.from({ length: ROWS }, (_, row) => Math.floor((row * classes) / ROWS));
  const columns = [
    target.map((label) => Math.fround(1000 + 5 * (random.normal() + label))),
    target.map((_, row) => Math.fround((row % 8) * 0.01 + 0.01 * random.normal())),
    target.map((label) => Math.fround(random.normal() - (label === 1 ? 1 : 0))),
  ];
  const weights = Float32Array.from(target, (_, row) => (row % 5 === 0 ? 0 : 1 + (row % 3)));
  return { columns, target, weights };
}

/** The largest slope of the mean loss with its penalty, computed row by row; the columns are taken in unit deviation. */
function largestSlope(
  { columns, target, weights }: ReturnType<typeof sortedClasses>,
  [coefficients, intercepts]: readonly ArrayLike<number>[],
  { C, withIntercept }: { C: number; withIntercept: boolean },
): number {
  const outputs = intercepts.length;
  const features = columns.length;
  const deviations = [5, 0.025, 1];
  const slopes = Array.from({ length: outputs }, () => new Float64Array(features + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let row = 0; row < ROWS; row++) {
    const margins = Array.from(intercepts, (intercept, k) =>
      columns.reduce((sum, column, f) => sum + coefficients[k * features + f] * column[row], intercept),
    );
    const shares = outputs === 1 ? [1 / (1 + Math.exp(-margins[0]))] : margins.map(Math.exp);
    const sum = outputs === 1 ? 1 : shares.reduce((all, share) => all + share, 0);
    for (let k = 0; k < outputs; k++) {
      const residual = weights[row] * (shares[k] / sum - Number(target[row] === (outputs === 1 ? 1 : k)));
      for (let f = 0; f < features; f++)
        slopes[k][f] += (residual * (columns[f][row] - (withIntercept ? [1000, 0.035, 0][f] : 0))) / deviations[f];
      slopes[k][features] += residual;
    }
  }
  const all = slopes.flatMap((row, k) =>
    Array.from(row, (slope, f) =>
      f < features ? slope + coefficients[k * features + f] / C / deviations[f] : withIntercept ? slope : 0,
    ),
  );
  return Math.max(...all.map((slope) => Math.abs(slope) / total));
}

test('where a fit starts from a sample, it ends at the minimum of all rows', () => {
  for (const classes of [2, 3])
    for (const withIntercept of [true, false]) {
      const data = sortedClasses(classes);
      // Uncentered, the first column is as good as an intercept; smaller, the slopes' digits suffice.
      if (!withIntercept) data.columns[0] = data.columns[0].map((value) => Math.fround(value - 1000));
      const C = 0.01;
      const { fitted } = fitAndEvaluate(kernels, linearClassification, data, { C, fit_intercept: withIntercept });
      const slope = largestSlope(data, fitted.block.words as Float64Array[], { C, withIntercept });
      assert.ok(slope < 1e-7, `${classes} classes, intercept ${withIntercept}: ${slope}`);
    }
});

test('a sample without any weight, and one that is separated, are no obstacles', () => {
  const { columns, target } = sortedClasses(2);
  const few = Float32Array.from(target, (_, row) => (row % 1999 === 0 ? 1 : 0));
  const weighted = fitAndEvaluate(kernels, linearClassification, { columns, target, weights: few }, {});
  const kept = target.flatMap((_, row) => (few[row] > 0 ? [row] : []));
  const alone = fitAndEvaluate(
    kernels,
    linearClassification,
    { columns: columns.map((column) => kept.map((row) => column[row])), target: kept.map((row) => target[row]) },
    {},
  );
  const [expected, found] = [alone, weighted].map(({ fitted }) => fitted.block.words[0] as Float64Array);
  for (const [f, value] of expected.entries())
    assert.ok(Math.abs(found[f] - value) < 1e-5 * Math.max(1, Math.abs(value)), `${found[f]} for ${value}`);
  // All but a few rows, which are in no sample of the right size, are on their side.
  const separated = target.map((label, row) => Math.fround(label === Number(row % 4001 !== 0) ? 1 : -1));
  const { fitted } = fitAndEvaluate(kernels, linearClassification, { columns: [separated], target }, {});
  assert.equal(fitted.details?.converged, true);
});

test('same bytes whatever the threads, and it can be cancelled', () => {
  const { columns, target } = sortedClasses(3);
  const once = fitAndEvaluate(kernels, linearClassification, { columns, target });
  const again = fitAndEvaluate(
    kernels,
    linearClassification,
    { columns, target },
    {},
    { team: backwardsTeam(kernels) },
  );
  assert.deepEqual(once.fitted, again.fitted);
  assertCancellable(kernels, linearClassification, { columns, target });
});
