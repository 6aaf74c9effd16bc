/** QL iteration on tridiagonal matrices. */
import { type FitContext, FitError } from '../estimator.js';
import type { Matrix } from './matrix.js';

const EPSILON = 2 ** -52;

/** Sweeps per eigenvalue, on average; two are usual. */
const PATIENCE = 60;

/** The columns of eigenvectors that one call rotates: a strip of some rows is what the cache should hold. */
const COLUMNS_PER_CALL = 32;

/** Rotations are put on the eigenvectors when this many times the size have been found. */
const ROTATIONS_KEPT = 16;

/**
 * Makes a tridiagonal matrix diagonal, in place, by QL steps with implicit shifts (Bowdler, Martin, Reinsch & Wilkinson
 * 1968; Dubrulle 1970), and rotates the rows of `rows`, whose memory has room for a multiple of 16 columns, in the same
 * way: rows of the unit matrix become eigenvectors. The largest number should be about 1.
 */
export function iterate(context: FitContext, d: Float64Array, beside: Float64Array, rows?: Matrix): void {
  const size = d.length;
  // One more element, always 0, ends the last block.
  const e = new Float64Array(size);
  e.set(beside);
  const rotations = new Rotations(context, rows, size);
  let sweeps = 0;
  for (let l = 0; l < size; l++)
    for (;;) {
      // The block that begins at l ends at m.
      let m = l;
      while (m < size - 1 && Math.abs(e[m]) > EPSILON * Math.sqrt(Math.abs(d[m])) * Math.sqrt(Math.abs(d[m + 1]))) {
        // Beside the largest numbers, which are about 1, these are rounding errors of rounding errors.
        if (Math.abs(e[m]) < EPSILON * EPSILON) break;
        m++;
      }
      if (m < size - 1) e[m] = 0;
      if (m === l) break;
      if (++sweeps > PATIENCE * size)
        throw new FitError(`eigenvalues were not found in ${PATIENCE * size} sweeps`, 'Scale the features.');
      sweep(d, e, l, m, rotations);
      if (sweeps % 16 === 0) context.checkpoint(l / size);
    }
  rotations.flush();
}

/** One implicit QL step on the block l … m, with Wilkinson's shift. */
function sweep(d: Float64Array, e: Float64Array, l: number, m: number, rotations: Rotations): void {
  const q = (d[l + 1] - d[l]) / (2 * e[l]);
  const root = Math.sqrt(q * q + 1);
  const shift = d[l] - e[l] / (q < 0 ? q - root : q + root);
  let g = d[m] - shift;
  let sine = 1;
  let cosine = 1;
  let carried = 0;
  rotations.begin(m);
  for (let i = m - 1; i >= l; i--) {
    const f = sine * e[i];
    const b = cosine * e[i];
    const length = Math.sqrt(f * f + g * g);
    e[i + 1] = length;
    if (length === 0) {
      // The block has come apart at i + 1.
      d[i + 1] -= carried;
      e[m] = 0;
      rotations.end(i + 1);
      return;
    }
    sine = f / length;
    cosine = g / length;
    g = d[i + 1] - carried;
    const r = (d[i] - g) * sine + 2 * cosine * b;
    carried = sine * r;
    d[i + 1] = g + carried;
    g = cosine * r - b;
    rotations.add(cosine, sine);
  }
  d[l] -= carried;
  e[l] = g;
  e[m] = 0;
  rotations.end(l);
}

/** Collects sweeps of rotations and puts them on the rows of a matrix together; see assembly/algebra/rotations.ts. */
class Rotations {
  readonly #context: FitContext;
  readonly #rows: Matrix | undefined;
  readonly #capacity: number;
  readonly #pairs: Float64Array;
  readonly #pairsAt: number;
  readonly #sweeps: Uint32Array;
  readonly #sweepsAt: number;
  #count = 0;
  #sweepCount = 0;
  #top = 0;

  constructor(context: FitContext, rows: Matrix | undefined, size: number) {
    const { kernels } = context;
    this.#context = context;
    this.#rows = rows;
    this.#capacity = rows ? (ROTATIONS_KEPT + 1) * size : 0;
    this.#pairsAt = kernels.allocate(16 * this.#capacity);
    this.#pairs = kernels.f64(this.#pairsAt, 2 * this.#capacity);
    this.#sweepsAt = kernels.allocate(8 * this.#capacity);
    this.#sweeps = kernels.u32(this.#sweepsAt, 2 * this.#capacity);
  }

  begin(top: number): void {
    this.#top = top;
  }

  add(cosine: number, sine: number): void {
    if (!this.#rows) return;
    this.#pairs[2 * this.#count] = cosine;
    this.#pairs[2 * this.#count + 1] = sine;
    this.#count++;
  }

  end(bottom: number): void {
    if (!this.#rows) return;
    this.#sweeps[2 * this.#sweepCount] = this.#top;
    this.#sweeps[2 * this.#sweepCount + 1] = bottom;
    this.#sweepCount++;
    if (this.#count > this.#capacity - this.#rows.rows || this.#sweepCount === this.#capacity) this.flush();
  }

  flush(): void {
    if (!this.#rows || this.#sweepCount === 0) return;
    const { pointer, rowStride, columns } = this.#rows;
    const calls: number[][] = [];
    for (let column = 0; column < columns; column += COLUMNS_PER_CALL) {
      const width = Math.min(COLUMNS_PER_CALL, 16 * Math.ceil((columns - column) / 16));
      calls.push([pointer + 8 * column, rowStride, width, this.#sweepsAt, this.#sweepCount, this.#pairsAt]);
    }
    // In groups, so that none takes long.
    const together = 8 * this.#context.team.size;
    for (let first = 0; first < calls.length; first += together) {
      this.#context.team.run('rotateRows', calls.slice(first, first + together));
      this.#context.checkpoint(0.5);
    }
    this.#count = 0;
    this.#sweepCount = 0;
  }
}
