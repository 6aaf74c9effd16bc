import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { trainingData } from '../testing/data.js';
import { withSortedColumn } from './sorted-column.js';

test('sorts as typed arrays do, without missing values and with one zero', () => {
  const kernels = loadKernels();
  for (let seed = 0; seed < 30; seed++) {
    const random = new RandomState(seed);
    const rows = random.integer(1, 400);
    const specials = [0, -0, Infinity, -Infinity, Number.NaN, 1e-45, -1e-45, 3.4e38];
    const column = Float32Array.from({ length: rows }, () =>
      random.double() < 0.3 ? specials[random.integer(0, 8)] : random.normal() * 10 ** random.integer(-30, 30),
    );
    const data = trainingData(kernels, [column]);
    const expected = (values: Float32Array) =>
      Array.from(values.slice().sort(), (value) => value + 0).filter((value) => !Number.isNaN(value));
    withSortedColumn(data, 0, undefined, kernels, (values, all) => {
      assert.equal(all, rows);
      assert.deepEqual([...values], expected(column));
    });
    const sample = random.choice(rows, Math.ceil(rows / 2));
    withSortedColumn(data, 0, sample, kernels, (values) => {
      assert.deepEqual([...values], expected(Float32Array.from(sample, (row) => column[row])));
    });
  }
});
