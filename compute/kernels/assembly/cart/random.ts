// The generator of a tree: xorshift with 32 bits (Marsaglia, "Xorshift RNGs", 2003), of which 31 are used, as
// scikit-learn draws features and thresholds.
import { Growth } from './growth';

const LARGEST: u32 = 0x7fffffff;

function draw(g: Growth): u32 {
  let seed = g.seed;
  if (seed == 0) seed = 1;
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  g.seed = seed;
  return seed & LARGEST;
}

/** An integer from low to high - 1. */
export function drawInteger(g: Growth, low: u32, high: u32): u32 {
  return low + draw(g) % (high - low);
}

/** A number from low to high. */
export function drawNumber(g: Growth, low: f64, high: f64): f64 {
  return ((high - low) * <f64>draw(g)) / <f64>LARGEST + low;
}
