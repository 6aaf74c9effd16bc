import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, fitAndEvaluate } from '../../../testing/data.js';
import { meanShift } from './index.js';

const kernels = loadKernels();

/** Three clusters far from each other, and one row far from all. */
function blobs() {
  const random = new RandomState(8);
  const rows = Array.from({ length: 151 }, (_, row) =>
    row === 150 ? [60, 60] : [8 * (row % 3) + random.normal(), 5 * (row % 3) - random.normal()],
  );
  return [0, 1].map((feature) => Float32Array.from(rows, (row) => row[feature]));
}

test('finds how many clusters there are, and a row far from all is one of its own or none', () => {
  const all = fitAndEvaluate(kernels, meanShift, { columns: blobs() }, { bandwidth: 4 });
  assert.equal(all.fitted.details!.clusters, 4);
  assert.deepEqual([...all.answers.predictions], [...all.fitted.sections!.labels!]);
  const seeds = [
    [0, 0],
    [8, 5],
    [16, 10],
  ];
  const some = fitAndEvaluate(kernels, meanShift, { columns: blobs() }, { bandwidth: 4, seeds, cluster_all: false });
  assert.deepEqual(some.fitted.clusters, [0, 1, 2, -1]);
  assert.equal(some.fitted.sections!.labels![150], -1);
  // Index 3 stands for -1.
  assert.equal(some.answers.predictions[150], 3);
});

test('seeds that cannot be used are refused', () => {
  const columns = blobs();
  for (const parameters of [{ seeds: [[1]] }, { seeds: [] }, { seeds: [[1e6, 1e6]], bandwidth: 1 }])
    assert.throws(() => fitAndEvaluate(kernels, meanShift, { columns }, parameters), FitError);
});

test('can be cancelled', () => assertCancellable(kernels, meanShift, { columns: blobs() }, { least: 3 }));
