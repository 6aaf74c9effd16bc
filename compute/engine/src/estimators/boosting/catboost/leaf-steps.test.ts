/** The kernels that find leaves' values, against the formulas written out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { assertClose } from '../../../testing/data.js';

const ROWS = 37;
const kernels = loadKernels();
const { run } = kernels;
const random = new RandomState(3);
const place = (values: readonly number[]): number => {
  const pointer = kernels.allocate(8 * values.length);
  kernels.f64(pointer, values.length).set(values);
  return pointer;
};
const margins = Array.from({ length: ROWS }, () => 4 * random.normal());
const targets = Array.from({ length: ROWS }, (_, row) => (row % 5 === 0 ? 0.25 : row % 2));
const weights = Array.from({ length: ROWS }, () => random.double());
const order = [...random.permutation(ROWS)];
const permutation = kernels.allocate(4 * ROWS);
kernels.u32(permutation, ROWS).set(order);
const targetPointer = kernels.allocate(4 * ROWS);
kernels.f32(targetPointer, ROWS).set(targets);
const [marginPointer, weightPointer] = [place(margins), place(weights)];
const out = kernels.allocate(16);

for (const newton of [1, 0])
  for (const weighed of [true, false])
    test(`steps of a leaf: ${newton ? 'Newton' : 'gradient'}${weighed ? ', weights' : ''}`, () => {
      const room = kernels.allocate(24 * (ROWS + 1));
      for (const [from, to, steps] of [
        [0, ROWS, 1],
        [3, 20, 10],
        [3, 4, 5],
        [4, 10, 3],
        [5, 5, 2],
      ] as const) {
        let value = 0;
        for (let step = 0; step < steps; step++) {
          let [gradients, divisors] = [0, 1.5];
          for (const row of order.slice(from, to)) {
            const p = 1 / (1 + Math.exp(-margins[row] - value));
            const weight = weighed ? weights[row] : 1;
            gradients += weight * (p - targets[row]);
            divisors += weight * (newton ? p * (1 - p) : 1);
          }
          value -= gradients / divisors;
        }
        const rows = [marginPointer, targetPointer, weighed ? weightPointer : 0, permutation, from, to] as const;
        run.binomialLeaf(...rows, steps, newton, 1.5, room, out);
        assertClose(kernels.f64(out, 1), [value], 1e-12, `rows ${from} to ${to}`);
      }
    });

test('sums of derivatives go on from what is there', () => {
  const pairs = kernels.allocate(8 * ROWS);
  const pair = kernels.f32(pairs, 2 * ROWS).map((_, index) => Math.fround(index / 7));
  kernels.f32(pairs, 2 * ROWS).set(pair);
  const sumOf = (of: (row: number) => number): number => order.slice(2, 30).reduce((sum, row) => sum + of(row), 0);
  for (const [newton, weightsAt, divisorOf] of [
    [1, weightPointer, (row: number) => pair[2 * row + 1]],
    [0, weightPointer, (row: number) => weights[row]],
    [0, 0, () => 1],
  ] as const) {
    kernels.f64(out, 2).set([10, 20]);
    run.addDerivatives(pairs, weightsAt, permutation, 2, 30, newton, out);
    assertClose(kernels.f64(out, 2), [10 + sumOf((row) => pair[2 * row]), 20 + sumOf(divisorOf)], 1e-14);
  }
});

test('sums below a limit', () => {
  run.sumBelow(weightPointer, ROWS, weights[4], out);
  const below = weights.filter((weight) => weight < weights[4]);
  const sum = below.reduce((a, b) => a + b, 0);
  assert.deepEqual([...kernels.f64(out, 2)], [sum, ROWS - below.length]);
});
