// Trees over columns: what a fit needs of its own trees, for rows that they were not grown on, or not as they are now.
//
// nodes     the chained tree of evaluate/trees.ts, its root first
// sets      u32[]: the category sets of its nodes
// columns   u32[features]: the address of each column, f32[rows]

/** Adds to the margin (f32) of rows from … to-1 the value of the leaf that each falls into, times `scale`. */
export function addTree(
  nodes: usize, sets: usize, columns: usize, margins: usize, from: usize, to: usize, scale: f32,
): void {
  for (let row = from; row < to; row++) {
    let node = nodes;
    for (;;) {
      const left = nodes + <usize>load<u32>(node, 8);
      if (left == node) break;
      const what = load<u32>(node);
      const value = load<f32>(<usize>load<u32>(columns + <usize>(what & ~3)) + (row << 2));
      node = left + (goesRight(value, what, node, sets) << 4);
    }
    const margin = margins + (row << 2);
    store<f32>(margin, load<f32>(margin) + load<f32>(node, 12) * scale);
  }
}

// @ts-ignore: decorator
@inline
function goesRight(value: f32, what: u32, node: usize, sets: usize): usize {
  if (value != value) return <usize>(what & 1);
  if ((what & 2) == 0) return <usize>(value >= load<f32>(node, 4));
  const set = sets + (<usize>load<u32>(node, 4) << 2);
  const code = <u32>value;
  if (value < 0 || code >= load<u32>(set) << 5) return 1;
  return <usize>(((load<u32>(set + 4 + <usize>((code >>> 5) << 2)) >>> (code & 31)) & 1) ^ 1);
}
