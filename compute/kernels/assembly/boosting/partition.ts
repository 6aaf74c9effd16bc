// The rows of each node are one contiguous stretch of a permutation u32[rows]; splitting a node splits its stretch.

/** Writes from … to-1 into positions from … to-1: the permutation in which every tree begins. */
export function enumerateRows(permutation: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i++) store<u32>(permutation + (i << 2), <u32>i);
}

/**
 * Splits positions from … to-1: rows that go left stay, in order, at the front of the stretch; rows that go right are
 * written, in order, to `spare` from position `from` on. Stores the number of rows that went left as u32 at `count`.
 *
 * A row goes left if (bin + turn) & 255 <= limit. With turn = 0 these are the bins up to `limit`; with turn = 1 the
 * bins below `limit` and bin 255, where missing values live, so that no branch is needed to send those left.
 */
export function partitionRows(
  column: usize, permutation: usize, spare: usize, from: usize, to: usize, limit: u32, turn: u32, count: usize,
): void {
  let left = permutation + (from << 2);
  let right = spare + (from << 2);
  const end = permutation + (to << 2);
  for (let position = left; position < end; position += 4) {
    const row = load<u32>(position);
    const goesLeft: usize = <usize>(((<u32>load<u8>(column + <usize>row) + turn) & 255) <= limit) << 2;
    // Both are written and one cursor moves on: a branch here would be mispredicted half of the time.
    store<u32>(left, row);
    store<u32>(right, row);
    left += goesLeft;
    right += 4 - goesLeft;
  }
  store<u32>(count, <u32>((left - permutation - (from << 2)) >> 2));
}

/** The same for a split of categories: a row goes left if bit `bin` of the set (u32[8]) is set. */
export function partitionCategories(
  column: usize, permutation: usize, spare: usize, from: usize, to: usize, set: usize, count: usize,
): void {
  let left = permutation + (from << 2);
  let right = spare + (from << 2);
  const end = permutation + (to << 2);
  for (let position = left; position < end; position += 4) {
    const row = load<u32>(position);
    const bin = <u32>load<u8>(column + <usize>row);
    const goesLeft: usize = <usize>((load<u32>(set + <usize>((bin >>> 5) << 2)) >>> (bin & 31)) & 1) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += goesLeft;
    right += 4 - goesLeft;
  }
  store<u32>(count, <u32>((left - permutation - (from << 2)) >> 2));
}

/** Copies `count` row numbers; source and target may overlap. */
export function copyRows(target: usize, source: usize, count: usize): void {
  memory.copy(target, source, count << 2);
}
