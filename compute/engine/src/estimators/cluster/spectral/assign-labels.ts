/** Reading clusters from eigenvectors (f64[rows][size], as many as clusters) without k-means. */
import type { RandomState } from '@pgml/kernels';
import { type Matrix, placeMatrix } from '../../../algebra/matrix.js';
import { pivotedQr } from '../../../algebra/qr.js';
import { singularValues } from '../../../algebra/svd.js';
import type { FitContext } from '../../../estimator.js';

/**
 * Damle, Minden & Ying, "Simple, direct and efficient multi-way spectral clustering", 2019: rows by the most different
 * rows.
 */
export function clusterByPivots(vectors: Float64Array, size: number, context: FitContext): Int32Array {
  const { kernels } = context;
  const rows = vectors.length / size;
  const mark = kernels.mark();
  const { order } = pivotedQr(context, placeMatrix(kernels, vectors, rows, size));
  // Columns: the chosen rows.
  const chosen = new Float64Array(size * size);
  for (let k = 0; k < size; k++) for (let i = 0; i < size; i++) chosen[i * size + k] = vectors[order[k] * size + i]!;
  const rotation = polar(placeMatrix(kernels, chosen, size, size), size, context);
  kernels.release(mark);
  return strongest(vectors, rotation, size, Math.abs);
}

/** U V' of the singular value decomposition U S V' of a square matrix: the nearest rotation. */
function polar(matrix: Matrix, size: number, context: FitContext): Float64Array {
  const { left, right } = singularValues(context, matrix);
  const product = new Float64Array(size * size);
  for (let k = 0; k < size; k++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) product[i * size + j] += left[k * size + i] * right[k * size + j];
  return product;
}

/** Of each row times a rotation, the number of the largest component, the first of equals. */
function strongest(
  vectors: Float64Array,
  rotation: Float64Array,
  size: number,
  strength: (value: number) => number = (value) => value,
): Int32Array {
  return Int32Array.from({ length: vectors.length / size }, (_, row) => {
    let best = -Infinity;
    let label = 0;
    for (let k = 0; k < size; k++) {
      let value = 0;
      for (let i = 0; i < size; i++) value += vectors[row * size + i] * rotation[i * size + k];
      if (strength(value) <= best) continue;
      best = strength(value);
      label = k;
    }
    return label;
  });
}

const MAXIMUM_ITERATIONS = 20;
const EPSILON = 2 ** -52;

/**
 * Yu & Shi, "Multiclass spectral clustering", 2003: the rotation that brings the rows nearest to corners, and the
 * partition, in turns.
 */
export function discretize(
  given: Float64Array,
  size: number,
  random: RandomState,
  { kernels, ...context }: FitContext,
): Int32Array {
  const rows = given.length / size;
  const vectors = onSphere(given, size);
  let rotation = startRotation(vectors, size, random.integer(0, rows));
  let last = 0;
  for (let iteration = 0; ; iteration++) {
    const labels = strongest(vectors, rotation, size);
    // Row k: the sum of the rows with label k.
    const sums = new Float64Array(size * size);
    labels.forEach((label, row) => {
      for (let i = 0; i < size; i++) sums[label * size + i] += vectors[row * size + i];
    });
    const mark = kernels.mark();
    const { values, left, right } = singularValues({ kernels, ...context }, placeMatrix(kernels, sums, size, size));
    kernels.release(mark);
    const objective = 2 * (rows - values.reduce((sum, value) => sum + value, 0));
    if (Math.abs(objective - last) < EPSILON || iteration > MAXIMUM_ITERATIONS) return labels;
    last = objective;
    rotation = new Float64Array(size * size);
    for (let k = 0; k < size; k++)
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) rotation[i * size + j] += right[k * size + i] * left[k * size + j];
  }
}

/** Each vector turned so that its first component is negative, and each row brought to length 1. */
function onSphere(given: Float64Array, size: number): Float64Array {
  const rows = given.length / size;
  const vectors = given.slice();
  for (let k = 0; k < size; k++) {
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += vectors[row * size + k] ** 2;
    const factor = (Math.sqrt(rows) / Math.sqrt(squares)) * (vectors[k] > 0 ? -1 : 1);
    for (let row = 0; row < rows; row++) vectors[row * size + k] *= factor;
  }
  for (let row = 0; row < rows; row++) {
    const own = vectors.subarray(row * size, (row + 1) * size);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < size; k++) own[k] /= length;
  }
  return vectors;
}

/** Columns: a row, and then always the row that is most nearly orthogonal to those before. */
function startRotation(vectors: Float64Array, size: number, first: number): Float64Array {
  const rows = vectors.length / size;
  const rotation = new Float64Array(size * size);
  const nearness = new Float64Array(rows);
  let chosen = first;
  for (let k = 0; k < size; k++) {
    for (let i = 0; i < size; i++) rotation[i * size + k] = vectors[chosen * size + i]!;
    let best = 0;
    for (let row = 0; row < rows; row++) {
      let product = 0;
      for (let i = 0; i < size; i++) product += vectors[row * size + i] * rotation[i * size + k];
      nearness[row] += Math.abs(product);
      if (nearness[row] < nearness[best]) best = row;
    }
    chosen = best;
  }
  return rotation;
}
