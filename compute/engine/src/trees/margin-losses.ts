/** Derivatives of losses by margins in f64, and means of them over rows: what growers that compute in f64 share. */
import type { Kernels } from '@pgml/kernels';
import type { Dispatch } from './dispatch.js';
import { pieces } from './stretch.js';

/** What derivatives are computed from and written to; addresses are in kernel memory. */
export interface LossArrays {
  readonly rows: number;
  /** f64[outputs][rows] */
  readonly margins: number;
  /** f32[rows] */
  readonly targets: number;
  /** f64[rows], or 0 */
  readonly weights: number;
  /** f32[outputs][rows][2]: first and second derivatives, times weights. */
  readonly gradients: number;
  readonly kernels: Kernels;
  readonly dispatch: Dispatch;
}

/** By a kernel of the kernels' margin-losses.ts over all rows. */
export const gradientsByKernel =
  (kernel: string, ...more: number[]) =>
  ({ rows, margins, targets, weights, gradients, dispatch }: LossArrays): void => {
    dispatch.run(
      kernel,
      pieces({ from: 0, to: rows }).map(({ from, to }) => [margins, targets, weights, gradients, from, to, ...more]),
      rows,
    );
  };

/** Row by row in JavaScript, for losses of one output that are rare. */
export const gradientsByRow =
  (derive: (target: number, margin: number) => readonly [gradient: number, hessian: number]) =>
  ({ rows, margins, targets, weights, gradients, kernels }: LossArrays): void => {
    const [score, target] = [kernels.f64(margins, rows), kernels.f32(targets, rows)];
    const weight = weights === 0 ? undefined : kernels.f64(weights, rows);
    const pairs = kernels.f32(gradients, 2 * rows);
    for (let row = 0; row < rows; row++) {
      const [gradient, hessian] = derive(target[row], score[row]);
      const factor = weight ? weight[row] : 1;
      pairs[2 * row] = factor * gradient;
      pairs[2 * row + 1] = factor * hessian;
    }
  };

/** The mean of f(row) over so many rows, weighed. */
export function weighedMean(rows: number, weights: Float64Array | undefined, of: (row: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights ? weights[row] : 1;
    sum += weight * of(row);
    total += weight;
  }
  return sum / total;
}
