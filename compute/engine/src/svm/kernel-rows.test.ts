import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelFunctions, loadKernels, RandomState } from '@pgml/kernels';
import { backwardsTeam, fitContext, trainingData } from '../testing/data.js';
import { kernelFunction, type KernelFunction } from './kernel-function.js';
import { KernelRows, LEAST_SLOTS } from './kernel-rows.js';
import { placeTiles } from './tiles.js';

const kernels = loadKernels();
const functions: readonly KernelFunction[] = [
  { kind: kernelFunctions.linear, gamma: 1, coef0: 0, degree: 3 },
  { kind: kernelFunctions.polynomial, gamma: 0.2, coef0: 1, degree: 3 },
  { kind: kernelFunctions.rbf, gamma: 0.2, coef0: 0, degree: 3 },
  { kind: kernelFunctions.sigmoid, gamma: 0.2, coef0: -0.5, degree: 3 },
];

const columnsOf = (random: RandomState, rows: number, features: number) =>
  Array.from({ length: features }, () => Float32Array.from({ length: rows }, () => random.normal()));

function value({ kind, gamma, coef0, degree }: KernelFunction, x: number[], y: number[]): number {
  const product = x.reduce((sum, number, i) => sum + number * y[i], 0);
  if (kind === kernelFunctions.rbf)
    return Math.exp(-gamma * x.reduce((sum, number, i) => sum + (number - y[i]) ** 2, 0));
  if (kind === kernelFunctions.polynomial) return (gamma * product + coef0) ** degree;
  return kind === kernelFunctions.sigmoid ? Math.tanh(gamma * product + coef0) : product;
}

for (const description of functions)
  test(`kernel function ${description.kind}: rows and diagonal, whatever was asked for before`, () => {
    const random = new RandomState(4);
    const mark = kernels.mark();
    const columns = columnsOf(random, 50, 5);
    const row = (r: number) => columns.map((column) => column[r]);
    const data = trainingData(kernels, columns);
    const tiles = placeTiles(
      kernels,
      data,
      Int32Array.from({ length: 50 }, (_, r) => 49 - r),
    );
    const context = fitContext(kernels);
    const diagonal = kernels.f64(new KernelRows(context, tiles, description, 1e6).diagonalPointer, 50);
    for (const bytes of [0, 4 * 64 * 7, 1e6]) {
      const rows = new KernelRows(context, tiles, description, bytes);
      for (let asked = 0; asked < 400; asked++) {
        const r = random.integer(0, 50);
        const other = random.integer(0, 50);
        const actual = kernels.f32(rows.row(r), 50)[other];
        const expected = value(description, row(49 - r), row(49 - other));
        assert.ok(Math.abs(actual - expected) <= 2e-7 * Math.max(1, Math.abs(expected)), `${actual} ${expected}`);
        const own = value(description, row(49 - r), row(49 - r));
        assert.ok(Math.abs(diagonal[r] - own) <= 1e-13 * Math.max(1, own));
      }
    }
    kernels.release(mark);
  });

test('the last few rows stay where they are', () => {
  const mark = kernels.mark();
  const data = trainingData(kernels, columnsOf(new RandomState(1), 40, 2));
  const tiles = placeTiles(
    kernels,
    data,
    Int32Array.from({ length: 40 }, (_, r) => r),
  );
  const rows = new KernelRows(fitContext(kernels), tiles, functions[2], 0);
  for (let first = 0; first + LEAST_SLOTS < 40; first++) {
    const addresses = Array.from({ length: LEAST_SLOTS }, (_, i) => rows.row(first + i));
    assert.equal(new Set(addresses).size, LEAST_SLOTS);
    for (const [i, address] of addresses.entries()) assert.equal(kernels.f32(address, 40)[first + i], 1);
  }
  kernels.release(mark);
});

test('threads share the work on long rows, and change no bit', () => {
  const mark = kernels.mark();
  const columns = columnsOf(new RandomState(2), 3000, 150);
  const data = trainingData(kernels, columns);
  const tiles = placeTiles(
    kernels,
    data,
    Int32Array.from({ length: 3000 }, (_, r) => r),
  );
  const rowOf = (rows: KernelRows) => kernels.f32(rows.row(77), 3000).slice();
  const expected = rowOf(new KernelRows(fitContext(kernels), tiles, functions[2], 0));
  let calls = 0;
  const backwards = backwardsTeam(kernels);
  const team: typeof backwards = {
    size: backwards.size,
    run: (name, list) => {
      calls = list.length;
      backwards.run(name, list);
    },
  };
  assert.deepEqual(rowOf(new KernelRows(fitContext(kernels, { team }), tiles, functions[2], 0)), expected);
  assert.ok(calls > 1, `${calls} calls`);
  kernels.release(mark);
});

test('gamma: scale is 1 / (features * variance), auto is 1 / features', () => {
  const mark = kernels.mark();
  const choice = { kernel: 'rbf', degree: 3, coef0: 0 } as const;
  const data = trainingData(kernels, [
    [1, 2, 3],
    [5, 5, 8],
  ]);
  const mean = 24 / 6;
  const variance = [1, 2, 3, 5, 5, 8].reduce((sum, x) => sum + (x - mean) ** 2, 0) / 6;
  assert.ok(Math.abs(kernelFunction({ ...choice, gamma: 'scale' }, data).gamma - 1 / (2 * variance)) < 1e-15);
  assert.equal(kernelFunction({ ...choice, gamma: 'auto' }, data).gamma, 0.5);
  assert.equal(kernelFunction({ ...choice, gamma: 7 }, data).gamma, 7);
  const constant = trainingData(kernels, [[0.1, 0.1]]);
  assert.equal(kernelFunction({ ...choice, gamma: 'scale' }, constant).gamma, 1);
  kernels.release(mark);
});
