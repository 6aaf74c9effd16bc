import { featureAddresses, placeColumns } from '../../../algebra/columns.js';
import { RowSums } from '../../../algebra/row-sums.js';
import type { FitContext, TrainingData } from '../../../estimator.js';

const BLOCK_ROWS = 2048;

/** Multiplications between two checkpoints. */
const WORK_PER_CHECKPOINT = 1e7;

/**
 * The matrix that a linear machine learns with: the features and, with an intercept, a column of `interceptScaling`. Its
 * products with vectors of rows live in kernel memory, 8 bytes a row.
 */
export class Design {
  readonly rows: number;
  /** Columns, the intercept's included. */
  readonly count: number;
  readonly #context: FitContext;
  readonly #addresses: readonly number[];
  readonly #scales: Float64Array;
  readonly #sums: RowSums;
  readonly #even: number;
  readonly #rootsAt: number;

  /** `columns` are addresses of float32 columns, each counted times its scale. Allocates 8 bytes a row. */
  private constructor(rows: number, addresses: readonly number[], scales: readonly number[], context: FitContext) {
    const { kernels } = context;
    this.rows = rows;
    this.count = addresses.length;
    this.#context = context;
    this.#addresses = addresses;
    this.#scales = Float64Array.from(scales);
    // The kernel takes columns two by two: an odd one out is followed by itself times 0.
    const odd = addresses.length % 2;
    const paired = odd ? [...addresses, addresses[0]] : addresses;
    this.#even = paired.length;
    const columns = placeColumns(kernels, rows, paired, new Float64Array(this.#even), odd ? [...scales, 0] : scales);
    this.#sums = new RowSums(context, columns, {
      kernel: 'gram',
      totals: this.#even * this.#even,
      scratchColumns: this.#even,
      operationsPerRow: (this.#even * this.#even) / 2,
    });
    this.#rootsAt = kernels.allocate(8 * rows);
  }

  /** The features of `data` and, unless `interceptScaling` is 0, the intercept's column: 4 bytes a row. */
  static of(data: TrainingData, interceptScaling: number, context: FitContext): Design {
    const { rows, features } = data;
    const addresses = featureAddresses(data);
    const scales = new Array<number>(features).fill(1);
    if (interceptScaling !== 0) {
      const ones = context.kernels.allocate(4 * rows);
      context.kernels.f32(ones, rows).fill(1);
      addresses.push(ones);
      scales.push(interceptScaling);
    }
    return new Design(rows, addresses, scales, context);
  }

  /** Every n-th row of this matrix, copied. */
  everyNth(n: number): Design {
    const { kernels } = this.#context;
    const rows = Math.ceil(this.rows / n);
    const addresses = this.#addresses.map((address) => {
      const copyAt = kernels.allocate(4 * rows);
      const column = kernels.f32(address, this.rows);
      const copy = kernels.f32(copyAt, rows);
      for (let row = 0; row < rows; row++) copy[row] = column[row * n];
      return copyAt;
    });
    return new Design(rows, addresses, [...this.#scales], this.#context);
  }

  /** A vector of rows in kernel memory, and its address. */
  vector(): RowVector {
    const { kernels } = this.#context;
    const pointer = kernels.allocate(8 * this.rows);
    return { pointer, values: kernels.f64(pointer, this.rows) };
  }

  /** out := the matrix times one number for each column. */
  multiply(coefficients: Float64Array, out: RowVector, progress: number): void {
    const { run } = this.#context.kernels;
    out.values.fill(0);
    this.#forBlocks(progress, (first, count) => {
      for (let column = 0; column < this.count; column++) {
        const step = coefficients[column] * this.#scales[column];
        if (step !== 0) run.columnAdd(this.#addresses[column] + 4 * first, count, 0, 0, step, out.pointer + 8 * first);
      }
    });
  }

  /** For each column its inner product with a vector of rows. */
  transposed(vector: RowVector, progress: number): Float64Array {
    const { run } = this.#context.kernels;
    const products = new Float64Array(this.count);
    this.#forBlocks(progress, (first, count) => {
      for (let column = 0; column < this.count; column++)
        products[column] += run.columnDot(
          this.#addresses[column] + 4 * first,
          count,
          0,
          0,
          vector.pointer + 8 * first,
        ) as number;
    });
    for (let column = 0; column < this.count; column++) products[column] *= this.#scales[column];
    return products;
  }

  /** Blocks of rows whose part of a vector stays in the nearest cache while the columns come by. */
  #forBlocks(progress: number, body: (first: number, count: number) => void): void {
    let work = 0;
    for (let first = 0; first < this.rows; first += BLOCK_ROWS) {
      body(first, Math.min(BLOCK_ROWS, this.rows - first));
      work += BLOCK_ROWS * this.count;
      if (work < WORK_PER_CHECKPOINT) continue;
      work = 0;
      this.#context.checkpoint(progress);
    }
  }

  /** The inner products of all pairs of columns, count × count, each row counting what `weights` says; 0 or more. */
  gram(weights: Float64Array, progress: number): Float64Array {
    const roots = this.#context.kernels.f64(this.#rootsAt, this.rows);
    for (let row = 0; row < this.rows; row++) roots[row] = Math.sqrt(weights[row]);
    const totals = this.#sums.compute([this.#rootsAt], progress);
    const products = new Float64Array(this.count * this.count);
    for (let a = 0; a < this.count; a++)
      for (let b = a; b < this.count; b++) {
        const product = totals[a * this.#even + b];
        products[a * this.count + b] = product;
        products[b * this.count + a] = product;
      }
    return products;
  }
}

/** A number for each row, in kernel memory. */
export interface RowVector {
  readonly pointer: number;
  readonly values: Float64Array;
}
