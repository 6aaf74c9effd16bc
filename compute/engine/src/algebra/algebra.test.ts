import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { fitContext, trainingData } from '../testing/data.js';
import { Cholesky } from './cholesky.js';
import { mean, moments } from './columns.js';
import { gramMatrix } from './gram.js';
import { makeSafeReflection, norm } from './householder.js';
import { leastSquares } from './least-squares.js';
import { nonNegativeLeastSquares } from './non-negative.js';

const kernels = loadKernels();
const context = fitContext(kernels);
const normals = (random: RandomState, count: number) => Float64Array.from({ length: count }, () => random.normal());
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);

test('moments: large values with small differences, constants', () => {
  assert.equal(mean(Float32Array.of(0.1, 0.1, 0.1)), Math.fround(0.1));
  const mark = kernels.mark();
  const data = trainingData(kernels, [
    [16777214, 16777215, 16777216],
    [7.3, 7.3, 7.3],
  ]);
  const { means, deviations } = moments(data, context);
  assert.deepEqual([...means], [16777215, Math.fround(7.3)]);
  assert.deepEqual([...deviations], [Math.sqrt(2 / 3), 0]);
  kernels.release(mark);
});

test('gramMatrix: all pairs, with and without the target, over many blocks', () => {
  const random = new RandomState(1);
  for (const [rows, features] of [
    [1, 1],
    [70, 2],
    [300_000, 3],
  ] as const) {
    const mark = kernels.mark();
    const columns = Array.from({ length: features }, () => Float32Array.from(normals(random, rows)));
    const target = Float32Array.from(normals(random, rows));
    const data = trainingData(kernels, columns, target);
    const shifts = normals(random, features);
    const scales = normals(random, features);
    const { count, products } = gramMatrix(data, { shifts, scales, target: { shift: 2 } }, context);
    assert.equal(count, features + 1);
    const shifted = columns.map((column, j) => Float64Array.from(column, (x) => (x - shifts[j]) * scales[j]));
    shifted.push(Float64Array.from(target, (y) => y - 2));
    for (let a = 0; a < count; a++)
      for (let b = 0; b < count; b++) {
        const expected = dot(shifted[a], shifted[b]);
        const scale = norm(shifted[a]) * norm(shifted[b]);
        assert.ok(Math.abs(products[a * count + b] - expected) <= 1e-13 * scale);
      }
    assert.equal(gramMatrix(data, { shifts, scales }, context).products.length, features * features);
    kernels.release(mark);
  }
});

test('Cholesky: solves, and refuses what is dependent or not positive definite', () => {
  const random = new RandomState(2);
  for (const size of [1, 2, 7, 30]) {
    const columns = Array.from({ length: size }, () => normals(random, size + 5));
    const matrix = Float64Array.from({ length: size * size }, (_, i) =>
      dot(columns[Math.floor(i / size)], columns[i % size]),
    );
    const solution = normals(random, size);
    const vector = solution.map((_, i) => dot(matrix.subarray(i * size, (i + 1) * size), solution));
    Cholesky.factor(matrix, size)!.solve(vector);
    for (const [i, value] of solution.entries()) assert.ok(Math.abs(vector[i] - value) < 1e-9);
  }
  // The second pivot is 1 - 0.6² of its diagonal element.
  assert.ok(Cholesky.factor(Float64Array.of(1, 0.6, 0.6, 1), 2, { tolerance: 0.63 }));
  assert.equal(Cholesky.factor(Float64Array.of(1, 0.6, 0.6, 1), 2, { tolerance: 0.65 }), undefined);
  for (const bad of [
    [0, 0, 0, 1],
    [1, 2, 2, 1],
    [1, 1, 1, 1],
    [Number.NaN, 0, 0, 1],
  ])
    assert.equal(Cholesky.factor(Float64Array.from(bad), 2), undefined);
});

test('Householder: keeps lengths, makes zeros; huge and tiny columns', () => {
  const random = new RandomState(3);
  for (const unit of [1, 1e-200, 1e150]) {
    const column = normals(random, 8).map((value) => value * unit);
    const before = norm(column);
    const v = column.slice();
    const { factor, head } = makeSafeReflection(v);
    assert.equal(v[0], 1);
    assert.ok(Math.abs(Math.abs(head) - before) <= 1e-14 * before);
    const along = dot(v, column) * factor;
    for (let i = 0; i < 8; i++) {
      const reflected = column[i] - along * v[i];
      assert.ok(Math.abs(reflected - (i === 0 ? head : 0)) <= 1e-14 * before);
    }
  }
  assert.deepEqual(makeSafeReflection(new Float64Array(3)), { factor: 0, head: 0 });
  assert.deepEqual(makeSafeReflection(Float64Array.of(-5)), { factor: 0, head: -5 });
});

