import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { assertClose } from '../testing/data.js';
import { Cholesky } from './cholesky.js';
import { GrowingCholesky } from './growing-cholesky.js';

test('columns come and go: always the factor of those that are there', () => {
  const random = new RandomState(5);
  const columns = Array.from({ length: 8 }, () => Float64Array.from({ length: 12 }, () => random.normal()));
  const product = (i: number, k: number) => columns[i].reduce((sum, value, row) => sum + value * columns[k][row], 0);
  const growing = new GrowingCholesky();
  let present: number[] = [];
  const add = (column: number) => {
    present.push(column);
    const products = Float64Array.from(present, (other) => product(column, other));
    const { row, squared } = growing.remainder(products);
    growing.append(products, row, Math.sqrt(squared));
  };
  const check = () => {
    const matrix = Float64Array.from(present.flatMap((i) => present.map((k) => product(i, k))));
    const rightSide = Float64Array.from(present, (i) => i - 3);
    const { solution, product: quadratic } = growing.solve(rightSide);
    const expected = rightSide.slice();
    Cholesky.factor(matrix, present.length)!.solve(expected);
    assert.equal(growing.size, present.length);
    assertClose(solution, expected, 1e-11);
    const direct = expected.reduce((sum, value, i) => sum + value * rightSide[i], 0);
    assertClose([quadratic], [direct], 1e-11);
  };
  for (const column of [3, 1, 0, 7, 5, 2]) {
    add(column);
    check();
  }
  for (const position of [5, 0, 2, 1]) {
    growing.remove(position, 0);
    present = present.filter((_, i) => i !== position);
    check();
  }
  add(6);
  check();
});
