import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { heldOutScores } from './held-out-scores.js';
import { fitSigmoid } from './platt.js';

/** Cross-entropy by the definition. */
function loss(scores: Float64Array, isFirst: readonly boolean[], slope: number, offset: number): number {
  const first = isFirst.filter(Boolean).length;
  const second = scores.length - first;
  return scores.reduce((sum, score, i) => {
    const target = isFirst[i] ? (first + 1) / (first + 2) : 1 / (second + 2);
    const p = 1 / (1 + Math.exp(slope * score + offset));
    return sum - target * Math.log(p) - (1 - target) * Math.log(1 - p);
  }, 0);
}

test('the sigmoid has the least cross-entropy', () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = new RandomState(seed);
    const isFirst = Array.from({ length: 60 }, () => random.double() < 0.3);
    const scores = Float64Array.from(isFirst, (own) => (own ? 0.7 : -0.5) + random.normal());
    const { slope, offset } = fitSigmoid(scores, isFirst);
    const least = loss(scores, isFirst, slope, offset);
    assert.ok(slope < 0, 'higher scores are likelier of the first class');
    for (const [a, b] of [
      [1e-3, 0],
      [-1e-3, 0],
      [0, 1e-3],
      [0, -1e-3],
    ])
      assert.ok(loss(scores, isFirst, slope + a, offset + b) > least);
  }
});

test('the sigmoid of separated classes stays finite', () => {
  const { slope, offset } = fitSigmoid(Float64Array.of(-2, -1, 1, 2), [false, false, true, true]);
  assert.ok(Number.isFinite(slope) && Number.isFinite(offset) && slope < 0);
});

test('each row is scored once, by what was trained on all rows of other folds', () => {
  const first = Int32Array.from({ length: 13 }, (_, i) => 3 * i);
  const second = Int32Array.from({ length: 9 }, (_, i) => 3 * i + 1);
  const asked: number[] = [];
  const seeds: number[] = [];
  const scores = heldOutScores(
    { first, second },
    () => new RandomState(5),
    (classes, rows, fold) => {
      seeds.push(fold);
      asked.push(...rows);
      const known = new Set([...classes.first, ...classes.second, ...rows]);
      assert.equal(known.size, 22);
      assert.equal(classes.first.length + classes.second.length + rows.length, 22);
      assert.ok(
        classes.first.every((row) => first.includes(row)) && classes.second.every((row) => second.includes(row)),
      );
      return Float64Array.from(rows);
    },
  );
  assert.deepEqual(seeds, [0, 1, 2, 3, 4]);
  assert.equal(new Set(asked).size, 22);
  assert.deepEqual([...scores], [...first, ...second]);
});

test('a fold without rows of one class says what is left', () => {
  const only = (first: number[], second: number[]) =>
    heldOutScores(
      { first: Int32Array.from(first), second: Int32Array.from(second) },
      () => new RandomState(0),
      () => assert.fail('trained on one class'),
    );
  assert.deepEqual([...only([4, 5, 6, 7, 8], [])], [1, 1, 1, 1, 1]);
  assert.deepEqual([...only([], [1, 2])].sort(), [-1, -1]);
});
