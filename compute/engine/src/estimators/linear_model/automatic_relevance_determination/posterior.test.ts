import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { placeMatrix } from '../../../algebra/matrix.js';
import { fitContext } from '../../../testing/data.js';
import { distance, plainMatrix, plainProduct, plainTransposed, randomMatrix } from '../../../testing/matrices.js';
import { fromProducts, fromRows, logDeterminant } from './posterior.js';

const kernels = loadKernels();
const context = fitContext(kernels);

test('covariance and mean: by products of features as by products of rows, whatever is dropped', () => {
  for (const [rows, features] of [
    [5, 9],
    [70, 40],
    [3, 1],
  ]) {
    const mark = kernels.mark();
    const x = randomMatrix(rows, rows, features);
    const y = randomMatrix(features, rows, 1);
    const products = plainProduct(plainTransposed(x), x).numbers;
    const rightSide = plainProduct(plainTransposed(x), y).numbers;
    const columns = placeMatrix(kernels, plainTransposed(x).numbers, features, rows);
    const lambda = Float64Array.from({ length: features }, (_, j) => 2 ** ((j % 7) - 3));
    for (const kept of [[0], Array.from(lambda.keys()), Array.from(lambda.keys()).filter((j) => j % 3 !== 1)]) {
      const one = fromProducts(kept, products, features, rightSide, 0.7, lambda, context);
      const other = fromRows(kept, columns, rightSide, 0.7, lambda, context);
      const off = distance(other.covariance, one.covariance);
      assert.ok(off < 1e-10, `${rows} × ${features}: ${off}`);
      assert.ok(distance(other.coefficients, one.coefficients) < 1e-9);
      // What is inverted, times the covariance.
      const size = kept.length;
      const precision = plainMatrix(
        size,
        size,
        (i, j) => 0.7 * products[kept[i] * features + kept[j]] + (i === j ? lambda[kept[i]] : 0),
      );
      const unit = plainProduct(precision, { ...precision, numbers: one.covariance });
      assert.ok(distance(unit.numbers, plainMatrix(size, size, (i, j) => Number(i === j)).numbers) < 1e-11);
      const negated = -logDeterminant(one.covariance, context);
      assert.ok(Math.abs(negated - logDeterminant(precision.numbers, context)) < 1e-9 * size);
    }
    kernels.release(mark);
  }
});

test('precisions so different that the smaller are within rounding of 0 have no part, as in a pseudo-inverse', () => {
  const products = Float64Array.of(1e18, 0, 0, 1);
  const lambda = Float64Array.of(1, 1);
  const { covariance } = fromProducts([0, 1], products, 2, Float64Array.of(1, 1), 1, lambda, context);
  assert.deepEqual([...covariance], [1e-18, 0, 0, 0]);
});
