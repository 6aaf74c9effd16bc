// The kernels of dense algebra beside their twins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '../../load.js';
import { RandomState } from '../../random.js';
import {
  addRows,
  factorLower,
  matrixVector,
  multiplyTile,
  orthogonalizeRows,
  reflectRows,
  rotateRows,
  type Rows,
  solveLowerRows,
  solveUpperRows,
} from './algebra.js';

const kernels = loadKernels();
const { run } = kernels;

const randomRows = (random: RandomState, rows: number, columns: number): Float64Array[] =>
  Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => random.normal()));

const copy = (rows: Rows) => rows.map((row) => row.slice());

/** Rows in kernel memory, with 7 numbers between one and the next that must stay as they are. */
class Placed {
  readonly pointer: number;
  readonly stride: number;
  readonly #rows: number;
  readonly #columns: number;

  constructor(rows: Rows, columns = rows[0]?.length ?? 0) {
    this.#rows = rows.length;
    this.#columns = columns;
    this.stride = 8 * (columns + 7);
    this.pointer = kernels.allocate(Math.max(1, rows.length) * this.stride);
    kernels.f64(this.pointer, (rows.length * this.stride) / 8).fill(77);
    for (const [i, row] of rows.entries()) kernels.f64(this.pointer + i * this.stride, columns).set(row);
  }

