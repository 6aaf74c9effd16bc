import { exp } from '../../math.js';

/** What the kernels of assembly/kernel-methods/support-vectors.ts know of a kernel function. */
export interface KernelFunction {
  /** 0 linear, 1 polynomial, 2 rbf, 3 sigmoid. */
  readonly kind: number;
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

export function kernelValue({ kind, gamma, coef0, degree }: KernelFunction, x: Float64Array, y: Float64Array): number {
  const product = x.reduce((sum, value, i) => sum + value * y[i], 0);
  switch (kind) {
    case 1: {
      let power = 1;
      for (let i = 0; i < degree; i++) power *= gamma * product + coef0;
      return power;
    }
    case 2:
      return exp(-gamma * x.reduce((sum, value, i) => sum + (value - y[i]) ** 2, 0));
    case 3: {
      const e = exp(-2 * Math.abs(gamma * product + coef0));
      return (Math.sign(gamma * product + coef0) * (1 - e)) / (1 + e);
    }
    default:
      return product;
  }
}

/** The variable to decrease when one of slope `slope` increases: what it promises, its number or -1, the largest slope. */
export function chooseSecond(
  gradient: Float64Array,
  fixed: Float64Array,
  diagonal: Float64Array,
  kernel: Float32Array,
  slope: number,
  own: number,
): [promise: number, chosen: number, steepest: number] {
  let promise = 0;
  let chosen = -1;
  let steepest = -Infinity;
  for (let i = 0; i < gradient.length; i++) {
    if (fixed[i] !== 0) continue;
    steepest = Math.max(steepest, gradient[i]);
    const b = gradient[i] - slope;
    const gain = (b * b) / Math.max(own + diagonal[i] - 2 * kernel[i], 1e-12);
    if (b > 0 && gain >= promise) {
      promise = gain;
      chosen = i;
    }
  }
  return [promise, chosen, steepest];
}

/** Moves the gradient, and finds the variable of least slope that may increase: its slope and number. */
export function moveAndChooseFirst(
  gradient: Float64Array,
  fixed: Float64Array,
  kernelI: Float32Array,
  kernelJ: Float32Array,
  stepI: number,
  stepJ: number,
): [slope: number, chosen: number] {
  let least = Infinity;
  let chosen = -1;
  for (let i = 0; i < gradient.length; i++) {
    gradient[i] = gradient[i] + (kernelI[i] * stepI + kernelJ[i] * stepJ);
    if (fixed[i] === 0 && gradient[i] <= least) {
      least = gradient[i];
      chosen = i;
    }
  }
  return [least, chosen];
}
