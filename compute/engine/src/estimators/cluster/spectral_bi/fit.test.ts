import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, fitAndEvaluate } from '../../../testing/data.js';
import { spectralBi } from './index.js';

const kernels = loadKernels();

/** 40 rows of 12 features: a checkerboard of 4 × 3 fields. */
function checkerboard() {
  const random = new RandomState(6);
  const fields = Array.from({ length: 12 }, () => 10 * random.double() + 1);
  return Array.from({ length: 12 }, (_, feature) =>
    Float32Array.from({ length: 40 }, (_row, row) => fields[3 * (row % 4) + (feature % 3)] + 0.2 * random.double()),
  );
}

for (const method of ['bistochastic', 'scale', 'log'])
  test(`finds the fields of a checkerboard, by ${method}`, () => {
    const parameters = { n_clusters: [4, 3], method };
    const { fitted, answers } = fitAndEvaluate(kernels, spectralBi, { columns: checkerboard() }, parameters);
    const { labels } = fitted.sections!;
    const features = fitted.details!.feature_clusters as number[];
    labels!.forEach((label, row) => assert.equal(label, labels![row % 4]));
    features.forEach((label, feature) => assert.equal(label, features[feature % 3]));
    assert.equal(new Set(labels).size, 4);
    assert.equal(new Set(features).size, 3);
    assert.deepEqual([...answers.predictions], [...labels!]);
  });

test('what cannot be is refused', () => {
  const columns = checkerboard();
  for (const parameters of [{ n_clusters: [1, 2, 3] }, { n_clusters: 13 }, { n_best: 9 }])
    assert.throws(() => fitAndEvaluate(kernels, spectralBi, { columns }, parameters), FitError);
});

test('can be cancelled', () =>
  assertCancellable(kernels, spectralBi, { columns: checkerboard() }, { least: 3, step: 29 }));
