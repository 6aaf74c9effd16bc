import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, backwardsTeam, fitAndEvaluate } from '../../../testing/data.js';
import { affinityPropagation } from './index.js';

const kernels = loadKernels();

function blobs(rows: number) {
  const random = new RandomState(1);
  const truth = Array.from({ length: rows }, (_, row) => row % 3);
  return { columns: [10, -10].map((step) => truth.map((cluster) => step * cluster + random.normal())), truth };
}

test('blobs far apart have an exemplar each; more threads than rows of a part change nothing', () => {
  const { columns, truth } = blobs(330);
  const given = { preference: -500, damping: 0.7 };
  const { fitted, answers } = fitAndEvaluate(kernels, affinityPropagation, { columns }, given);
  assert.equal(fitted.details?.clusters, 3);
  assert.equal(fitted.details?.converged, true);
  assert.equal(new Set(Array.from(answers.predictions, (cluster, row) => `${cluster} ${truth[row]}`)).size, 3);
  const again = fitAndEvaluate(kernels, affinityPropagation, { columns }, given, { team: backwardsTeam(kernels) });
  assert.deepEqual(again.fitted, fitted);
});

test('the higher the preference, the more exemplars', () => {
  const { columns } = blobs(60);
  const counts = [-1000, -10, -1, 0].map(
    (preference) =>
      fitAndEvaluate(kernels, affinityPropagation, { columns }, { preference, damping: 0.9, max_iter: 1000 }).fitted
        .details?.clusters as number,
  );
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
  );
  assert.equal(counts[3], 60);
});

test('rows that are all alike: by the preference all are exemplars, or one', () => {
  const columns = [[1, 1, 1, 1]];
  const exemplars = (hyperparameters: object) =>
    fitAndEvaluate(kernels, affinityPropagation, { columns }, hyperparameters).fitted.details?.exemplars;
  assert.deepEqual(exemplars({}), [0, 1, 2, 3]);
  assert.deepEqual(exemplars({ preference: -1 }), [0]);
});

test('without exemplars, every row is answered -1', () => {
  const { columns } = blobs(30);
  const { fitted } = fitAndEvaluate(
    kernels,
    affinityPropagation,
    { columns },
    { preference: -1e9, max_iter: 1, damping: 0.9 },
  );
  assert.equal(fitted.details?.converged, false);
  assert.deepEqual(fitted.clusters, [-1]);
  assert.ok(fitted.sections!.labels!.every((label) => label === -1));
});

test('what cannot be fitted is said; cancelling', () => {
  const { columns } = blobs(30);
  const refused = (hyperparameters: object, message: RegExp) =>
    assert.throws(
      () => fitAndEvaluate(kernels, affinityPropagation, { columns }, hyperparameters),
      (error) => error instanceof FitError && message.test(error.message),
    );
  refused({ damping: 1 }, /no message would ever change/);
  refused({ preference: [1, 2] }, /2 numbers, but there are 30 rows/);
  assertCancellable(kernels, affinityPropagation, { columns }, { least: 20, step: 9 });
});
