import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { fitContext } from '../testing/data.js';
import { clusterVectors } from './cluster-vectors.js';

test('rows of a matrix far apart are told apart, and memory is given back', () => {
  const kernels = loadKernels();
  const random = new RandomState(1);
  const vectors = Float64Array.from({ length: 60 }, (_, at) => 10 * (Math.floor(at / 2) % 3) + random.normal());
  const before = kernels.mark();
  const parameters = { n_clusters: 3, init: 'k-means++', n_init: 5 } as const;
  const { labels, centroids } = clusterVectors(vectors, 2, parameters, random, fitContext(kernels));
  assert.equal(kernels.mark(), before);
  assert.equal(centroids.length, 6);
  labels.forEach((label, row) => assert.equal(label, labels[row % 3]));
  assert.equal(new Set(labels.subarray(0, 3)).size, 3);
});
