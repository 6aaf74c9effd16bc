import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReference } from '../testing/reference.js';
import { labelMetrics, logLoss, rocAuc } from './classification.js';
import { SILHOUETTE_ROWS, silhouette } from './clustering.js';
import { regressionMetrics } from './regression.js';

type Cases<Case> = Readonly<Record<string, Case>>;
interface Reference {
  readonly regression: Cases<{ truth: number[]; predicted: number[]; expected: Record<string, number> }>;
  readonly labels: Cases<{
    truth: number[];
    predicted: number[];
    average: 'binary' | 'macro';
    expected: Record<string, number>;
  }>;
  readonly roc_auc: Cases<{ truth: number[]; scores: number[]; roc_auc: number }>;
  readonly log_loss: Cases<{ truth: number[]; probabilities: number[]; epsilon: number; log_loss: number }>;
  readonly silhouette: Cases<{ features: number; values: number[]; labels: number[]; silhouette: number }>;
}

const reference = readReference<Reference>('metrics');

function near(actual: number | null, expected: number, what: string, tolerance = 1e-12): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${what}: ${actual} instead of ${expected}`,
  );
}

for (const [name, { truth, predicted, expected }] of Object.entries(reference.regression))
  test(`regression: ${name}`, () => {
    const actual = regressionMetrics(truth, predicted);
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const [key, value] of Object.entries(actual)) near(value, expected[key], key);
  });

for (const [name, { truth, predicted, average, expected }] of Object.entries(reference.labels))
  test(`classes: ${name}`, () => {
    const actual = labelMetrics(truth, predicted, average);
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const [key, value] of Object.entries(actual)) near(value, expected[key], key);
  });

for (const [name, { truth, scores, roc_auc }] of Object.entries(reference.roc_auc))
  test(`roc_auc: ${name}`, () => near(rocAuc(truth, scores), roc_auc, name));

// scikit-learn computes in the type of the probabilities, we in float64.
for (const [name, { truth, probabilities, epsilon, log_loss }] of Object.entries(reference.log_loss))
  test(`log_loss: ${name}`, () =>
    near(logLoss(truth, probabilities, epsilon), log_loss, name, epsilon > 1e-10 ? 1e-6 : 1e-12));

for (const [name, { features, values, labels, silhouette: expected }] of Object.entries(reference.silhouette))
  test(`silhouette: ${name}`, () => {
    const actual = silhouette(Float32Array.from(values), features, labels, 1);
    near(actual.silhouette, expected, name);
    assert.ok(!('silhouette_rows' in actual));
  });

test('what is not defined is null', () => {
  assert.deepEqual(regressionMetrics([], []), { r2: null, mean_absolute_error: null, mean_squared_error: null });
  assert.equal(regressionMetrics([1], [2]).r2, null);
  assert.equal(regressionMetrics([1], [2]).mean_squared_error, 1);
  assert.deepEqual(Object.values(labelMetrics([], [], 'macro')), [null, null, null, null, null]);
  assert.equal(rocAuc([1, 1, 1], [0.1, 0.2, 0.3]), null);
  assert.equal(rocAuc([], []), null);
  assert.equal(rocAuc([0, 1], [0.5, Number.NaN]), null);
  assert.equal(logLoss([], [], 1e-7), null);
  const points = Float32Array.of(0, 1, 2);
  assert.equal(silhouette(points, 1, [0, 0, 0], 1).silhouette, null);
  assert.equal(silhouette(points, 1, [0, 1, 2], 1).silhouette, null);
  assert.equal(silhouette(new Float32Array(0), 1, [], 1).silhouette, null);
});

test('above the limit a seeded sample stands for all rows, and the result says so', () => {
  const rows = SILHOUETTE_ROWS + 500;
  // Two tight clusters far apart: whatever is drawn, the silhouette is near 1.
  const values = Float32Array.from({ length: rows }, (_, row) => (row % 2) * 1000 + (row % 7));
  const labels = Uint8Array.from({ length: rows }, (_, row) => row % 2);
  const sampled = silhouette(values, 1, labels, 5);
  assert.equal(sampled.silhouette_rows, SILHOUETTE_ROWS);
  assert.ok(sampled.silhouette! > 0.99 && sampled.silhouette! < 1);
  assert.equal(silhouette(values, 1, labels, 5).silhouette, sampled.silhouette);
  assert.notEqual(silhouette(values, 1, labels, 6).silhouette, sampled.silhouette);
});

test('a silhouette can be stopped', () => {
  const values = new Float32Array(2000);
  const labels = Uint8Array.from({ length: 2000 }, (_, row) => row % 2);
  let calls = 0;
  const stop = (progress: number) => {
    assert.ok(progress >= 0 && progress <= 1);
    if (++calls === 3) throw new Error('stopped');
  };
  assert.throws(() => silhouette(values, 1, labels, 1, stop), /stopped/);
});
