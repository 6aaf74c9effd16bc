import { kernelFunctions } from '@pgml/kernels';
import type { TrainingData } from '../estimator.js';

/** k(x, y): x·y, (gamma x·y + coef0)^degree, exp(-gamma |x - y|²) or tanh(gamma x·y + coef0). */
export interface KernelFunction {
  readonly kind: (typeof KINDS)[keyof typeof KINDS];
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

/** The evaluators' functions by scikit-learn's names. */
const KINDS = {
  linear: kernelFunctions.linear,
  poly: kernelFunctions.polynomial,
  rbf: kernelFunctions.rbf,
  sigmoid: kernelFunctions.sigmoid,
} as const;

/** The kernel function that checked parameters name, with its gamma for this data. */
export function kernelFunction({ kernel, gamma, coef0, degree }: KernelChoice, data: Columns): KernelFunction {
  return { kind: KINDS[kernel], gamma: gammaFor(gamma, data), coef0, degree };
}

export interface KernelChoice {
  readonly kernel: keyof typeof KINDS;
  readonly degree: number;
  readonly gamma: 'scale' | 'auto' | number;
  readonly coef0: number;
}

type Columns = Pick<TrainingData, 'rows' | 'features' | 'column'>;

function gammaFor(gamma: KernelChoice['gamma'], data: Columns): number {
  if (typeof gamma === 'number') return gamma;
  if (gamma === 'auto') return 1 / data.features;
  const variance = varianceOfAll(data);
  return variance === 0 ? 1 : 1 / (data.features * variance);
}

/** The variance of the numbers of all features taken together; exactly 0 if they are all the same. */
function varianceOfAll({ rows, features, column }: Columns): number {
  const origin = column(0)[0];
  const count = rows * features;
  let sum = 0;
  for (let feature = 0; feature < features; feature++) {
    const values = column(feature);
    let sumOfFeature = 0;
    for (let row = 0; row < rows; row++) sumOfFeature += values[row] - origin;
    sum += sumOfFeature;
  }
  const mean = sum / count;
  let squares = 0;
  for (let feature = 0; feature < features; feature++) {
    const values = column(feature);
    let squaresOfFeature = 0;
    for (let row = 0; row < rows; row++) {
      const difference = values[row] - origin - mean;
      squaresOfFeature += difference * difference;
    }
    squares += squaresOfFeature;
  }
  return squares / count;
}
