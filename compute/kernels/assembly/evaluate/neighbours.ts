// The k nearest of the rows a model has kept: k ascending distances, then k numbers of rows (Infinity and -1 where there are
// fewer). What they answer is the decision's. Words 6 … 14 describe the search, see neighbours/kd-tree.ts.
//
//   word  6  metric                        11  nodes of the tree; 0: no tree
//         7  features, once more           12  offset of u32[rows], the numbers of rows in the order of the tree
//         8  rows                          13  offset of f32[nodes][2][features]
//         9  k; outputs are 2k             14  offset of f64[2]: p, radius
//        10  offset of f32[rows][features]
import { nearestRows } from '../neighbours/kd-tree';
import { word } from './block';

const SEARCH: usize = 24;

export function neighbourScores(model: usize, rows: usize, count: usize, out: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const k: usize = word(model, 9);
  for (let r: usize = 0; r < count; r++) nearestRows(model, model + SEARCH, rows + r * rowBytes, k, -1, out + r * (k << 4));
}
