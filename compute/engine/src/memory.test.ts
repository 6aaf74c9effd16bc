/** That the memory which estimators and reference pages promise is what a training of a large table takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { Dataset } from './preprocessing/dataset.js';
import { estimators } from './registry.js';
import { soloTeam } from './team.js';
import { train } from './train.js';

const ROWS = 1_000_000;
const FEATURES = 30;
const MEBIBYTE = 2 ** 20;

test('every estimator says what it needs', () => {
  for (const { algorithm, memory } of estimators) assert.match(memory ?? '', /\.$/, algorithm);
});

test(`xgboost learns from ${ROWS} rows of ${FEATURES} features in the memory that it names`, () => {
  const random = new RandomState(1);
  const columns = Array.from({ length: FEATURES }, (_, index) => ({
    name: `x${index}`,
    type: 'real' as const,
    width: 1,
    values: Float32Array.from(random.doubles(ROWS)),
  }));
  const target = columns[0].values.map((value, row) => value * columns[1].values[row]);
  const dataset = new Dataset();
  dataset.append([...columns, { name: 'y', type: 'real', width: 1, values: target }]);
  // The memory only grows, so its length at the end is what was needed at the most.
  const kernels = loadKernels();
  const trained = train(
    {
      task: 'regression',
      algorithm: 'xgboost',
      hyperparams: { n_estimators: 2 },
      seed: 1,
      test_size: 0.1,
      test_sampling: 'last',
      columns: [...columns.map(({ name }) => name), 'y'].map((name, index) => ({
        name,
        pg_type: 'float4',
        nullable: false,
        label: name === 'y',
        position: index + 1,
        array: false,
      })),
    },
    dataset.take(),
    { kernels, team: soloTeam(kernels.run), checkpoint: () => {}, seconds: () => 0 },
  );
  const trainRows = trained.response.train_rows;
  const data = 4 * ROWS * FEATURES + 4 * trainRows;
  const bins = 3 * trainRows * FEATURES;
  const rowState = (8 + 12) * trainRows;
  // The leaves of a tree of depth 6 that may still be split, in 4 KiB for each feature.
  const histograms = 64 * FEATURES * 4096;
  const promised = data + bins + rowState + histograms;
  const used = kernels.memory.buffer.byteLength;
  assert.ok(used <= promised + 16 * MEBIBYTE, `${used} bytes, promised were ${promised}`);
  assert.ok(used > data + 2 * trainRows * FEATURES, 'the figure is not far too large');
});
