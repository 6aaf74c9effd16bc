/** The learning rate that CatBoost chooses when none is given. */
import { exp, log } from '@pgml/kernels';

/**
 * Of log(rows), a constant, of log(iterations), a constant; by loss, validation, and whether boosting begins at the
 * best constant.
 */
const coefficients: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'Logloss true true': [0.246, -5.127, -0.451, 0.978],
  'Logloss false true': [0.408, -7.299, -0.928, 2.701],
  'Logloss true false': [0.247, -5.158, -0.435, 0.934],
  'Logloss false false': [0.427, -7.525, -0.917, 2.63],
  'MultiClass true false': [0.02, -2.364, -0.382, 0.924],
  'MultiClass false false': [0.051, -2.889, -0.845, 2.928],
  'RMSE true true': [0.157, -4.062, -0.61, 1.557],
  'RMSE false true': [0.158, -4.287, -0.813, 2.571],
  'RMSE true false': [0.189, -4.383, -0.623, 1.439],
  'RMSE false false': [0.178, -4.473, -0.76, 2.133],
};

/** For losses without a rule of their own. */
const USUAL = 0.03;
const LARGEST = 0.5;

/** CatBoost's table for processors, to six digits. */
export function automaticRate(
  loss: string,
  rows: number,
  iterations: number,
  validates: boolean,
  fromAverage: boolean,
): number {
  const found = coefficients[`${loss} ${validates} ${fromAverage}`];
  if (!found) return USUAL;
  const [perRows, rowsConstant, perIterations] = found;
  const usual = exp(perRows * log(rows) + rowsConstant);
  const rate = Math.min(LARGEST, usual * exp(perIterations * (log(iterations) - log(1000))));
  return Math.round(rate * 1e6) / 1e6;
}
