/** What rows count for the structure of a tree. */
import { exp, type Kernels, log, type RandomState } from '@pgml/kernels';

export type BootstrapType = 'Bayesian' | 'Bernoulli' | 'MVS' | 'No';

export interface BootstrapRule {
  readonly type: BootstrapType;
  readonly temperature: number;
  readonly subsample: number;
  /** Of MVS; null: chosen by the gradients. */
  readonly regularization: number | null;
}

/** Fills in what each row counts; `factors` is in kernel memory. `sizeOf` is the length of a row's gradient. */
export function drawBootstrap(
  factors: Float64Array,
  rule: BootstrapRule,
  random: RandomState,
  sizeOf: (row: number) => number,
  kernels: Kernels,
): void {
  const { type, temperature, subsample } = rule;
  if (type === 'Bayesian' && temperature > 0)
    for (let row = 0; row < factors.length; row++) factors[row] = power(-log(random.double() + 1e-100), temperature);
  else if (type === 'Bernoulli')
    for (let row = 0; row < factors.length; row++) factors[row] = random.double() < subsample ? 1 : 0;
  else if (type === 'MVS' && subsample < 1) drawByVariance(factors, rule, random, sizeOf, kernels);
  else factors.fill(1);
}

/** Temperatures other than 1 by exponential and logarithm of our own. */
function power(value: number, exponent: number): number {
  if (exponent === 1) return value;
  return exponent === 0.5 ? Math.sqrt(value) : powerOf(value, exponent);
}

function powerOf(value: number, exponent: number): number {
  return value <= 0 ? 0 : exp(exponent * log(value));
}

/**
 * Minimal variance sampling (Ibragimov & Gusev, "Minimal Variance Sampling in Stochastic Gradient Boosting", 2019): a row is
 * drawn with a probability in proportion to sqrt(gradient² + regularization), at most 1, and counts the more the less likely
 * it was.
 */
function drawByVariance(
  factors: Float64Array,
  { subsample, regularization }: BootstrapRule,
  random: RandomState,
  sizeOf: (row: number) => number,
  kernels: Kernels,
): void {
  const rows = factors.length;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += factors[row] = sizeOf(row);
  const added = regularization ?? (sum / rows) ** 2;
  sum = 0;
  for (let row = 0; row < rows; row++) sum += factors[row] = Math.sqrt(factors[row] ** 2 + added);
  if (sum === 0) {
    factors.fill(1);
    return;
  }
  // The divisor for which probabilities add up to the rows that are wanted: from above, until no more rows are certain.
  const wanted = subsample * rows;
  let divisor = sum / wanted;
  const mark = kernels.mark();
  const out = kernels.allocate(16);
  for (;;) {
    kernels.run.sumBelow(factors.byteOffset, rows, divisor, out);
    const [rest, certain] = kernels.f64(out, 2) as unknown as [number, number];
    const next = rest / (wanted - certain);
    if (!(next > 0 && next < divisor)) break;
    divisor = next;
  }
  kernels.release(mark);
  for (let row = 0; row < rows; row++) {
    const probability = Math.min(1, factors[row] / divisor);
    factors[row] = random.double() < probability ? 1 / probability : 0;
  }
}
