import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { FitError } from '../estimator.js';
import { backwardsTeam, fitContext } from '../testing/data.js';
import {
  distance,
  hilbert,
  orthogonality,
  type PlainMatrix,
  plainMatrix,
  plainProduct,
  plainTransposed,
  randomMatrix,
} from '../testing/matrices.js';
import { numbersOf, placeMatrix, transposed } from './matrix.js';
import { triangleOf } from './qr.js';
import { pseudoInverse, singularValues, symmetricPseudoInverse, tournament } from './svd.js';

const kernels = loadKernels();
const context = fitContext(kernels);

function check(matrix: PlainMatrix, what: string): Float64Array {
  const { rows, columns, numbers } = matrix;
  const mark = kernels.mark();
  const placed = placeMatrix(kernels, numbers, rows, columns);
  const { values, left, right } = singularValues(context, placed);
  assert.deepEqual(numbersOf(kernels, placed), numbers);
  kernels.release(mark);
  const count = Math.min(rows, columns);
  const u = { rows: count, columns: rows, numbers: left };
  const v = { rows: count, columns, numbers: right };
  for (const side of [u, v]) assert.ok(orthogonality(side) < 2e-14, `${what}: orthogonality ${orthogonality(side)}`);
  const scaled = plainMatrix(count, columns, (i, j) => values[i] * right[i * columns + j]);
  const off = distance(plainProduct(plainTransposed(u), scaled).numbers, numbers);
  assert.ok(off < 2e-14, `${what}: ${off}`);
  assert.ok(
    values.every((value, i) => value >= 0 && (i === 0 || value <= values[i - 1])),
    what,
  );
  return values;
}

test("singularValues: U Σ V' is the matrix, for hard matrices, too", () => {
  for (const [rows, columns] of [
    [1, 1],
    [1, 5],
    [5, 1],
    [2, 2],
    [17, 17],
    [33, 20],
    [20, 33],
    [60, 60],
    [100, 40],
  ] as const) {
    const matrix = randomMatrix(rows, rows, columns);
    const what = `${rows} × ${columns}`;
    check(matrix, `random ${what}`);
    check(
      plainMatrix(rows, columns, () => 0),
      `zeros ${what}`,
    );
    check(
      plainMatrix(rows, columns, (i, j) => (i === j ? 1 : 0)),
      `unit ${what}`,
    );
    check(
      plainMatrix(rows, columns, (i, j) => (i + 1) * (j - 3)),
      `rank 1, ${what}`,
    );
    const rank = Math.ceil(Math.min(rows, columns) / 2);
    check(plainProduct(randomMatrix(1, rows, rank), randomMatrix(2, rank, columns)), `rank-short ${what}`);
    check({ ...matrix, numbers: matrix.numbers.map((x) => x * 1e200) }, `huge ${what}`);
    check({ ...matrix, numbers: matrix.numbers.map((x) => x * 1e-200) }, `tiny ${what}`);
  }
  // scipy.linalg.svdvals.
  const values = check(hilbert(8), 'Hilbert');
  const known = [
    1.6959389969219496, 0.2981252113169307, 0.026212843578119035, 0.0014676881177418473, 5.436943369751095e-5,
    1.2943320918745527e-6, 1.7988737457436082e-8, 1.1115389793345086e-10,
  ];
  for (const [i, value] of known.entries()) assert.ok(Math.abs(values[i] - value) < 1e-15, `${values[i]}`);
});

test('singularValues: small values keep their digits when columns or rows have units of their own', () => {
  // Of D B and B D with well-conditioned B the values are known from exact scaling: here B is orthogonal.
  for (const [size, unitOf] of [
    [12, (i: number) => 10 ** -(3 * i)],
    [120, (i: number) => (i < 80 ? 1 - i / 100 : 10 ** (-i / 10))],
  ] as const) {
    const { left } = singularValues(context, placeMatrix(kernels, randomMatrix(8, size, size).numbers, size, size));
    const unit = Float64Array.from({ length: size }, (_, i) => unitOf(i));
    for (const matrix of [
      plainMatrix(size, size, (i, j) => left[i * size + j] * unit[i]),
      plainMatrix(size, size, (i, j) => left[i * size + j] * unit[j]),
    ]) {
      const { values } = singularValues(context, placeMatrix(kernels, matrix.numbers, size, size));
      for (const [i, value] of values.entries())
        assert.ok(Math.abs(value / unit[i] - 1) < 1e-12, `${i}: ${value} of ${unit[i]}`);
    }
  }
});

test('triangleOf: R of a tall matrix has its singular values; batches of any number', () => {
  for (const [rows, columns] of [
    [1, 3],
    [3, 1],
    [40, 40],
    [1000, 5],
    [700, 70],
  ] as const) {
    const mark = kernels.mark();
    const tall = randomMatrix(rows + columns, rows, columns);
    const read = (column: number, first: number, out: Float64Array) => {
      for (let i = 0; i < out.length; i++) out[i] = tall.numbers[(first + i) * columns + column];
    };
    const triangle = triangleOf(context, { rows, columns, read });
    const { values } = singularValues(context, transposed(triangle));
    assert.ok(
      distance(values, singularValues(context, placeMatrix(kernels, tall.numbers, rows, columns)).values) < 1e-14,
    );
    kernels.release(mark);
  }
});

test('pseudoInverse: the four conditions of Penrose', () => {
  const rankShort = plainProduct(randomMatrix(1, 9, 3), randomMatrix(2, 3, 6));
  for (const a of [randomMatrix(3, 7, 4), randomMatrix(4, 4, 7), rankShort, plainMatrix(3, 2, () => 0)]) {
    const numbers = pseudoInverse(context, placeMatrix(kernels, a.numbers, a.rows, a.columns));
    const p = { rows: a.columns, columns: a.rows, numbers };
    const ap = plainProduct(a, p);
    const pa = plainProduct(p, a);
    assert.ok(distance(plainProduct(ap, a).numbers, a.numbers) < 1e-13);
    assert.ok(distance(plainProduct(pa, p).numbers, p.numbers) < 1e-13);
    assert.ok(distance(plainTransposed(ap).numbers, ap.numbers) < 1e-13);
    assert.ok(distance(plainTransposed(pa).numbers, pa.numbers) < 1e-13);
  }
  const symmetric = plainProduct(rankShort, plainTransposed(rankShort));
  const one = symmetricPseudoInverse(context, symmetric.numbers, 9);
  assert.ok(distance(one, pseudoInverse(context, placeMatrix(kernels, symmetric.numbers, 9, 9))) < 1e-12);
});

test('singularValues: same bytes from any team; what is not finite is refused; all meet once', () => {
  const { numbers } = randomMatrix(5, 70, 70);
  const once = singularValues(context, placeMatrix(kernels, numbers, 70, 70));
  const team = fitContext(kernels, { team: backwardsTeam(kernels) });
  assert.deepEqual(singularValues(team, placeMatrix(kernels, numbers, 70, 70)), once);
  numbers[8] = Number.NaN;
  assert.throws(() => singularValues(context, placeMatrix(kernels, numbers, 70, 70)), FitError);
  for (const players of [1, 2, 5, 8]) {
    const rounds = tournament(players);
    for (const round of rounds) assert.equal(new Set(round.flat()).size, 2 * round.length);
    const pairs = new Set(rounds.flat().map((pair) => pair.join()));
    assert.equal(pairs.size, (players * (players - 1)) / 2);
    assert.equal(rounds.flat().length, pairs.size);
  }
});
