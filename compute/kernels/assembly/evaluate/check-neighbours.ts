// Checking blocks of the kind `neighbours`; neighbours.ts describes their words.
import { word } from './block';

const METRICS: u32 = 5;

/**
 * Whether the numbers say a search that ends and whose rows all have a number below their count. Arrays are inside
 * already.
 */
export function isSearchable(model: usize, features: u32, outputs: u32): bool {
  const rows = word(model, 8);
  const k = word(model, 9);
  const nodes = word(model, 11);
  if (word(model, 6) >= METRICS || word(model, 7) != features) return false;
  if (rows == 0 || rows > <u32>i32.MAX_VALUE || k == 0 || k > <u32>i32.MAX_VALUE || outputs != 2 * k) return false;
  if (nodes == 0) return true;
  // A complete tree.
  if ((nodes & (nodes + 1)) != 0) return false;
  const numbers = model + <usize>word(model, 12);
  for (let at: u32 = 0; at < rows; at++) if (load<u32>(numbers + (<usize>at << 2)) >= rows) return false;
  return true;
}
