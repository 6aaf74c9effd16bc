import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, fitAndEvaluate } from '../../../testing/data.js';
import { spectralCo } from './index.js';

const kernels = loadKernels();

/** 40 rows of 12 features: rows of each third have large values in a third of the features. */
function blocks() {
  const random = new RandomState(5);
  return Array.from({ length: 12 }, (_, feature) =>
    Float32Array.from({ length: 42 }, (_row, row) => (row % 3 === feature % 3 ? 10 : 1) + random.double()),
  );
}

test('finds the blocks, and a row alike gets the same cluster', () => {
  const { fitted, answers } = fitAndEvaluate(kernels, spectralCo, { columns: blocks() });
  const { labels } = fitted.sections!;
  const features = fitted.details!.feature_clusters as number[];
  labels!.forEach((label, row) => assert.equal(label, labels![row % 3]));
  features.forEach((label, feature) => assert.equal(label, labels![feature % 3]));
  assert.equal(new Set(labels).size, 3);
  assert.deepEqual([...answers.predictions], [...labels!]);
});

test('negative values are raised, and more clusters than rows and features are refused', () => {
  const columns = blocks().map((column) => column.map((value) => value - 50));
  assert.equal(new Set(fitAndEvaluate(kernels, spectralCo, { columns }).fitted.sections!.labels).size, 3);
  assert.throws(() => fitAndEvaluate(kernels, spectralCo, { columns }, { n_clusters: 60 }), FitError);
});

test('can be cancelled', () => assertCancellable(kernels, spectralCo, { columns: blocks() }, { least: 3, step: 9 }));
