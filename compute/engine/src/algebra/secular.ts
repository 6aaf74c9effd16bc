/** The secular equation, whose roots are the eigenvalues of a diagonal matrix plus one of rank 1. */

const EPSILON = 2 ** -52;

/** Steps per root; some five are usual, and bisection alone would need about a hundred. */
const MAXIMUM_STEPS = 200;

/** An eigenvalue as its distance from a pole, so that its distance from every pole is exact. */
export interface Root {
  readonly origin: number;
  readonly offset: number;
}

/**
 * Root number i of 1 + rho Σ squares[j] / (poles[j] - x), for ascending poles, rho and squares above 0: it lies between the
 * poles i and i + 1, or above the last one. Each step replaces the poles on either side by one of equal value and slope
 * (Bunch, Nielsen & Sorensen, "Rank-one modification of the symmetric eigenproblem", 1978), within a bracket.
 */
export function secularRoot(poles: Float64Array, squares: Float64Array, rho: number, i: number): Root {
  const last = i === poles.length - 1;
  let origin = i;
  let low = 0;
  let high: number;
  let x: number;
  if (last) {
    high = rho * squares.reduce((sum, square) => sum + square, 0);
    x = high;
  } else {
    // The nearer pole is the origin. The value in the middle says which, and what all other poles are about worth.
    high = (poles[i + 1] - poles[i]) / 2;
    let others = 1;
    for (let j = 0; j < poles.length; j++)
      if (j !== i && j !== i + 1) others += (rho * squares[j]) / (poles[j] - poles[i] - high);
    const middle = others - (rho * squares[i]) / high + (rho * squares[i + 1]) / high;
    if (middle < 0) {
      origin = i + 1;
      low = -high;
      high = 0;
    }
    const first = poles[i] - poles[origin];
    const second = poles[i + 1] - poles[origin];
    x = stepBetween(others, first, rho * squares[i], second, rho * squares[i + 1]);
    if (!(x > low && x < high)) x = (low + high) / 2;
  }
  const base = poles[origin];
  for (let step = 0; step < MAXIMUM_STEPS; step++) {
    let below = 0;
    let belowSlope = 0;
    for (let j = 0; j <= i; j++) {
      const distance = poles[j] - base - x;
      const term = squares[j] / distance;
      below += term;
      belowSlope += term / distance;
    }
    let above = 0;
    let aboveSlope = 0;
    for (let j = i + 1; j < poles.length; j++) {
      const distance = poles[j] - base - x;
      const term = squares[j] / distance;
      above += term;
      aboveSlope += term / distance;
    }
    const value = 1 + rho * (below + above);
    if (Math.abs(value) <= 2 * EPSILON * (1 + rho * (above - below))) break;
    if (value < 0) low = x;
    else high = x;
    if (high - low <= EPSILON * Math.max(Math.abs(low), Math.abs(high))) break;
    const first = poles[i] - base - x;
    let next: number;
    if (last) next = x + first + (rho * first * first * belowSlope) / (value - rho * first * belowSlope);
    else {
      const second = poles[i + 1] - base - x;
      const rest = value - rho * (first * belowSlope + second * aboveSlope);
      next = x + stepBetween(rest, first, rho * first * first * belowSlope, second, rho * second * second * aboveSlope);
    }
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (next === x) break;
    x = next;
  }
  return { origin, offset: x };
}

/** The root of rest + one / (first - x) + other / (second - x) between first and second. */
function stepBetween(rest: number, first: number, one: number, second: number, other: number): number {
  const a = rest * (first + second) + one + other;
  const b = rest * first * second + one * second + other * first;
  const root = Math.sqrt(Math.max(0, a * a - 4 * b * rest));
  return a <= 0 ? (a - root) / (2 * rest) : (2 * b) / (a + root);
}
