import { Cholesky } from '../algebra/cholesky.js';
import type { Gram } from '../algebra/gram.js';

/** A factor is made anew when the curvature has changed by more than this factor. */
const OUTDATED = 2;

/**
 * An approximate inverse of the Hessian of a linear classifier's mean loss, the same for every output: the mean second
 * derivative of the loss by a margin, times the mean products of the features, plus the penalty. Where all margins are 0
 * and there are two classes this is the Hessian; later on, it keeps the balance of data and penalty right. One for all
 * outputs, because the softmax leaves the sum of its outputs' coefficients where it starts, and so must each step.
 */
export class Preconditioner {
  /** Mean products of the scaled features; without it, they count as uncorrelated. */
  readonly #products: Float64Array | undefined;
  readonly #penalties: Float64Array;
  #curvature = 0;
  #factor: Cholesky | undefined;

  constructor(gram: Gram | undefined, rows: number, penalties: Float64Array) {
    this.#products = gram?.products.map((product) => product / rows);
    this.#penalties = penalties;
  }

  /** Takes the mean second derivative of the loss by a margin. */
  update(meanCurvature: number): void {
    // Where all rows are certain the few that are left decide, and their curvature is not the mean.
    const curvature = Math.max(meanCurvature, 1e-9);
    if (curvature < this.#curvature * OUTDATED && curvature * OUTDATED > this.#curvature) return;
    this.#curvature = curvature;
    if (!this.#products) return;
    const features = this.#penalties.length;
    const hessian = this.#products.map((product) => curvature * product);
    // Dependent columns leave directions without curvature; a little everywhere keeps those harmless.
    for (const [i, penalty] of this.#penalties.entries()) hessian[i * features + i] += penalty + 1e-8 * curvature;
    this.#factor = Cholesky.factor(hessian, features);
  }

  /** Multiplies by the inverse, in place. `vector` is outputs × (features + 1), the intercepts last. */
  apply(vector: Float64Array): void {
    const features = this.#penalties.length;
    for (let start = 0; start < vector.length; start += features + 1) {
      const own = vector.subarray(start, start + features);
      if (this.#factor) this.#factor.solve(own);
      else for (const [i, penalty] of this.#penalties.entries()) own[i] /= this.#curvature + penalty;
      vector[start + features] /= this.#curvature;
    }
  }
}
