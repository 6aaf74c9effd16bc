// Where rows fall in a finished tree.
import { Node, NODE_BYTES, u32At } from './growth';

/** The number of the leaf of each of the rows first … last - 1 to `out`, u32 for every row of the table. */
export function findLeaves(nodes: usize, columns: usize, first: usize, last: usize, out: usize): void {
  for (let row = first; row < last; row++) {
    let index: usize = 0;
    for (;;) {
      const node = changetype<Node>(nodes + index * NODE_BYTES);
      if (node.left == 0) break;
      const value = <f64>load<f32>(<usize>u32At(columns, node.feature) + (row << 2));
      index = value <= node.threshold ? node.left : node.right;
    }
    store<u32>(out + (row << 2), <u32>index);
  }
}
