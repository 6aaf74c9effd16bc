import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, fitAndEvaluate, fitContext } from '../../../testing/data.js';
import { spectralEmbedding } from './embedding.js';
import { spectral } from './index.js';

const kernels = loadKernels();

/** Two rings, one in the other. */
function rings() {
  const rows = Array.from({ length: 160 }, (_, row) => {
    const angle = (2 * Math.PI * row) / 160;
    const radius = row % 2 === 0 ? 1 : 3;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return [0, 1].map((feature) => Float32Array.from(rows, (row) => row[feature]));
}

for (const assign_labels of ['kmeans', 'discretize', 'cluster_qr'])
  test(`rings are told apart by ${assign_labels}, and so are rows near them`, () => {
    const parameters = { n_clusters: 2, affinity: 'nearest_neighbors', n_neighbors: 6, assign_labels };
    const { fitted, answers } = fitAndEvaluate(kernels, spectral, { columns: rings() }, parameters);
    const { labels } = fitted.sections!;
    labels!.forEach((label, row) => assert.equal(label, labels![row % 2]));
    assert.notEqual(labels![0], labels![1]);
    assert.deepEqual([...answers.predictions], [...labels!]);
  });

test('the first vector of a connected graph is constant, and all are orthogonal by the weights of the degrees', () => {
  const rows = 30;
  const weight = (i: number, j: number) => (i === j ? 0 : 1 / (1 + Math.abs(i - j)));
  const affinity = Float64Array.from({ length: rows * rows }, (_, at) => weight(Math.floor(at / rows), at % rows));
  const degrees = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: rows }, (_unused, j) => weight(i, j)).reduce((a, b) => a + b, 0),
  );
  const embedding = spectralEmbedding(affinity, rows, 3, fitContext(kernels));
  for (let row = 0; row < rows; row++) assert.ok(Math.abs(embedding[3 * row] - embedding[0]) < 1e-12);
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++) {
      const product = degrees.reduce(
        (sum, degree, row) => sum + degree * embedding[3 * row + a] * embedding[3 * row + b],
        0,
      );
      assert.ok(Math.abs(product - Number(a === b)) < 1e-12);
    }
});

test('what cannot be is refused', () => {
  const columns = rings();
  for (const parameters of [
    { n_clusters: 161 },
    { n_clusters: 2, n_components: 3, assign_labels: 'discretize' },
    { n_clusters: 2, affinity: 'nearest_neighbors', n_neighbors: 500 },
  ])
    assert.throws(() => fitAndEvaluate(kernels, spectral, { columns }, parameters), FitError);
});

test('can be cancelled', () =>
  assertCancellable(
    kernels,
    spectral,
    { columns: rings() },
    { hyperparameters: { n_clusters: 2 }, least: 3, step: 11 },
  ));
