import { exp, log } from '../../math.js';

export type Loss = (p: number, y: number) => { readonly loss: number; readonly slope: number };

/** By number as the kernel has them; `parameter` is where a hinge begins, or epsilon. */
export const losses = (parameter: number): readonly Loss[] => [
  (p, y) => (p * y <= parameter ? { loss: parameter - p * y, slope: -y } : { loss: 0, slope: 0 }),
  (p, y) => (p * y < 1 ? { loss: (1 - p * y) ** 2, slope: -2 * y * (1 - p * y) } : { loss: 0, slope: 0 }),
  (p, y) => ({ loss: log(1 + exp(-p * y)), slope: -y / (1 + exp(p * y)) }),
  (p, y) =>
    p * y < -1
      ? { loss: -4 * p * y, slope: -4 * y }
      : { loss: Math.max(0, 1 - p * y) ** 2, slope: -2 * y * Math.max(0, 1 - p * y) },
  (p, y) => ({ loss: 0.5 * (p - y) ** 2, slope: p - y }),
  (p, y) =>
    Math.abs(p - y) <= parameter
      ? { loss: 0.5 * (p - y) ** 2, slope: p - y }
      : { loss: parameter * (Math.abs(p - y) - parameter / 2), slope: parameter * Math.sign(p - y) },
  (p, y) => ({
    loss: Math.max(0, Math.abs(p - y) - parameter),
    slope: Math.abs(p - y) > parameter ? Math.sign(p - y) : 0,
  }),
  (p, y) => ({
    loss: Math.max(0, Math.abs(p - y) - parameter) ** 2,
    slope: 2 * Math.max(0, Math.abs(p - y) - parameter) * Math.sign(p - y),
  }),
];

export interface StochasticModel {
  readonly coefficients: Float64Array;
  intercept: number;
  /** Means since averaging began. */
  readonly averages: Float64Array;
  averageIntercept: number;
  lossSum: number;
  /** What of the L1 penalty each coefficient has paid. */
  readonly paid: Float64Array;
}

export interface StochasticSteps {
  readonly loss: Loss;
  readonly hinge: boolean;
  /** The rate at step 1, 2, …; or how passive-aggressive steps are limited. */
  readonly rate: (step: number) => number;
  readonly aggressive?: { readonly most: number; readonly squared: boolean };
  readonly shrink: number;
  readonly clip: number;
  /** 0: no averages. */
  readonly averageFrom: number;
}

/** One pass over rows whose targets are y and that count c, with coefficients that are changed at every row. */
export function descend(
  rows: readonly { readonly x: ArrayLike<number>; readonly y: number; readonly c: number }[],
  { loss, hinge, rate, aggressive, shrink, clip, averageFrom }: StochasticSteps,
  model: StochasticModel,
): void {
  const { coefficients, averages, paid } = model;
  let step = 1;
  let owed = 0;
  for (const { x, y, c } of rows) {
    const p = coefficients.reduce((sum, weight, j) => sum + weight * x[j], model.intercept);
    const at = loss(p, y);
    model.lossSum += at.loss;
    let update = -rate(step) * at.slope;
    if (aggressive) {
      const length = Array.from(x).reduce((sum, value) => sum + value * value, 0);
      const size = aggressive.squared
        ? at.loss / (length + 0.5 / aggressive.most)
        : Math.min(aggressive.most, at.loss / length);
      update = hinge ? size * y : size * Math.sign(y - p);
    }
    for (let j = 0; j < coefficients.length; j++)
      coefficients[j] = coefficients[j] * (1 - shrink * rate(step)) + c * update * x[j];
    model.intercept += c * update;
    if (averageFrom > 0 && step >= averageFrom) {
      const share = 1 / (step - averageFrom + 1);
      for (let j = 0; j < coefficients.length; j++) averages[j] += share * (coefficients[j] - averages[j]);
      model.averageIntercept += share * (model.intercept - model.averageIntercept);
    }
    owed += clip * rate(step);
    if (clip > 0)
      for (let j = 0; j < coefficients.length; j++) {
        const before = coefficients[j];
        if (before > 0) coefficients[j] = Math.max(0, before - (owed + paid[j]));
        if (before < 0) coefficients[j] = Math.min(0, before + (owed - paid[j]));
        paid[j] += coefficients[j] - before;
      }
    step++;
  }
}

/** Shuffles 0 … count - 1 by Marsaglia's xorshift generator of 32 bits. */
export function shuffleOrder(order: Uint32Array, seed: number): void {
  let bits = BigInt(seed === 0 ? 1 : seed);
  const word = (1n << 32n) - 1n;
  for (let i = 0; i + 1 < order.length; i++) {
    bits ^= (bits << 13n) & word;
    bits ^= bits >> 17n;
    bits ^= (bits << 5n) & word;
    const j = i + (Number(bits & 0x7fffffffn) % (order.length - i));
    [order[i], order[j]] = [order[j], order[i]];
  }
}
