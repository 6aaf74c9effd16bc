// Sums of decision trees. The layout of the block's words 6… and the kernels are described here.
export function treeScores(model: usize, rows: usize, count: usize, out: usize): void {}