test('leastSquares: of all that fit best, the shortest', () => {
  const random = new RandomState(4);
  for (const [rows, rank, unknowns] of [
    [2000, 3, 5],
    [900, 4, 4],
    [5, 5, 9],
    [40, 2, 60],
    [1, 1, 3],
  ] as const) {
    // A = L R with inner dimension `rank`; entries are small integers, so that the rank is exact.
    const left = Array.from({ length: rows }, () => random.integers(-3, 4, rank));
    const right = Array.from({ length: rank }, () => random.integers(-3, 4, unknowns));
    const matrix = left.map((row) =>
      Float64Array.from({ length: unknowns }, (_, j) => row.reduce((sum, value, k) => sum + value * right[k][j], 0)),
    );
    const b = normals(random, rows);
    const problem = {
      rows,
      unknowns,
      value: (unknown: number, row: number) => matrix[row][unknown],
      rightSide: (row: number) => b[row],
    };
    const solution = leastSquares(problem, context);
    assert.equal(solution.rank, rank, `${rows} × ${unknowns}`);
    const x = solution.coefficients;
    const residual = b.map((value, row) => value - dot(matrix[row], x));
    for (let j = 0; j < unknowns; j++) {
      const slope = residual.reduce((sum, value, row) => sum + value * matrix[row][j], 0);
      assert.ok(Math.abs(slope) < 1e-10 * rows, `slope ${slope}`);
    }
    // The shortest solution is orthogonal to the null space: to what is left of unit vectors beside the row space.
    const rowSpace = { rows: unknowns, unknowns: rank, value: (k: number, j: number) => right[k][j] };
    const projection = leastSquares({ ...rowSpace, rightSide: (j) => x[j] }, context).coefficients;
    for (let j = 0; j < unknowns; j++) {
      const inRowSpace = projection.reduce((sum, value, k) => sum + value * right[k][j], 0);
      assert.ok(Math.abs(inRowSpace - x[j]) < 1e-11, `${rows} × ${unknowns}: ${inRowSpace}, ${x[j]}`);
    }
  }
});

test('leastSquares: columns of very different scale are told apart from dependent ones', () => {
  const random = new RandomState(5);
  const unit = [1e-12, 1, 1e12];
  const matrix = Array.from({ length: 30 }, () => normals(random, 3).map((value, j) => value * unit[j]));
  const { coefficients, rank } = leastSquares(
    {
      rows: 30,
      unknowns: 3,
      value: (unknown, row) => matrix[row][unknown],
      rightSide: (row) => matrix[row].reduce((sum, value, j) => sum + value / unit[j], 0),
    },
    context,
  );
  assert.equal(rank, 3);
  for (const [j, value] of coefficients.entries()) assert.ok(Math.abs(value * unit[j] - 1) < 1e-12);
});

test('nonNegativeLeastSquares: as trying every set of positive coefficients', () => {
  const random = new RandomState(6);
  for (let round = 0; round < 200; round++) {
    const size = random.integer(1, 6);
    const columns = Array.from({ length: size }, () => normals(random, 8));
    const b = normals(random, 8);
    const products = Float64Array.from({ length: size * size }, (_, i) =>
      dot(columns[Math.floor(i / size)], columns[i % size]),
    );
    const rightSide = Float64Array.from(columns, (column) => dot(column, b));
    const error = (x: Float64Array) =>
      norm(b.map((value, row) => value - columns.reduce((sum, column, j) => sum + column[row] * x[j], 0)));
    let best = norm(b);
    for (let set = 1; set < 2 ** size; set++) {
      const chosen = columns.map((_, j) => j).filter((j) => set & (1 << j));
      const part = Float64Array.from(chosen.flatMap((j) => chosen.map((k) => products[j * size + k])));
      const own = Float64Array.from(chosen, (j) => rightSide[j]);
      Cholesky.factor(part, chosen.length)!.solve(own);
      if (own.some((value) => value < 0)) continue;
      const x = new Float64Array(size);
      for (const [i, j] of chosen.entries()) x[j] = own[i]!;
      best = Math.min(best, error(x));
    }
    const solution = nonNegativeLeastSquares(products, rightSide, size, context);
    assert.ok(solution.every((value) => value >= 0));
    assert.ok(Math.abs(error(solution) - best) < 1e-9, `round ${round}: ${error(solution)}, ${best}`);
  }
});
