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
import { symmetricEigen, symmetricEigenvalues } from './symmetric-eigen.js';

const kernels = loadKernels();
const context = fitContext(kernels);

function check(matrix: PlainMatrix, what: string): Float64Array {
  const size = matrix.rows;
  const mark = kernels.mark();
  const { values, vectors } = symmetricEigen(context, matrix.numbers, size);
  assert.equal(kernels.mark(), mark);
  const v = { ...matrix, numbers: vectors };
  assert.ok(orthogonality(v) < 1e-14 * (10 + size), `${what}: orthogonality ${orthogonality(v)}`);
  const scaled = plainMatrix(size, size, (i, j) => values[i] * vectors[i * size + j]);
  const back = plainProduct(plainTransposed(v), scaled);
  const off = distance(back.numbers, matrix.numbers);
  assert.ok(off < 1e-14 * (10 + size), `${what}: ${off}`);
  assert.ok(values.every((value, i) => i === 0 || value >= values[i - 1]));
  const alone = symmetricEigenvalues(context, matrix.numbers, size);
  assert.ok(distance(alone, values) < 1e-14);
  for (let i = 0; i < size; i++) {
    const row = vectors.subarray(i * size, (i + 1) * size);
    assert.ok(Math.max(...row) >= -Math.min(...row));
  }
  return values;
}

test("symmetricEigen: V Λ V' is the matrix, for hard matrices, too", () => {
  for (const size of [1, 2, 3, 4, 16, 31, 32, 33, 34, 65, 120]) {
    const half = randomMatrix(size, size, size);
    check(
      plainMatrix(size, size, (i, j) => half.numbers[i * size + j] + half.numbers[j * size + i]),
      `random ${size}`,
    );
    check(
      plainMatrix(size, size, (i, j) => (i === j ? 3 : 0)),
      `${size} equal values`,
    );
    check(
      plainMatrix(size, size, () => 1),
      `rank 1 of ${size}`,
    );
    check(
      plainMatrix(size, size, () => 0),
      `zeros of ${size}`,
    );
    const narrow = randomMatrix(size, size, Math.ceil(size / 3));
    check(plainProduct(narrow, plainTransposed(narrow)), `rank-short ${size}`);
    for (const base of [10, 0.1]) {
      const graded = plainMatrix(
        size,
        size,
        (i, j) => base ** ((8 * (i + j)) / size) * (half.numbers[i * size + j] + half.numbers[j * size + i]),
      );
      check(graded, `graded by ${base}, ${size}`);
    }
    check(
      plainMatrix(size, size, (i, j) => (i === j ? Math.abs(i - (size - 1) / 2) : Math.abs(i - j) === 1 ? 1 : 0)),
      `Wilkinson's ${size}`,
    );
    check(
      plainMatrix(size, size, (i, j) => 1e140 * half.numbers[Math.max(i, j) * size + Math.min(i, j)]),
      `huge ${size}`,
    );
    check(
      plainMatrix(size, size, (i, j) => 1e-140 * half.numbers[Math.max(i, j) * size + Math.min(i, j)]),
      `tiny ${size}`,
    );
  }
});

test('symmetricEigen: known values', () => {
  // The second differences: 2 - 2 cos(kπ / (n + 1)).
  const values = check(
    plainMatrix(40, 40, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
    'differences',
  );
  const expected = Float64Array.from({ length: 40 }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / 41));
  assert.ok(distance(values, expected) < 1e-15 * 10);
  // numpy.linalg.eigvalsh of the Hilbert matrix.
  const hilbertValues = check(hilbert(6), 'Hilbert');
  const known = [
    1.0827994845354796e-7, 1.2570757122618823e-5, 0.0006157483541825885, 0.016321521319875656, 0.24236087057520933,
    1.6188998589243386,
  ];
  assert.ok(distance(hilbertValues, known) < 1e-15);
});

test('symmetricEigen: the lower triangle is read; same bytes from any team; what is not finite is refused', () => {
  const size = 70;
  const half = randomMatrix(9, size, size);
  const lower = plainMatrix(size, size, (i, j) => (j <= i ? half.numbers[i * size + j] : Number.NaN));
  const once = symmetricEigen(context, lower.numbers, size);
  const again = symmetricEigen(fitContext(kernels, { team: backwardsTeam(kernels) }), lower.numbers, size);
  assert.deepEqual(again, once);
  lower.numbers[5 * size] = Infinity;
  assert.throws(() => symmetricEigen(context, lower.numbers, size), FitError);
});
