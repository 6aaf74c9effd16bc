/** How many components there are: the most likely dimension of the data, or as many as explain enough. */
import { log } from '@pgml/kernels';

const LOG_2 = 0.6931471805599453;
const LOG_PI = 1.1447298858494002;

/** Variances below this are nothing. */
const NO_VARIANCE = 1e-15;

/**
 * The number of components, at least 1, under which variances (descending, one per feature) of so many rows are the most
 * likely (Minka, "Automatic choice of dimensionality for PCA", 2000). 0 if there is only one feature or no variance.
 */
export function likeliestDimension(variances: Float64Array, rows: number): number {
  let best = 0;
  let highest = -Infinity;
  for (let dimension = 1; dimension < variances.length; dimension++) {
    const likelihood = logLikelihood(variances, dimension, rows);
    if (likelihood > highest) {
      highest = likelihood;
      best = dimension;
    }
  }
  return best;
}

/** Minka's equation (30), with the names of the paper: U the subspace, L the variances in it, v the mean of those beside. */
function logLikelihood(variances: Float64Array, k: number, rows: number): number {
  const d = variances.length;
  if (variances[k - 1] < NO_VARIANCE) return -Infinity;
  let u = -k * LOG_2;
  for (let i = 0; i < k; i++) u += logGammaOfHalf(d - i) - (LOG_PI * (d - i)) / 2;
  let l = 0;
  for (let i = 0; i < k; i++) l += log(variances[i]);
  let beside = 0;
  for (let i = k; i < d; i++) beside += variances[i];
  const v = Math.max(NO_VARIANCE, beside / (d - k));
  const m = d * k - (k * (k + 1)) / 2;
  let hessian = 0;
  for (let i = 0; i < k; i++)
    for (let j = i + 1; j < d; j++) {
      const other = j < k ? variances[j] : v;
      hessian += log((variances[i] - variances[j]) * (1 / other - 1 / variances[i])) + log(rows);
    }
  return (
    u -
    (l * rows) / 2 -
    (log(v) * rows * (d - k)) / 2 +
    ((LOG_2 + LOG_PI) * (m + k)) / 2 -
    hessian / 2 -
    (k * log(rows)) / 2
  );
}

/** log Γ(n / 2) for a whole number n of at least 1, by Γ(x + 1) = x Γ(x) from Γ(1) = 1 or Γ(½) = √π. */
export function logGammaOfHalf(n: number): number {
  let sum = n % 2 === 0 ? 0 : LOG_PI / 2;
  for (let x = n / 2 - 1; x > 0; x--) sum += log(x);
  return sum;
}

/** How many components it takes to explain more than `part` of the variance; all if rounding leaves a little. */
export function enoughComponents(ratios: Float64Array, part: number): number {
  let sum = 0;
  for (let i = 0; i < ratios.length; i++) {
    sum += ratios[i];
    if (sum > part) return i + 1;
  }
  return ratios.length;
}
