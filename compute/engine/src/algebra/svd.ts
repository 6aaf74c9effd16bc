/** Singular values and vectors. */
import { type FitContext, FitError } from '../estimator.js';
import { largestOf, squaredLength } from './householder.js';
import { allocateMatrix, type Matrix, numbersOf, part, placeMatrix, rowOf, transposed } from './matrix.js';
import { multiply, multiplyByTransposed } from './product.js';
import { multiplyByQ, pivotedQr } from './qr.js';
import { symmetricEigen } from './symmetric-eigen.js';

const EPSILON = 2 ** -52;

/** Rows of a block; two blocks are orthogonalized by one call, and both should stay in the cache meanwhile. */
const BLOCK = 16;

/** Rows shorter than this times the longest are left to the rotations alone. */
const PREPARED = 1e-3;

/** Fewer rows are not worth it. */
const LEAST_PREPARED = 48;

/** Five to ten are usual; two or three after `prepare`. */
const MAXIMUM_SWEEPS = 60;

/** A = Σ value u v', with as many terms as A has rows or columns, whichever are fewer. */
export interface SingularValues {
  /** Descending, not negative. */
  readonly values: Float64Array;
  /** Row i is the vector v of value i, of length 1; its largest component (first of equals) is positive. */
  readonly right: Float64Array;
  /** Row i is the vector u of value i. */
  readonly left: Float64Array;
}

/**
 * The singular values of any matrix, and both sides' vectors. QR with column pivoting, then one-sided Jacobi rotations of
 * the rows of R (Drmač & Veselić, "New fast and accurate Jacobi SVD algorithm", 2008), of which eigenvectors save most. Small values of matrices that are
 * small for their rows' or columns' units are right to many digits, too; values below 1e-150 of the largest number count
 * as 0. FitError if numbers are not finite. About 10 n³ multiplications for n × n.
 */
export function singularValues(context: FitContext, matrix: Matrix): SingularValues {
  if (matrix.rows >= matrix.columns) return decompose(context, matrix);
  const { values, right, left } = decompose(context, transposed(matrix));
  const turned = { values, right: left, left: right };
  fixSigns(turned);
  return turned;
}

function decompose(context: FitContext, matrix: Matrix): SingularValues {
  const { kernels } = context;
  const { rows: length, columns: size } = matrix;
  const mark = kernels.mark();
  try {
    const numbers = numbersOf(kernels, transposed(matrix));
    const largest = largestOf(numbers);
    if (!(largest < Infinity))
      throw new FitError(
        'a matrix whose singular values are needed has numbers that are not finite',
        'Features of more than 1e150 cause this: scale them down.',
      );
    const scale = largest || 1;
    for (let i = 0; i < numbers.length; i++) numbers[i] /= scale;
    const columns = placeMatrix(kernels, numbers, size, length);
    const qr = pivotedQr(context, columns);
    const triangle = allocateMatrix(kernels, size, size);
    for (let j = 0; j < size; j++) {
      const column = rowOf(kernels, columns, j);
      for (let i = 0; i <= Math.min(j, qr.rank - 1); i++) rowOf(kernels, triangle, i)[j] = column[i]!;
    }
    // R = J Σ U' where J' are the rotations that make the rows of R orthogonal: A P = (Q J) Σ U'.
    const rotation = allocateMatrix(kernels, size, length);
    for (let i = 0; i < size; i++) rowOf(kernels, rotation, i)[i] = 1;
    prepare(context, triangle, part(rotation, 0, 0, size, size));
    orthogonalize(context, triangle, part(rotation, 0, 0, size, size));
    multiplyByQ(context, columns, qr, rotation);

    const lengths = Float64Array.from({ length: size }, (_, i) =>
      Math.sqrt(squaredLength(rowOf(kernels, triangle, i))),
    );
    const descending = Array.from(lengths.keys()).sort((a, b) => lengths[b] - lengths[a] || a - b);
    const values = Float64Array.from(descending, (i) => lengths[i] * scale);
    const left = new Float64Array(size * length);
    const right = new Float64Array(size * size);
    for (const [position, i] of descending.entries()) {
      left.set(rowOf(kernels, rotation, i), position * length);
      const row = rowOf(kernels, triangle, i);
      for (let j = 0; j < size && lengths[i] > 0; j++) right[position * size + qr.order[j]] = row[j] / lengths[i];
    }
    completeRows(context, right, size, lengths.filter((value) => value > 0).length);
    const all = { values, right, left };
    fixSigns(all);
    return all;
  } finally {
    kernels.release(mark);
  }
}

