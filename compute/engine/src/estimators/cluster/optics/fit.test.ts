import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, fitAndEvaluate } from '../../../testing/data.js';
import { optics } from './index.js';

const kernels = loadKernels();

/** A dense cluster, a thin one, and rows that lie anywhere. */
function mixed() {
  const random = new RandomState(12);
  const rows = Array.from({ length: 180 }, (_, row) => {
    if (row < 80) return [0.1 * random.normal(), 0.1 * random.normal()];
    if (row < 160) return [10 + random.normal(), random.normal()];
    return [60 * random.double() - 20, 60 * random.double() + 10];
  });
  return [0, 1].map((feature) => Float32Array.from(rows, (row) => row[feature]));
}

test('finds clusters whose densities differ so much that no eps of DBSCAN would', () => {
  const parameters = { min_samples: 15, min_cluster_size: 40 };
  const { fitted, answers } = fitAndEvaluate(kernels, optics, { columns: mixed() }, parameters);
  const { labels } = fitted.sections!;
  const most = (from: number, to: number) => {
    const counts = new Map<number, number>();
    for (const label of labels!.subarray(from, to)) counts.set(label, (counts.get(label) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1])[0];
  };
  const [dense, denseRows] = most(0, 80);
  const [thin, thinRows] = most(80, 160);
  assert.ok(dense >= 0 && thin >= 0 && dense !== thin && denseRows > 70 && thinRows > 60);
  assert.equal(most(160, 180)[0], -1);
  labels!.forEach((label, row) => {
    assert.equal(fitted.clusters![answers.predictions[row]], label);
  });
});

test('parameters that contradict each other or the data are refused', () => {
  const columns = mixed();
  for (const parameters of [
    { cluster_method: 'dbscan', eps: 2, max_eps: 1 },
    { min_samples: 200 },
    { min_cluster_size: 500 },
  ])
    assert.throws(() => fitAndEvaluate(kernels, optics, { columns }, parameters), FitError);
});

test('can be cancelled', () => assertCancellable(kernels, optics, { columns: mixed() }, { least: 5, step: 3 }));
