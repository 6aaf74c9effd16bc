// Dense algebra in kernel memory, against plain loops, at sizes on both sides of tiles and blocks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { backwardsTeam, fitContext } from '../testing/data.js';
import { distance, hilbert, plainMatrix, plainProduct, plainTransposed, randomMatrix } from '../testing/matrices.js';
import { BlockedCholesky } from './blocked-cholesky.js';
import { Cholesky } from './cholesky.js';
import { allocateMatrix, numbersOf, part, placeMatrix, transposed } from './matrix.js';
import { multiply, multiplyByTransposed } from './product.js';

const kernels = loadKernels();
const context = fitContext(kernels);

const place = ({ numbers, rows, columns }: { numbers: Float64Array; rows: number; columns: number }) =>
  placeMatrix(kernels, numbers, rows, columns);

test('multiply: with both factors as they are or transposed, the result too', () => {
  for (const [m, n, k] of [
    [1, 1, 1],
    [3, 5, 2],
    [4, 4, 4],
    [7, 9, 0],
    [129, 258, 30],
    [20, 30, 300],
    [5, 3, 4100],
  ] as const) {
    const mark = kernels.mark();
    const a = randomMatrix(1, m, k);
    const b = randomMatrix(2, k, n);
    const expected = plainProduct(a, b).numbers;
    const factorsA = [place(a), transposed(place(plainTransposed(a)))];
    const factorsB = [place(b), transposed(place(plainTransposed(b)))];
    for (const factorA of factorsA)
      for (const factorB of factorsB)
        for (const c of [allocateMatrix(kernels, m, n), transposed(allocateMatrix(kernels, n, m))]) {
          multiply(context, factorA, factorB, c);
          assert.ok(distance(numbersOf(kernels, c), expected) < 1e-13, `${m} × ${n} over ${k}`);
          multiply(context, factorA, factorB, c, { scale: -3, add: true });
          const thrice = expected.map((value) => -2 * value);
          assert.ok(distance(numbersOf(kernels, c), thrice) < 1e-13);
        }
    kernels.release(mark);
  }
});

test('multiply: parts of larger matrices, and nothing beside them is touched; the same bytes from any team', () => {
  const mark = kernels.mark();
  const whole = place(randomMatrix(3, 150, 300));
  const c = place(plainMatrix(140, 270, () => 7));
  multiply(context, part(whole, 1, 2, 130, 20), part(whole, 3, 4, 20, 260), part(c, 5, 6, 130, 260));
  const numbers = numbersOf(kernels, c);
  for (let i = 0; i < 140; i++)
    for (let j = 0; j < 270; j++) {
      const inside = i >= 5 && i < 135 && j >= 6 && j < 266;
      assert.equal(numbers[i * 270 + j] === 7, !inside, `${i}, ${j}`);
    }
  const again = place(plainMatrix(140, 270, () => 7));
  const team = fitContext(kernels, { team: backwardsTeam(kernels) });
  multiply(team, part(whole, 1, 2, 130, 20), part(whole, 3, 4, 20, 260), part(again, 5, 6, 130, 260));
  assert.deepEqual(numbersOf(kernels, again), numbers);
  const products = allocateMatrix(kernels, 150, 150);
  multiplyByTransposed(context, whole, products, { scale: 0.5 });
  const plain = { rows: 150, columns: 300, numbers: numbersOf(kernels, whole) };
  const expected = plainProduct(plain, plainTransposed(plain)).numbers.map((value) => value / 2);
  assert.ok(distance(numbersOf(kernels, products), expected) < 1e-14);
  assert.throws(() => multiply(context, whole, whole, products), RangeError);
  kernels.release(mark);
});

test('BlockedCholesky: factors, solves, inverts, as the plain one does', () => {
  for (const size of [1, 2, 5, 64, 65, 200]) {
    const mark = kernels.mark();
    const half = randomMatrix(size, size, size + 10);
    const { numbers } = plainProduct(half, plainTransposed(half));
    const plain = Cholesky.factor(numbers, size)!;
    const factor = BlockedCholesky.factor(context, placeMatrix(kernels, numbers, size, size))!;
    assert.ok(Math.abs(factor.logDeterminant() - plain.logDeterminant()) < 1e-10 * size);
    const rows = randomMatrix(7, 9, size);
    const placed = place(rows);
    factor.solveRows(placed);
    const solved = plainProduct({ ...rows, numbers: numbersOf(kernels, placed) }, { ...half, columns: size, numbers });
    assert.ok(distance(solved.numbers, rows.numbers) < 1e-10, `${size}`);
    assert.ok(distance(numbersOf(kernels, factor.inverse()), plain.inverse()) < 1e-10, `${size}`);
    const unit = plainProduct(
      { rows: size, columns: size, numbers },
      { rows: size, columns: size, numbers: plain.inverse() },
    );
    assert.ok(distance(unit.numbers, plainMatrix(size, size, (i, j) => Number(i === j)).numbers) < 1e-9);
    kernels.release(mark);
  }
});

test('logDeterminant: of known determinants', () => {
  const mark = kernels.mark();
  // 4 · 3 - 2 · 2.
  assert.ok(Math.abs(Cholesky.factor(Float64Array.of(4, 2, 2, 3), 2)!.logDeterminant() - Math.log(8)) < 1e-15);
  // n + 1, for second differences.
  const differences = plainMatrix(99, 99, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
  const factor = BlockedCholesky.factor(context, place(differences))!;
  assert.ok(Math.abs(factor.logDeterminant() - Math.log(100)) < 1e-13);
  kernels.release(mark);
});

test('BlockedCholesky: what is not positive definite, or not by the tolerance, is refused at the row where it shows', () => {
  const mark = kernels.mark();
  const size = 130;
  for (const bad of [0, 63, 64, 129]) {
    const matrix = plainMatrix(size, size, (i, j) => (i === j ? (i === bad ? -1 : 2) : 0.001));
    assert.equal(BlockedCholesky.factor(context, place(matrix)), undefined);
    const nan = plainMatrix(size, size, (i, j) => (i === j ? (i === bad ? Number.NaN : 2) : 0.001));
    assert.equal(BlockedCholesky.factor(context, place(nan)), undefined);
  }
  assert.ok(BlockedCholesky.factor(context, placeMatrix(kernels, [1, 0.6, 0.6, 1], 2, 2), 0.63));
  assert.equal(BlockedCholesky.factor(context, placeMatrix(kernels, [1, 0.6, 0.6, 1], 2, 2), 0.65), undefined);
  const hard = hilbert(12);
  const lower = place(hard);
  assert.ok(BlockedCholesky.factor(context, lower));
  const l = numbersOf(kernels, lower).map((value, i) => (i % 12 > Math.floor(i / 12) ? 0 : value));
  const product = plainProduct({ ...hard, numbers: l }, plainTransposed({ ...hard, numbers: l }));
  assert.ok(distance(product.numbers, hard.numbers) < 1e-15);
  kernels.release(mark);
});
