// Checking the programs of composite kernels; composite.ts describes them.
import { CONSTANT, DOT_PRODUCT, MATERN, POWER, PRODUCT, RATIONAL_QUADRATIC, RBF, SUM, WHITE } from './composite';

const MOST_DEPTH: u32 = 64;

/** How many numbers the node at `node` has, of at most `limit`; 0 if it is no node. */
export function programLength(node: usize, limit: u32, features: u32, depth: u32): u32 {
  if (limit < 3 || depth > MOST_DEPTH) return 0;
  const operation = load<f64>(node);
  const length = load<f64>(node, 8);
  if (!(length >= 3 && length <= <f64>limit)) return 0;
  const expected = lengthOf(operation, node, limit, features, depth);
  return expected > 0 && <f64>expected == length ? expected : 0;
}

function lengthOf(operation: f64, node: usize, limit: u32, features: u32, depth: u32): u32 {
  if (operation == CONSTANT || operation == WHITE || operation == DOT_PRODUCT) return 3;
  if (operation == RBF) return withScales(node, 2, limit, features);
  if (limit < 4) return 0;
  if (operation == MATERN) return withScales(node, 3, limit, features);
  if (operation == POWER) {
    const child = programLength(node + 24, limit - 3, features, depth + 1);
    return child == 0 ? 0 : 3 + child;
  }
  if (operation == SUM || operation == PRODUCT) {
    const first = programLength(node + 16, limit - 2, features, depth + 1);
    if (first == 0) return 0;
    const second = programLength(node + 16 + (<usize>first << 3), limit - 2 - first, features, depth + 1);
    return second == 0 ? 0 : 2 + first + second;
  }
  return operation >= RATIONAL_QUADRATIC && operation <= DOT_PRODUCT && operation == floor(operation) ? 4 : 0;
}

/** The length of a node with {n, scales[n]} as its number `place` and after. */
function withScales(node: usize, place: u32, limit: u32, features: u32): u32 {
  const scales = load<f64>(node + (<usize>place << 3));
  if (scales != 1 && scales != <f64>features) return 0;
  const length = <u64>scales + <u64>place + 1;
  return length <= <u64>limit ? <u32>length : 0;
}