/**
 * Rotates the leading rows of R, and those of `rotation` with them, by the eigenvectors of their products: they are then
 * nearly orthogonal, and few sweeps remain. Only rows of about the same length, so that no digits of short ones are lost.
 */
function prepare(context: FitContext, triangle: Matrix, rotation: Matrix): void {
  const { kernels } = context;
  const size = triangle.rows;
  const lengthOf = (i: number) => Math.abs(rowOf(kernels, triangle, i)[i]);
  let count = 0;
  while (count < size && lengthOf(count) > PREPARED * lengthOf(0)) count++;
  if (count < LEAST_PREPARED) return;
  const mark = kernels.mark();
  const leading = part(triangle, 0, 0, count, size);
  const products = allocateMatrix(kernels, count, count);
  multiplyByTransposed(context, leading, products);
  const { vectors } = symmetricEigen(context, numbersOf(kernels, products), count);
  const turn = part(rotation, 0, 0, count, count);
  // The longest first.
  for (let i = 0; i < count; i++)
    rowOf(kernels, turn, i).set(vectors.subarray((count - 1 - i) * count, (count - i) * count));
  const before = placeMatrix(kernels, numbersOf(kernels, leading), count, size);
  multiply(context, turn, before, leading);
  kernels.release(mark);
}

/**
 * Rotates the rows of `matrix` until all are orthogonal, and those of `more` with them. Sweeps over all pairs of blocks, in
 * rounds of pairs that have no block in common: a round's calls may run at the same time.
 */
function orthogonalize(context: FitContext, matrix: Matrix, more: Matrix): void {
  const { kernels, team } = context;
  const size = matrix.rows;
  const tolerance = EPSILON * Math.max(10, Math.sqrt(size));
  const blocks = Math.ceil(size / BLOCK);
  const countsAt = kernels.allocate(8 * (blocks + 1));
  const range = (block: number) => [block * BLOCK, Math.min(BLOCK, size - block * BLOCK)];
  const run = (pairs: readonly (readonly [number, number])[]): number => {
    const counts = kernels.f64(countsAt, pairs.length).fill(0);
    const calls = pairs.map(([one, other], index) => {
      const rows = [matrix.pointer, matrix.rowStride, matrix.rowStride / 8];
      // Beyond the size, both matrices have zeros up to an even number.
      const alike = [more.pointer, more.rowStride, 2 * Math.ceil(more.columns / 2)];
      return [...rows, ...range(one), ...range(other), tolerance, ...alike, countsAt + 8 * index];
    });
    for (let first = 0; first < calls.length; first += 4 * team.size) {
      team.run('orthogonalizeRows', calls.slice(first, first + 4 * team.size));
      context.checkpoint(0.5);
    }
    return counts.reduce((sum, count) => sum + count, 0);
  };
  for (let sweep = 0; sweep < MAXIMUM_SWEEPS; sweep++) {
    let rotations = run(Array.from({ length: blocks }, (_, block) => [block, block]));
    for (const round of tournament(blocks)) rotations += run(round);
    if (rotations === 0) return;
  }
  throw new FitError(`singular values were not found in ${MAXIMUM_SWEEPS} sweeps`, 'Scale the features.');
}

