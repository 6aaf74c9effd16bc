import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState, writeBlock } from '@pgml/kernels';
import { permutationImportance } from './permutation.js';

const kernels = loadKernels();
const ROWS = 500;

function testPart(truth: (row: Float32Array) => number) {
  const random = new RandomState(1);
  const pointer = kernels.allocate(4 * 3 * ROWS);
  const values = kernels.f32(pointer, 3 * ROWS);
  for (let i = 0; i < values.length; i++) values[i] = random.normal();
  const answers = Float32Array.from({ length: ROWS }, (_, row) => truth(values.subarray(3 * row, 3 * row + 3)));
  return { pointer, rows: ROWS, features: 3, truth: answers, classes: [0, 1] };
}

const linear = (weights: readonly number[], decision: 'value' | 'logistic') =>
  writeBlock({
    kind: 'linear',
    features: 3,
    outputs: 1,
    decision,
    classValues: decision === 'value' ? [] : [0, 1],
    words: [Float64Array.from(weights), Float64Array.of(0)],
  });

test('a regression that leans on features as 2 : 1 : 0 loses twice the product of variance and squared weight', () => {
  const part = testPart(([a, b]) => 2 * a + b);
  const given = kernels.f32(part.pointer, 3 * ROWS).slice();
  const importance = permutationImportance(kernels, 'regression', linear([2, 1, 0], 'value'), part, 3, () => {})!;
  // r² falls by 2 w² / (sum of w²).
  assert.ok(Math.abs(importance[0] - 8 / 5) < 0.15, `${importance[0]}`);
  assert.ok(Math.abs(importance[1] - 2 / 5) < 0.1, `${importance[1]}`);
  assert.equal(importance[2], 0);
  assert.deepEqual(kernels.f32(part.pointer, 3 * ROWS), given);
});

test('a classification without use for a feature does not lose by it', () => {
  const part = testPart(([a]) => Number(a > 0));
  const importance = permutationImportance(
    kernels,
    'classification',
    linear([1, 0, 0], 'logistic'),
    part,
    3,
    () => {},
  )!;
  assert.ok(importance[0] > 0.4 && importance[0] < 0.6);
  assert.deepEqual([...importance.subarray(1)], [0, 0]);
});

test('too few rows, or nothing to compare with, give none', () => {
  const part = testPart(([a]) => a);
  const block = linear([1, 0, 0], 'value');
  assert.equal(
    permutationImportance(kernels, 'clustering', block, part, 3, () => {}),
    undefined,
  );
  const few = { ...part, rows: 10, truth: part.truth.subarray(0, 10) };
  assert.equal(
    permutationImportance(kernels, 'regression', block, few, 3, () => {}),
    undefined,
  );
});
