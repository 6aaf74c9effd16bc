import { log } from '@pgml/kernels';

/**
 * A positive definite matrix as L L', with L lower triangular, in ordinary arrays: for sizes up to a few hundred. For
 * larger ones see blocked-cholesky.ts.
 */
export class Cholesky {
  readonly #size: number;
  /** L by rows, size × size; above the diagonal are zeros. */
  readonly #lower: Float64Array;

  private constructor(size: number, lower: Float64Array) {
    this.#size = size;
    this.#lower = lower;
  }

  /**
   * Factors a symmetric matrix, size × size, of which the lower triangle is read. Undefined when a pivot is not above
   * `tolerance` times its diagonal element: then a column almost depends on those before it. `checkpoint` is called for
   * every row.
   */
  static factor(
    matrix: Float64Array,
    size: number,
    { tolerance = 0, checkpoint = () => {} }: { tolerance?: number; checkpoint?: () => void } = {},
  ): Cholesky | undefined {
    const lower = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      checkpoint();
      for (let j = 0; j <= i; j++) {
        let sum = matrix[i * size + j];
        for (let k = 0; k < j; k++) sum -= lower[i * size + k] * lower[j * size + k];
        if (j < i) {
          lower[i * size + j] = sum / lower[j * size + j];
          continue;
        }
        const diagonal = matrix[i * size + i];
        if (!(sum > tolerance * diagonal && sum > 0)) return undefined;
        lower[i * size + i] = Math.sqrt(sum);
      }
    }
    return new Cholesky(size, lower);
  }

  /** Solves L L' x = right side in place. */
  solve(vector: Float64Array): void {
    const size = this.#size;
    const lower = this.#lower;
    for (let i = 0; i < size; i++) {
      let sum = vector[i];
      for (let k = 0; k < i; k++) sum -= lower[i * size + k] * vector[k];
      vector[i] = sum / lower[i * size + i];
    }
    for (let i = size - 1; i >= 0; i--) {
      const solved = vector[i] / lower[i * size + i];
      vector[i] = solved;
      for (let k = 0; k < i; k++) vector[k] -= lower[i * size + k] * solved;
    }
  }
  /** log |A|. */
  logDeterminant(): number {
    let sum = 0;
    for (let i = 0; i < this.#size; i++) sum += log(this.#lower[i * this.#size + i]);
    return 2 * sum;
  }

  /** A⁻¹ by rows. */
  inverse(): Float64Array {
    const size = this.#size;
    const inverse = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      const row = inverse.subarray(i * size, (i + 1) * size);
      row[i] = 1;
      this.solve(row);
    }
    return inverse;
  }
}
