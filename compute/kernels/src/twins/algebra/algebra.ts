/** Dense algebra on matrices as lists of rows, as plain loops. */
export type Rows = readonly Float64Array[];

/** C := scale * A B, plus C if `add`. */
export function multiplyTile(a: Rows, b: Rows, c: Rows, scale: number, add: boolean): void {
  for (const [i, row] of c.entries())
    for (let j = 0; j < row.length; j++) {
      let sum = 0;
      for (const [k, factor] of (a[i] ?? []).entries()) sum += factor * b[k][j];
      row[j] = scale * sum + (add ? row[j] : 0);
    }
}

/** L L' in place of the lower triangle; the number of rows whose pivot is above `tolerance` times the diagonal. */
export function factorLower(matrix: Rows, diagonal: Float64Array, tolerance: number): number {
  for (const [i, row] of matrix.entries()) {
    for (let j = 0; j <= i; j++) {
      let sum = row[j];
      for (let k = 0; k < j; k++) sum -= row[k] * matrix[j][k];
      if (j < i) row[j] = sum / matrix[j][j];
      else if (sum > 0 && sum > tolerance * diagonal[i]) row[i] = Math.sqrt(sum);
      else return i;
    }
  }
  return matrix.length;
}

/** Solves L y = x for every row. */
export function solveLowerRows(lower: Rows, rows: Rows): void {
  for (const x of rows)
    for (const [j, line] of lower.entries()) {
      for (let k = 0; k < j; k++) x[j] -= line[k] * x[k];
      x[j] /= line[j];
    }
}

/** Solves L' y = x for every row. */
export function solveUpperRows(lower: Rows, rows: Rows): void {
  for (const x of rows)
    for (let j = lower.length - 1; j >= 0; j--) {
      for (let k = j + 1; k < lower.length; k++) x[j] -= lower[k][j] * x[k];
      x[j] /= lower[j][j];
    }
}

const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);

export const matrixVector = (matrix: Rows, x: Float64Array) => Float64Array.from(matrix, (row) => dot(row, x));

export function addRows(matrix: Rows, factors: Float64Array, out: Float64Array): void {
  for (const [i, row] of matrix.entries()) for (const [j, value] of row.entries()) out[j] += factors[i] * value;
}

/** Reflects every row by I - factor v v'; the sums of squares of what comes after their first number. */
export function reflectRows(v: Float64Array, factor: number, matrix: Rows): Float64Array {
  return Float64Array.from(matrix, (row) => {
    const along = factor * dot(row, v);
    for (let i = 0; i < row.length; i++) row[i] -= along * v[i];
    return dot(row, row) - row[0] ** 2;
  });
}

/** Sweeps from row `top` up to row `bottom`, each over pairs of neighbours with the next (cosine, sine). */
export function rotateRows(
  matrix: Rows,
  sweeps: readonly (readonly [top: number, bottom: number])[],
  pairs: Float64Array,
) {
  let next = 0;
  for (const [top, bottom] of sweeps)
    for (let i = top - 1; i >= bottom; i--) {
      rotate(matrix[i], matrix[i + 1], pairs[next], pairs[next + 1]);
      next += 2;
    }
}

/** x := c x - s y, y := s x + c y. */
export function rotate(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (let i = 0; i < x.length; i++) [x[i], y[i]] = [c * x[i] - s * y[i], s * x[i] + c * y[i]];
}

/** Makes the pairs of rows orthogonal, one pair after the other, and rotates those of `more` alike; how many it rotated. */
export function orthogonalizeRows(
  matrix: Rows,
  more: Rows,
  pairs: readonly (readonly [number, number])[],
  tolerance: number,
): number {
  let count = 0;
  for (const [p, q] of pairs) {
    const [x, y] = [matrix[p], matrix[q]];
    const product = dot(x, y);
    if (!(Math.abs(product) > tolerance * Math.sqrt(dot(x, x) * dot(y, y)))) continue;
    // tan 2θ = 2 x·y / (y·y - x·x), of the solutions the one up to 45°.
    const ratio = (2 * product) / (dot(y, y) - dot(x, x));
    const angle = Math.atan(ratio) / 2;
    rotate(x, y, Math.cos(angle), Math.sin(angle));
    rotate(more[p], more[q], Math.cos(angle), Math.sin(angle));
    count++;
  }
  return count;
}
