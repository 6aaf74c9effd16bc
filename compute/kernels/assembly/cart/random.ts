// What a tree draws, as scikit-learn draws features and thresholds.
import { DRAWN, nextState } from '../xorshift';
import { Growth } from './growth';

function draw(g: Growth): u32 {
  g.seed = nextState(max<u32>(1, g.seed));
  return g.seed & DRAWN;
}

/** An integer from low to high - 1. */
export function drawInteger(g: Growth, low: u32, high: u32): u32 {
  return low + draw(g) % (high - low);
}

/** A number from low to high. */
export function drawNumber(g: Growth, low: f64, high: f64): f64 {
  return ((high - low) * <f64>draw(g)) / <f64>DRAWN + low;
}
