import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { assertCancellable, fitAndEvaluate } from '../../../testing/data.js';
import { dbscan } from './index.js';

const kernels = loadKernels();

/** Two rings, one in the other, and five rows far from both and from each other. */
function rings() {
  const random = new RandomState(4);
  const rows = Array.from({ length: 300 }, (_, row) => {
    const angle = (2 * Math.PI * row) / 295;
    const radius = (row % 2 === 0 ? 1 : 3) + 0.1 * random.normal();
    return row < 295 ? [radius * Math.cos(angle), radius * Math.sin(angle)] : [20 * row, 0];
  });
  return [0, 1].map((feature) => Float32Array.from(rows, (row) => row[feature]));
}

test('rings that no centroid could tell apart are clusters, and predicting agrees with the labels of cores', () => {
  const { fitted, answers } = fitAndEvaluate(kernels, dbscan, { columns: rings() }, { eps: 0.5 });
  const { labels } = fitted.sections!;
  assert.deepEqual(fitted.clusters, [0, 1, -1]);
  for (let row = 0; row < 295; row++) assert.equal(labels![row], row % 2);
  assert.deepEqual([...labels!.subarray(295)], [-1, -1, -1, -1, -1]);
  // What is evaluated are the indices of the clusters; -1 comes last.
  for (let row = 0; row < 300; row++) assert.equal(answers.predictions[row], labels![row] === -1 ? 2 : labels![row]);
});

test('where no row has neighbours all are noise', () => {
  const columns = [Float32Array.of(0, 10, 20, 30)];
  const { fitted, answers } = fitAndEvaluate(kernels, dbscan, { columns });
  assert.deepEqual(fitted.clusters, [-1]);
  assert.deepEqual([...answers.predictions], [0, 0, 0, 0]);
});

test('can be cancelled', () => assertCancellable(kernels, dbscan, { columns: rings() }, { least: 2 }));
