import { exp, log, log1p, tanh } from '../../math.js';
import type { KernelFunction } from '../../block/kernel-functions.js';
import { operations } from '../../block/kernel-program.js';

export interface KernelModel {
  readonly kernel: KernelFunction;
  /** gamma, coef0 and degree; or the program. One, or one for each score. */
  readonly parameters: readonly Float64Array[];
  readonly vectors: readonly Float32Array[];
  /** vectors × scores. */
  readonly coefficients: Float64Array;
  readonly intercepts: Float64Array;
  /** By score the rows of a lower triangle. */
  readonly factors?: readonly Float64Array[];
}

/** Scores, and with factors their variances and the last score's kernels, of each row. */
export function kernelScores(model: KernelModel, rows: readonly Float32Array[]): Float64Array[] {
  const { kernel, parameters, vectors, coefficients, intercepts, factors } = model;
  const scores = intercepts.length;
  return rows.map((row) => {
    const perScore = Array.from(intercepts, (_, score) => {
      const own = parameters[score] ?? parameters[0];
      return vectors.map((vector) => kernelOf(kernel, own, row, vector));
    });
    const means = intercepts.map((intercept, score) =>
      perScore[score].reduce((sum, value, i) => sum + coefficients[i * scores + score] * value, intercept),
    );
    if (!factors) return means;
    const variances = perScore.map((kernels, score) => {
      let place = 0;
      const squares = kernels.reduce((total, _, i) => {
        let sum = 0;
        for (let j = 0; j <= i; j++) sum += factors[score][place++] * kernels[j];
        return total + sum * sum;
      }, 0);
      return Math.max(0, composite(parameters[score] ?? parameters[0], row, row, true) - squares);
    });
    return Float64Array.of(...means, ...variances, ...perScore[scores - 1]);
  });
}

/** The kernel of two rows. */
export function kernelOf(kernel: KernelFunction, parameters: Float64Array, x: Float32Array, y: Float32Array): number {
  const [gamma, coef0, degree] = parameters;
  const sumOver = (term: (a: number, b: number) => number): number =>
    x.reduce((sum, value, feature) => sum + term(value, y[feature]), 0);
  const product = () => sumOver((a, b) => a * b);
  const ratios = () => sumOver((a, b) => (a + b === 0 ? 0 : ((a - b) * (a - b)) / (a + b)));
  switch (kernel) {
    case 'linear':
      return product();
    case 'polynomial':
      return power(gamma * product() + coef0, degree);
    case 'rbf':
      return exp(-gamma * sumOver((a, b) => (a - b) * (a - b)));
    case 'sigmoid':
      return tanh(gamma * product() + coef0);
    case 'laplacian':
      return exp(-gamma * sumOver((a, b) => Math.abs(a - b)));
    case 'cosine': {
      const norm = (row: Float32Array) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
      const norms = norm(x) * norm(y);
      return norms === 0 ? 0 : product() / norms;
    }
    case 'chi2':
      return exp(-gamma * ratios());
    case 'additiveChi2':
      return -ratios();
    case 'composite':
      return composite(parameters, x, y, false);
  }
}

/** base^exponent; NaN where that is not real. */
export function power(base: number, exponent: number): number {
  if (!(exponent >= 0 && exponent <= 1024 && Number.isInteger(exponent))) return exp(exponent * log(base));
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left >>= 1) {
    if (left & 1) result *= square;
    square *= square;
  }
  return result;
}

/** The kernel that a program describes; `same`: of a row with itself. */
export function composite(program: Float64Array, x: Float32Array, y: Float32Array, same: boolean): number {
  const [operation, , first, second] = program;
  const squares = (scales: Float64Array): number => {
    const scaled = (feature: number) => (x[feature] - y[feature]) * scales[feature];
    if (scales.length > 1) return x.reduce((sum, _, feature) => sum + scaled(feature) * scaled(feature), 0);
    const plain = x.reduce((sum, value, feature) => sum + (value - y[feature]) * (value - y[feature]), 0);
    return plain * scales[0] * scales[0];
  };
  switch (operation) {
    case operations.constant:
      return first;
    case operations.white:
      return same ? first : 0;
    case operations.rbf:
      return exp(-0.5 * squares(program.subarray(3, 3 + first)));
    case operations.matern: {
      const distance = Math.sqrt(squares(program.subarray(4, 4 + second)));
      if (first === 1) return exp(-distance);
      const scaled = distance * (first === 3 ? 1.7320508075688772 : 2.23606797749979);
      return (first === 3 ? 1 + scaled : 1 + scaled + (scaled * scaled) / 3) * exp(-scaled);
    }
    case operations.rationalQuadratic:
      return exp(-second * log1p(squares(Float64Array.of(1)) / (2 * second * first * first)));
    case operations.expSineSquared: {
      const sine = sineOfHalfTurns(Math.sqrt(squares(Float64Array.of(1))) / second) / first;
      return exp(-2 * sine * sine);
    }
    case operations.dotProduct:
      return first * first + x.reduce((sum, value, feature) => sum + value * y[feature], 0);
    case operations.power:
      return power(composite(program.subarray(3), x, y, same), first);
    default: {
      const left = composite(program.subarray(2), x, y, same);
      const right = composite(program.subarray(2 + program[3]), x, y, same);
      return operation === operations.sum ? left + right : left * right;
    }
  }
}

/** sin(pi t), up to its sign. */
function sineOfHalfTurns(t: number): number {
  const below = Math.floor(t);
  // Halves to even.
  const whole = t - below === 0.5 ? below + (below % 2) : Math.round(t);
  const angle = (t - whole) * Math.PI;
  let term = angle;
  let sum = angle;
  for (let i = 2; i < 24; i += 2) {
    term *= -(angle * angle) / (i * (i + 1));
    sum += term;
  }
  return sum;
}
