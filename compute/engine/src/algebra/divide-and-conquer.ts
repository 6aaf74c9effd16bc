/** Eigenvalues and eigenvectors of tridiagonal matrices by halves. */
import type { FitContext } from '../estimator.js';
import { allocateMatrix, type Matrix, part, rowOf } from './matrix.js';
import { multiply } from './product.js';
import { iterate } from './ql-iteration.js';
import { secularRoot } from './secular.js';

const EPSILON = 2 ** -52;

/** Matrices up to this size are decomposed by QL iteration. A multiple of 16, as the columns of strips are. */
const LEAF = 32;

export interface TridiagonalEigen {
  /** In no order. */
  readonly values: Float64Array;
  /** Row i is the eigenvector of value i, in new kernel memory. */
  readonly vectors: Matrix;
}

/**
 * T with its middle coupling taken out is two smaller matrices, whose eigenvectors turn T into a diagonal matrix plus one
 * of rank 1 (Cuppen, "A divide and conquer method for the symmetric tridiagonal eigenproblem", 1981); the eigenvectors of
 * that are computed from its eigenvalues so that they are orthogonal to working precision (Gu & Eisenstat 1994). Nearly
 * all work is one product per level. The numbers of T should be about 1. Kernel memory: 32 bytes times the square of the size.
 */
export function tridiagonalEigen(context: FitContext, diagonal: Float64Array, beside: Float64Array): TridiagonalEigen {
  const { kernels } = context;
  const size = diagonal.length;
  const vectors = part(allocateMatrix(kernels, size, 16 * Math.ceil(size / 16)), 0, 0, size, size);
  for (let i = 0; i < size; i++) rowOf(kernels, vectors, i)[i] = 1;
  const values = diagonal.slice();
  const solve = (first: number, end: number): void => {
    const mark = kernels.mark();
    if (end - first <= LEAF) {
      const own = part(vectors, first, first, end - first, end - first);
      iterate(context, values.subarray(first, end), beside.subarray(first, end - 1), own);
    } else {
      const middle = first + LEAF * Math.ceil((end - first) / (2 * LEAF));
      // T = diag(T1, T2) + |coupling| u u' with u = 1 at the end of T1 and the coupling's sign at the start of T2.
      const coupling = beside[middle - 1];
      values[middle - 1] -= Math.abs(coupling);
      values[middle] -= Math.abs(coupling);
      solve(first, middle);
      solve(middle, end);
      merge(context, values, vectors, first, middle, end, coupling);
      context.checkpoint(end / size);
    }
    kernels.release(mark);
  };
  solve(0, size);
  return { values, vectors };
}

/** Which half's components an eigenvector has. */
const ONE = 0;
const BOTH = 1;
const OTHER = 2;

