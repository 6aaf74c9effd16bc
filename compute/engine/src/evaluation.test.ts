import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Decision, exp, loadKernels, RandomState, writeBlock } from '@pgml/kernels';
import { measure } from './evaluation.js';
import { FLOAT32_EPSILON, labelMetrics, logLoss, rocAuc } from './metrics/classification.js';
import { regressionMetrics } from './metrics/regression.js';

// More rows than are evaluated between two checkpoints, and not a multiple of them.
const ROWS = 20_001;
const kernels = loadKernels();
const random = new RandomState(9);
const pointer = kernels.allocate(ROWS * 4);
const values = kernels.f32(pointer, ROWS);
for (let row = 0; row < ROWS; row++) values[row] = Math.round(random.normal() * 50) / 16;
const noisy = Float32Array.from(values, (value) => (value + random.normal() > 0 ? 1 : 0));

/** A linear model over one feature whose scores are weight * value. */
function scored(decision: Decision, weights: readonly number[], classes: readonly number[], truth: Float32Array) {
  const block = writeBlock({
    kind: 'linear',
    features: 1,
    outputs: weights.length,
    decision,
    classValues: classes,
    words: [Float64Array.from(weights), new Float64Array(weights.length)],
  });
  const before = kernels.mark();
  const task = decision === 'value' ? 'regression' : 'classification';
  const test = { pointer, rows: ROWS, features: 1, truth, classes };
  const metrics = measure(kernels, task, block, test, 0, () => {});
  assert.equal(kernels.mark(), before);
  return metrics;
}

const positive = Uint8Array.from(values, (value) => (value > 0 ? 1 : 0));

test('regression', () => {
  const truth = values.map((value) => value * 3 + 1);
  const expected = regressionMetrics(
    truth,
    values.map((value) => value * 2),
  );
  assert.deepEqual(scored('value', [2], [], truth), { ...expected });
});

test('a model that answers NaN has no metrics', () => {
  assert.deepEqual(Object.values(scored('value', [Number.NaN], [], values)), [null, null, null]);
  const { roc_auc, log_loss, accuracy } = scored('logistic', [Number.NaN], [0, 1], noisy);
  assert.deepEqual([roc_auc, log_loss], [null, null]);
  assert.ok(accuracy! > 0 && accuracy! < 1);
});

test('two classes with probabilities: of one score, and of two', () => {
  const p = Float32Array.from(values, (value) => 1 / (1 + exp(-value)));
  const expected = {
    roc_auc: rocAuc(noisy, p),
    log_loss: logLoss(noisy, p, FLOAT32_EPSILON),
    ...labelMetrics(noisy, positive, 'binary'),
  };
  // Class values are answers; the metrics are about classes.
  assert.deepEqual(scored('logistic', [1], [-3.5, 0.1], noisy), expected);
  const { log_loss, ...others } = scored('softmax', [0, 1], [7, 8], noisy);
  assert.ok(Math.abs(log_loss! - expected.log_loss!) < 1e-6);
  assert.ok(Math.abs(others.roc_auc! - expected.roc_auc!) < 1e-6);
  assert.equal(others.f1, expected.f1);
});

test('two classes without probabilities: the order of the scores gives roc_auc, log_loss is not defined', () => {
  const metrics = scored('largest', [-1, 1], [0, 1], noisy);
  assert.equal(metrics.roc_auc, rocAuc(noisy, values));
  assert.equal(metrics.log_loss, null);
  assert.equal(metrics.accuracy, labelMetrics(noisy, positive, 'binary').accuracy);
});

test('a third class among the test rows alone makes the metrics those of many classes', () => {
  const truth = noisy.slice();
  truth[5] = 2;
  const metrics = scored('logistic', [1], [0, 1], truth);
  assert.deepEqual(metrics, { ...labelMetrics(truth, positive, 'macro') });
});

test('without test rows nothing is defined', () => {
  const block = writeBlock({
    kind: 'linear',
    features: 1,
    outputs: 1,
    decision: 'logistic',
    classValues: [0, 1],
    words: [new Float64Array(1), new Float64Array(1)],
  });
  const none = { pointer, rows: 0, features: 1, truth: new Float32Array(0), classes: [0, 1] };
  const metrics = measure(kernels, 'classification', block, none, 0, () => {});
  assert.ok(Object.values(metrics).every((value) => value === null));
  assert.equal(Object.keys(metrics).length, 7);
});
