import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '../../load.js';
import { RandomState } from '../../random.js';
import { chooseSecond, type KernelFunction, kernelValue, moveAndChooseFirst } from './support-vectors.js';

const kernels = loadKernels();
const { run } = kernels;

function place(values: Float64Array | Float32Array): number {
  const pointer = kernels.allocate(values.byteLength);
  kernels.u8(pointer, values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return pointer;
}

const functions: readonly KernelFunction[] = [
  { kind: 0, gamma: 1, coef0: 0, degree: 0 },
  { kind: 1, gamma: 0.3, coef0: 0.5, degree: 0 },
  { kind: 1, gamma: 0.3, coef0: -0.5, degree: 5 },
  { kind: 2, gamma: 0.2, coef0: 0, degree: 0 },
  { kind: 2, gamma: 300, coef0: 0, degree: 0 },
  { kind: 3, gamma: 0.1, coef0: 0.2, degree: 0 },
];

for (const [index, description] of functions.entries())
  test(`kernelTiles: kind ${description.kind}, degree ${description.degree}, gamma ${description.gamma}`, () => {
    const random = new RandomState(index);
    const { kind, gamma, coef0, degree } = description;
    for (const [tiles, features] of [
      [1, 1],
      [2, 3],
      [3, 28],
    ]) {
      const mark = kernels.mark();
      const rows = Array.from({ length: 16 * tiles }, () =>
        Float64Array.from({ length: features }, () => Math.fround(random.normal())),
      );
      const tiled = new Float32Array(16 * tiles * features);
      for (const [r, row] of rows.entries())
        for (const [f, value] of row.entries()) tiled[(Math.floor(r / 16) * features + f) * 16 + (r % 16)] = value;
      const squares = Float64Array.from(rows, (row) => row.reduce((sum, value) => sum + value * value, 0));
      const own = random.integer(0, rows.length);
      const out = kernels.allocate(4 * rows.length);
      const pointers = [place(tiled), features, 0, tiles, place(rows[own])] as const;
      const last = [squares[own], place(squares), kernels.allocate(128), out] as const;
      run.kernelTiles(kind, gamma, coef0, degree, ...pointers, ...last);
      const actual = kernels.f32(out, rows.length);
      for (const [r, row] of rows.entries()) {
        const expected = kernelValue(description, rows[own], row);
        assert.ok(Math.abs(actual[r] - expected) <= 1e-7 * Math.max(1, Math.abs(expected)), `${actual[r]} ${expected}`);
      }
      if (kind === 2) assert.equal(actual[own], 1);
      kernels.release(mark);
    }
  });

test('chooseSecond and moveAndChooseFirst: the twin, ties and fixed variables included', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new RandomState(seed);
    const mark = kernels.mark();
    const count = 2 * random.integer(1, 20);
    // Few different values, so that there are ties.
    const few = () => Float64Array.from({ length: count }, () => random.integer(-3, 4) / 2);
    const some = (other: number) =>
      Float64Array.from({ length: count }, () => (random.integer(0, 3) === 0 ? other : 0));
    const gradient = few();
    const diagonal = few().map(Math.abs);
    const [kernelI, kernelJ] = [Float32Array.from(few()), Float32Array.from(few())];
    const [low, high] = [some(-Infinity), some(Infinity)];
    const slope = random.integer(-3, 3) / 2;
    const out = kernels.allocate(24);
    const gradientAt = place(gradient);
    const iAt = place(kernelI);

    run.chooseSecond(gradientAt, place(low), place(diagonal), iAt, count, slope, 1, out);
    assert.deepEqual([...kernels.f64(out, 3)], chooseSecond(gradient, low, diagonal, kernelI, slope, 1));

    run.moveAndChooseFirst(gradientAt, place(high), iAt, place(kernelJ), count, 0.5, -1.25, out);
    const expected = moveAndChooseFirst(gradient, high, kernelI, kernelJ, 0.5, -1.25);
    assert.equal(kernels.f64(out, 1)[0], expected[0]);
    if (expected[1] >= 0) assert.equal(kernels.f64(out, 2)[1], expected[1]);
    assert.deepEqual(kernels.f64(gradientAt, count), gradient);
    kernels.release(mark);
  }
});