/** Makes the eigenvectors of the halves first … middle - 1 and middle … end - 1 those of the whole. */
function merge(
  context: FitContext,
  values: Float64Array,
  vectors: Matrix,
  first: number,
  middle: number,
  end: number,
  coupling: number,
): void {
  const { kernels } = context;
  const row = (i: number) => rowOf(kernels, vectors, i);
  // In the eigenvectors of the halves, T is D + rho z z', where |z| = 1.
  const rho = 2 * Math.abs(coupling);
  const z = new Float64Array(end);
  const halves = new Uint8Array(end);
  let largest = 0;
  for (let i = first; i < end; i++) {
    halves[i] = i < middle ? ONE : OTHER;
    z[i] = i < middle ? row(i)[middle - 1] : Math.sign(coupling) * row(i)[middle];
    z[i] *= Math.SQRT1_2;
    largest = Math.max(largest, Math.abs(values[i]), Math.abs(z[i]));
  }
  const negligible = 8 * EPSILON * largest;
  const live: number[] = [];
  let previous: number | undefined;
  const ascending = Array.from({ length: end - first }, (_, i) => first + i);
  ascending.sort((a, b) => values[a] - values[b] || a - b);
  for (const i of ascending) {
    // An eigenvector that the coupling does not touch is one of the whole.
    if (rho * Math.abs(z[i]) <= negligible) continue;
    if (previous !== undefined) {
      // Of two that are nearly equal, one can be turned so that the coupling does not touch it.
      const length = Math.sqrt(z[i] * z[i] + z[previous] * z[previous]);
      const c = z[i] / length;
      const s = z[previous] / length;
      if (Math.abs((values[i] - values[previous]) * c * s) <= negligible) {
        turn(row(previous).subarray(first, end), row(i).subarray(first, end), c, s);
        z[i] = length;
        const upper = values[i];
        const lower = values[previous];
        values[previous] = lower * c * c + upper * s * s;
        values[i] = lower * s * s + upper * c * c;
        if (halves[i] !== halves[previous]) halves[i] = halves[previous] = BOTH;
      } else live.push(previous);
    }
    previous = i;
  }
  if (previous === undefined) return;
  live.push(previous);
  const count = live.length;
  const poles = Float64Array.from(live, (i) => values[i]);
  const squares = Float64Array.from(live, (i) => z[i] * z[i]);

  // Row i: the distances of the poles from eigenvalue i.
  const rotation = allocateMatrix(kernels, count, count);
  for (let i = 0; i < count; i++) {
    const { origin, offset } = secularRoot(poles, squares, rho, i);
    const own = rowOf(kernels, rotation, i);
    for (let j = 0; j < count; j++) own[j] = poles[j] - poles[origin] - offset;
    values[live[i]] = poles[origin] + offset;
    if (i % 64 === 63) context.checkpoint(0.5);
  }
  const places = orderByHalf(live, halves);
  setRotation(
    context,
    rotation,
    poles,
    Float64Array.from(live, (i) => z[i]),
    places,
  );

  const width = end - first;
  const before = allocateMatrix(kernels, count, width);
  const after = allocateMatrix(kernels, count, width);
  for (const [i, vector] of live.entries()) rowOf(kernels, before, places[i]).set(row(vector).subarray(first, end));
  const ones = live.filter((i) => halves[i] === ONE).length;
  const others = live.filter((i) => halves[i] === OTHER).length;
  const inFirst = count - others;
  const inSecond = count - ones;
  const split = middle - first;
  multiply(
    context,
    part(rotation, 0, 0, count, inFirst),
    part(before, 0, 0, inFirst, split),
    part(after, 0, 0, count, split),
  );
  multiply(
    context,
    part(rotation, 0, ones, count, inSecond),
    part(before, ones, split, inSecond, width - split),
    part(after, 0, split, count, width - split),
  );
  for (const [i, vector] of live.entries())
    row(vector)
      .subarray(first, end)
      .set(rowOf(kernels, after, i));
}

/** x := c x - s y, y := s x + c y. */
function turn(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (let k = 0; k < x.length; k++) {
    const old = x[k];
    x[k] = c * old - s * y[k];
    y[k] = s * old + c * y[k];
  }
}

/** A place for each: those of the first half, then of both, then of the second. */
function orderByHalf(live: readonly number[], halves: Uint8Array): Uint32Array {
  const places = new Uint32Array(live.length);
  let next = 0;
  for (const half of [ONE, BOTH, OTHER])
    for (const [i, vector] of live.entries()) if (halves[vector] === half) places[i] = next++;
  return places;
}

/**
 * From the distances of the poles to the eigenvalues, the eigenvectors of D + rho z z' as rows of length 1, the component
 * along pole j at places[j]. Not with z, but with the z for which the computed eigenvalues are exact (Löwner's formula).
 */
function setRotation(
  { kernels }: FitContext,
  rotation: Matrix,
  poles: Float64Array,
  z: Float64Array,
  places: Uint32Array,
): void {
  const count = poles.length;
  const exact = new Float64Array(count).fill(-1);
  for (let i = 0; i < count; i++) {
    const distances = rowOf(kernels, rotation, i);
    for (let j = 0; j < count; j++) exact[j] *= i === j ? distances[j] : distances[j] / (poles[j] - poles[i]);
  }
  for (let j = 0; j < count; j++) exact[j] = Math.sign(z[j]) * Math.sqrt(Math.max(0, exact[j]));
  const vector = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const own = rowOf(kernels, rotation, i);
    let squares = 0;
    for (let j = 0; j < count; j++) {
      const component = exact[j] / own[j];
      vector[places[j]] = component;
      squares += component * component;
    }
    const length = Math.sqrt(squares);
    for (let j = 0; j < count; j++) own[j] = vector[j] / length;
  }
}