/** Rounds in which all meet each other once: number 0 stays, the others move round a table. */
export function tournament(players: number): [number, number][][] {
  const places = players + (players % 2);
  const at = (round: number, place: number) => (place === 0 ? 0 : 1 + ((place - 1 + round) % (places - 1)));
  return Array.from({ length: Math.max(0, places - 1) }, (_, round) =>
    Array.from({ length: places / 2 }, (_, place): [number, number] => {
      const one = at(round, place);
      const other = at(round, places - 1 - place);
      return one < other ? [one, other] : [other, one];
    }).filter(([, other]) => other < players),
  );
}

/** Makes the rows from `count` on, which are zeros, orthogonal unit vectors beside the first ones. */
function completeRows(context: FitContext, rows: Float64Array, size: number, count: number): void {
  if (count === size) return;
  const { kernels } = context;
  const mark = kernels.mark();
  const known = placeMatrix(kernels, rows, count, size);
  const qr = pivotedQr(context, known);
  const rest = allocateMatrix(kernels, size - count, size);
  for (let i = 0; i < rest.rows; i++) rowOf(kernels, rest, i)[count + i] = 1;
  multiplyByQ(context, known, qr, rest);
  rows.set(numbersOf(kernels, rest), count * size);
  kernels.release(mark);
}

function fixSigns({ values, right, left }: SingularValues): void {
  const count = values.length;
  for (let i = 0; i < count; i++) {
    const v = right.subarray((i * right.length) / count, ((i + 1) * right.length) / count);
    let largest = 0;
    for (const value of v) if (Math.abs(value) > Math.abs(largest)) largest = value;
    if (largest >= 0) continue;
    for (let j = 0; j < v.length; j++) v[j] = -v[j];
    const u = left.subarray((i * left.length) / count, ((i + 1) * left.length) / count);
    for (let j = 0; j < u.length; j++) u[j] = -u[j];
  }
}

/**
 * The pseudo-inverse (Moore, Penrose), columns × rows of the matrix, by rows. Singular values up to `tolerance` times the
 * largest count as 0; that is 2^-52 times the larger dimension unless given.
 */
export function pseudoInverse(
  context: FitContext,
  matrix: Matrix,
  tolerance = EPSILON * Math.max(matrix.rows, matrix.columns),
): Float64Array {
  const { values, right, left } = singularValues(context, matrix);
  const rank = values.filter((value) => value > tolerance * values[0]).length;
  return combine(context, right, left, matrix.columns, matrix.rows, values.subarray(0, rank));
}

/** The pseudo-inverse of a symmetric matrix, size × size, of which the lower triangle is read. */
export function symmetricPseudoInverse(
  context: FitContext,
  numbers: Float64Array,
  size: number,
  tolerance = EPSILON * size,
): Float64Array {
  const { values, vectors } = symmetricEigen(context, numbers, size);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const kept = Array.from(values.keys()).filter((i) => Math.abs(values[i]) > tolerance * largest);
  const rows = new Float64Array(kept.length * size);
  for (const [position, i] of kept.entries()) rows.set(vectors.subarray(i * size, (i + 1) * size), position * size);
  return combine(
    context,
    rows,
    rows,
    size,
    size,
    Float64Array.from(kept, (i) => values[i]),
  );
}

/** The sum of v u' / value over the first rows of both. */
function combine(
  context: FitContext,
  right: Float64Array,
  left: Float64Array,
  rows: number,
  columns: number,
  values: Float64Array,
): Float64Array {
  const { kernels } = context;
  const mark = kernels.mark();
  const divided = new Float64Array(values.length * rows);
  for (let i = 0; i < values.length; i++)
    for (let j = 0; j < rows; j++) divided[i * rows + j] = right[i * rows + j] / values[i];
  const v = placeMatrix(kernels, divided, values.length, rows);
  const u = placeMatrix(kernels, left, values.length, columns);
  const out = allocateMatrix(kernels, rows, columns);
  multiply(context, transposed(v), u, out);
  const numbers = numbersOf(kernels, out);
  kernels.release(mark);
  return numbers;
}
