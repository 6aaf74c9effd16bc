import { exp, log1p } from '../math.js';

/** e^x for x in [-708, 0]; what is below counts as -708. */
export function expOfNegative(x: number): number {
  return exp(Math.max(x, -708));
}

/** log(1 + u) for u in [0, 1]. */
export function log1pOfUnit(u: number): number {
  return log1p(u);
}
