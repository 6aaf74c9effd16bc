import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { fitContext } from '../testing/data.js';
import { type Metric, metrics, NeighbourSearch } from './kd-tree.js';

const kernels = loadKernels();

/** The definition. */
function distance(metric: Metric, p: number, one: Float32Array, other: Float32Array): number {
  const differences = Array.from(one, (value, f) => Math.abs(value - other[f]));
  const sum = (power: number) => differences.reduce((total, value) => total + value ** power, 0);
  const product = (a: Float32Array, b: Float32Array) => a.reduce((total, value, f) => total + value * b[f], 0);
  if (metric === 'cosine') return 1 - product(one, other) / Math.sqrt(product(one, one) * product(other, other));
  if (metric === 'chebyshev') return Math.max(...differences);
  const power = metric === 'euclidean' ? 2 : metric === 'manhattan' ? 1 : p;
  return sum(power) ** (1 / power);
}

/** Random rows of which some are equal and many equally far, and what is known of them. */
function sample(random: RandomState, rows: number, features: number) {
  const few = random.double() < 0.5;
  const values = Float32Array.from({ length: rows * features }, () =>
    few ? 1 + random.integer(0, 3) : random.normal(),
  );
  return { values, row: (index: number) => values.subarray(index * features, (index + 1) * features) };
}

for (const metric of Object.keys(metrics) as Metric[])
  test(`${metric}: nearest rows and rows within a radius, as by looking at all of them`, () => {
    const random = new RandomState(metrics[metric]);
    for (const [rows, features] of [
      [1, 1],
      [2, 3],
      [47, 1],
      [120, 2],
      [400, 3],
      [700, 5],
      [90, 45],
    ] as const) {
      const mark = kernels.mark();
      const { values, row } = sample(random, rows, features);
      const radius = 1.5;
      const p = 3;
      const context = fitContext(kernels);
      const search = new NeighbourSearch(values, features, { metric, p }, context);
      const limited = new NeighbourSearch(values, features, { metric, p, radius }, context);
      const k = Math.min(7, rows);
      const found = search.nearest(k, false, [0, 1]);
      const others = limited.nearest(k, true, [0, 1]);
      const counts = limited.counts(rows, [0, 1]);
      for (let asked = 0; asked < rows; asked += Math.ceil(rows / 40)) {
        const all = Array.from({ length: rows }, (_, number) => ({
          number,
          distance: distance(metric, p, row(asked), row(number)),
        }));
        // Rows as far as the last one found, but for rounding, may take its place.
        const sorted = all.toSorted((a, b) => a.distance - b.distance);
        const told = Array.from(found.subarray(2 * k * asked, 2 * k * asked + k));
        told.forEach((value, i) => assert.ok(Math.abs(value - sorted[i].distance) < 1e-9, `${metric} ${value}`));
        const numbers = Array.from(found.subarray(2 * k * asked + k, 2 * k * (asked + 1)));
        assert.equal(new Set(numbers).size, k);
        numbers.forEach((number, i) => {
          assert.ok(Math.abs(all[number].distance - told[i]) < 1e-9);
          // Minkowski distances are equal after a root that reduced distances differ before.
          if (metric !== 'minkowski' && i > 0 && told[i] === told[i - 1])
            assert.ok(numbers[i - 1] < number, 'equals by number');
        });
        const near = all.filter((one) => one.distance <= radius + 1e-12).map(({ number }) => number);
        assert.deepEqual(
          [...limited.within(asked)].sort((a, b) => a - b),
          near,
        );
        assert.equal(counts[asked], near.length);
        const withoutItself = Array.from(others.subarray(2 * k * asked + k, 2 * k * (asked + 1))).filter((n) => n >= 0);
        assert.equal(withoutItself.length, Math.min(k, near.length - 1));
        assert.ok(!withoutItself.includes(asked));
      }
      kernels.release(mark);
    }
  });
