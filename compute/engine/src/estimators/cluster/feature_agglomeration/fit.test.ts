import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { chooseEstimator } from '../../../algorithms.js';
import { InputError } from '../../../errors.js';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { featureAgglomeration } from './index.js';

const kernels = loadKernels();

/** Features 0, 2, 4 and 1, 3 are alike. */
function twoKinds(rows: number) {
  const random = new RandomState(9);
  const kinds = [0, 1].map(() => Array.from({ length: rows }, () => 5 * random.normal()));
  return [0, 1, 0, 1, 0].map((kind) => kinds[kind].map((value) => Math.fround(value + 0.01 * random.normal())));
}

test('features that are alike become one, their mean', () => {
  const columns = twoKinds(80);
  for (const linkage of ['ward', 'complete', 'average', 'single']) {
    const { fitted, answers } = fitAndEvaluate(kernels, featureAgglomeration, { columns }, { linkage });
    const groups = fitted.details?.groups as number[];
    assert.deepEqual(
      groups.map((group) => group === groups[0]),
      [true, false, true, false, true],
    );
    const pooled = columns[0].map((value, row) => (value + columns[2][row] + columns[4][row]) / 3);
    assertClose(
      pooled.map((_, row) => answers.scores[2 * row + groups[0]]),
      pooled,
      1e-12,
    );
    const { cumulative_explained_variance: explained } = fitted.metrics!;
    assert.ok(explained > 0.9999 && explained < 1);
  }
});

test('each feature on its own explains everything; constants, too', () => {
  const columns = twoKinds(20);
  const { fitted } = fitAndEvaluate(kernels, featureAgglomeration, { columns }, { n_clusters: 5 });
  assert.equal(fitted.metrics!.cumulative_explained_variance, 1);
  const constant = fitAndEvaluate(kernels, featureAgglomeration, {
    columns: [
      [1, 1],
      [2, 2],
      [7, 7],
    ],
  });
  assert.equal(constant.fitted.metrics!.cumulative_explained_variance, 1);
});

test('what cannot be fitted is said', () => {
  const columns = twoKinds(20);
  const refused = (hyperparameters: object, message: RegExp, given = columns) =>
    assert.throws(
      () => fitAndEvaluate(kernels, featureAgglomeration, { columns: given }, hyperparameters),
      (error) => error instanceof FitError && message.test(error.message),
    );
  refused({ n_clusters: 6 }, /only 5 features/);
  refused({ n_clusters: null }, /one of n_clusters and distance_threshold/);
  refused({ distance_threshold: 1 }, /one of n_clusters and distance_threshold/);
  refused({ metric: 'l1' }, /works with the metric "euclidean" alone/);
  refused({ metric: 'l1', affinity: 'l1', linkage: 'single' }, /two names/);
  refused({}, /a single feature/, columns.slice(0, 1));
  refused({ metric: 'cosine', linkage: 'average' }, /feature 2 is 0 in all rows/, [
    [1, 2],
    [0, 0],
    [3, 4],
  ]);
  assert.throws(
    () => chooseEstimator('feature_agglomeration', 'clustering'),
    (error) => error instanceof InputError && /It groups features, not rows/.test(error.hint ?? ''),
  );
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, featureAgglomeration, { columns: twoKinds(20) }, { least: 5 });
});
