import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { describeCategories, describeValues } from './statistics.js';

test('small columns by hand', () => {
  const statistics = describeValues(Float32Array.of(3, 1, Number.NaN, 2, 2, -4));
  assert.deepEqual(statistics, {
    min: -4,
    max: 3,
    max_abs: 4,
    mean: 0.8,
    median: 2,
    mode: 2,
    variance: 6.16,
    std_dev: Math.sqrt(6.16),
    missing: 1,
    distinct: 4,
    histogram: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 1],
    // Of the sorted five: -4 1 2 2 3.
    ventiles: [-4, -4, -4, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3],
  });
  assert.equal(describeValues(Float32Array.of(1, 2, 3, 4)).median, 3);
  assert.equal(describeValues(Float32Array.of(1, 2, 3, 4, 5)).mode, 3);
});

test('a column without values, and a constant one', () => {
  const empty = describeValues(Float32Array.of(Number.NaN, Number.NaN));
  assert.equal(empty.mean, null);
  assert.equal(empty.missing, 2);
  assert.deepEqual(empty.ventiles, []);
  const constant = describeValues(new Float32Array(50).fill(7));
  assert.equal(constant.variance, 0);
  assert.equal(constant.distinct, 1);
  assert.equal(constant.histogram[0], 50);
});

test('invariants: order does not matter, every value is in a bin, ventiles ascend', () => {
  const random = new RandomState(3);
  for (let round = 0; round < 50; round++) {
    const values = Float32Array.from({ length: random.integer(1, 400) }, () => Math.round(random.normal() * 20) / 4);
    const statistics = describeValues(values);
    const shuffled = values.slice();
    random.shuffle(shuffled);
    assert.deepEqual(describeValues(shuffled), statistics);
    assert.equal(
      statistics.histogram.reduce((sum, count) => sum + count, 0),
      values.length,
    );
    const marks = [statistics.min!, ...statistics.ventiles, statistics.max!];
    assert.ok(marks.every((mark, k) => k === 0 || mark >= marks[k - 1]));
    assert.equal(statistics.ventiles[9], statistics.median);
    assert.equal(statistics.distinct, new Set(values).size);
  }
});

test('categories count their training rows; NULL is always among them', () => {
  assert.deepEqual(describeCategories(Float32Array.of(1, 2, 2, 0, 2), ['a', 'b']), {
    __NULL__: { value: 0, members: 1 },
    a: { value: 1, members: 1 },
    b: { value: 2, members: 3 },
  });
});