  rows(): Float64Array[] {
    return Array.from({ length: this.#rows }, (_, i) => {
      const line = kernels.f64(this.pointer + i * this.stride, this.#columns + 7);
      assert.ok(line.subarray(this.#columns).every((value) => value === 77));
      return line.slice(0, this.#columns);
    });
  }
}

function place(numbers: ArrayLike<number>): number {
  const pointer = kernels.allocate(8 * numbers.length);
  kernels.f64(pointer, numbers.length).set(numbers);
  return pointer;
}

function assertClose(actual: Rows, expected: Rows, what: string, tolerance = 1e-13): void {
  assert.equal(actual.length, expected.length);
  const largest = expected.reduce((most, row) => row.reduce((a, b) => Math.max(a, Math.abs(b)), most), 1);
  for (const [i, row] of expected.entries())
    for (const [j, value] of row.entries())
      assert.ok(Math.abs(actual[i][j] - value) <= tolerance * largest, `${what} ${i}, ${j}: ${actual[i][j]}, ${value}`);
}

const SIZES = [1, 2, 3, 4, 5, 8, 13, 64];

function forSizes(body: (random: RandomState, rows: number, columns: number) => void): void {
  for (const rows of SIZES)
    for (const columns of SIZES) {
      const mark = kernels.mark();
      body(new RandomState(100 * rows + columns), rows, columns);
      kernels.release(mark);
    }
}

test('multiplyTile: factors by rows and by columns, added or not', () => {
  forSizes((random, rows, columns) => {
    for (const depth of [0, 1, 6, 255, 257]) {
      const a = randomRows(random, rows, depth);
      const b = randomRows(random, depth, columns);
      const c = randomRows(random, rows, columns);
      const placed = new Placed(c);
      const left = new Placed(a);
      // B by columns.
      const right = new Placed(Array.from({ length: columns }, (_, j) => Float64Array.from(b, (row) => row[j])));
      const scratch = kernels.allocate(8 * ((rows + columns + 6) * Math.min(256, depth + 3) + 16));
      const add = depth % 2;
      const factors = [left.pointer, left.stride, 8, right.pointer, 8, right.stride];
      run.multiplyTile(rows, columns, depth, ...factors, placed.pointer, placed.stride, -0.5, add, scratch);
      multiplyTile(a, b, c, -0.5, add === 1);
      assertClose(placed.rows(), c, `${rows} × ${columns} over ${depth}`);
    }
  });
});

test('triangles: factored and solved with', () => {
  forSizes((random, size, count) => {
    const half = randomRows(random, size, size + 2);
    const matrix = half.map((row) => matrixVector(half, row));
    const diagonal = Float64Array.from(matrix, (row, i) => row[i]);
    // For some, the last pivot is too small.
    const tolerance = count === 3 ? 0.5 : 0;
    const placed = new Placed(matrix);
    const done = run.factorLower(placed.pointer, placed.stride, size, place(diagonal), tolerance);
    assert.equal(done, factorLower(matrix, diagonal, tolerance));
    if (done !== size) return;
    const lower = (rows: Rows) => rows.map((row, i) => row.subarray(0, i + 1));
    assertClose(lower(placed.rows()), lower(matrix), `factor of ${size}`, 1e-12);
    for (const [kernel, twin] of [
      [run.solveLowerRows, solveLowerRows],
      [run.solveUpperRows, solveUpperRows],
    ] as const) {
      const rightSides = randomRows(random, count, size);
      const solved = new Placed(rightSides);
      kernel(placed.pointer, placed.stride, size, solved.pointer, solved.stride, count);
      twin(matrix, rightSides);
      assertClose(solved.rows(), rightSides, `${count} right sides of ${size}`, 1e-9);
    }
  });
});

test('matrix times vector, from both sides, and reflections', () => {
  forSizes((random, rows, columns) => {
    const matrix = randomRows(random, rows, columns);
    const placed = new Placed(matrix);
    const [x, factors, sums] = [columns, rows, columns].map((length) => randomRows(random, 1, length)[0]);
    const out = kernels.allocate(8 * rows);
    run.matrixVector(placed.pointer, placed.stride, rows, columns, place(x), out);
    assertClose([kernels.f64(out, rows)], [matrixVector(matrix, x)], 'matrixVector');
    const sumsAt = place(sums);
    run.addRows(placed.pointer, placed.stride, rows, columns, place(factors), sumsAt);
    addRows(matrix, factors, sums);
    assertClose([kernels.f64(sumsAt, columns)], [sums], 'addRows');
    for (const factor of [0, 0.3]) {
      run.reflectRows(place(x), columns, factor, placed.pointer, placed.stride, rows, out);
      const rests = reflectRows(x, factor, matrix);
      assertClose(placed.rows(), matrix, 'reflectRows', 1e-12);
      assertClose([kernels.f64(out, rows)], [rests], 'rests', 1e-12);
    }
  });
});

test('rotateRows: sweeps of any extent', () => {
  for (const [rows, columns] of [
    [2, 16],
    [7, 32],
    [20, 48],
  ]) {
    const mark = kernels.mark();
    const random = new RandomState(rows);
    const matrix = randomRows(random, rows, columns);
    const placed = new Placed(matrix);
    const sweeps = Array.from({ length: 6 }, (_, i): [number, number] => {
      const top = random.integer(1, rows);
      return [top, i === 2 ? top : random.integer(0, top)];
    });
    const count = sweeps.reduce((sum, [top, bottom]) => sum + top - bottom, 0);
    const pairs = Float64Array.from({ length: count }, () => random.normal()).reduce(
      (all, angle) => [...all, Math.cos(angle), Math.sin(angle)],
      [] as number[],
    );
    const sweepsAt = kernels.allocate(8 * sweeps.length);
    kernels.u32(sweepsAt, 2 * sweeps.length).set(sweeps.flat());
    run.rotateRows(placed.pointer, placed.stride, columns, sweepsAt, sweeps.length, place(pairs));
    rotateRows(matrix, sweeps, Float64Array.from(pairs));
    assertClose(placed.rows(), matrix, `${rows} × ${columns}`);
    kernels.release(mark);
  }
});

test('orthogonalizeRows: within a block and between two', () => {
  for (const [first, count, second, secondCount] of [
    [0, 5, 0, 5],
    [1, 3, 4, 4],
    [2, 1, 5, 2],
  ]) {
    const mark = kernels.mark();
    const random = new RandomState(first);
    const matrix = randomRows(random, 8, 10);
    const more = randomRows(random, 8, 4);
    matrix[3].fill(0);
    const placed = new Placed(matrix);
    const along = new Placed(more);
    const alone = new Placed(copy(matrix));
    const ranges = [first, count, second, secondCount];
    const out = kernels.allocate(16);
    run.orthogonalizeRows(placed.pointer, placed.stride, 10, ...ranges, 1e-15, along.pointer, along.stride, 4, out);
    run.orthogonalizeRows(alone.pointer, alone.stride, 10, ...ranges, 1e-15, 0, 0, 0, out + 8);
    const pairs: [number, number][] = [];
    for (let p = first; p < first + count; p++)
      for (let q = first === second ? p + 1 : second; q < second + secondCount; q++) pairs.push([p, q]);
    const rotations = orthogonalizeRows(matrix, more, pairs, 1e-15);
    assert.deepEqual([...kernels.f64(out, 2)], [rotations, rotations]);
    assertClose(placed.rows(), matrix, 'rows', 1e-12);
    assertClose(alone.rows(), matrix, 'rows alone', 1e-12);
    assertClose(along.rows(), more, 'rows along', 1e-12);
    kernels.release(mark);
  }
});
