// Ranks of values, and rows in the order of their values, before any tree is grown.

/**
 * From `ordered`, the rows sorted by their value of `column`: `ranks`, u32 for each row, numbers equal values alike from
 * 0 in ascending order; `values`, f32, the distinct ones; `order`, u64[rows] of row + rank * 2^32, unless it is 0.
 * Stores at `found` how many values are distinct, and whether any two are no further apart than `closeness`.
 */
export function rankColumn(
  column: usize, ordered: usize, rows: usize, closeness: f32, ranks: usize, values: usize, order: usize, found: usize,
): void {
  let rank: u32 = 0;
  let close: u32 = 0;
  let before: f32 = 0;
  for (let i: usize = 0; i < rows; i++) {
    const row = load<u32>(ordered + (i << 2));
    const value = load<f32>(column + (<usize>row << 2));
    if (i == 0) store<f32>(values, value);
    else if (value != before) {
      if (!(value > before + closeness)) close = 1;
      store<f32>(values + (<usize>++rank << 2), value);
    }
    before = value;
    store<u32>(ranks + (<usize>row << 2), rank);
    if (order) store<u64>(order + (i << 3), (<u64>rank << 32) | <u64>row);
  }
  store<u32>(found, rank + 1);
  store<u32>(found, close, 4);
}

/**
 * Sorts rows by the f32 values of `column`, which must be numbers, equal values by row: u32[rows] to `ordered`. `keys` is
 * u64[rows] twice, `counts` u32[2048].
 */
export function orderColumn(column: usize, rows: usize, keys: usize, counts: usize, ordered: usize): void {
  let from = keys;
  let to = keys + (rows << 3);
  for (let row: usize = 0; row < rows; row++) {
    // Adding 0 turns -0 into 0. Negative numbers have all bits flipped, others the sign: then they ascend as integers.
    const bits = reinterpret<u32>(load<f32>(column + (row << 2)) + 0);
    const flipped = bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
    store<u64>(from + (row << 3), (<u64>flipped << 32) | <u64>row);
  }
  for (let shift: u64 = 32; shift < 64; shift += 11) {
    memory.fill(counts, 0, 2048 * 4);
    for (let at = from; at < from + (rows << 3); at += 8) {
      const cell = counts + (<usize>((load<u64>(at) >> shift) & 2047) << 2);
      store<u32>(cell, load<u32>(cell) + 1);
    }
    let place: u32 = 0;
    for (let cell = counts; cell < counts + 2048 * 4; cell += 4) {
      const here = load<u32>(cell);
      store<u32>(cell, place);
      place += here;
    }
    for (let at = from; at < from + (rows << 3); at += 8) {
      const key = load<u64>(at);
      const cell = counts + (<usize>((key >> shift) & 2047) << 2);
      const target = <usize>load<u32>(cell);
      store<u64>(to + (target << 3), key);
      store<u32>(cell, <u32>target + 1);
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  for (let i: usize = 0; i < rows; i++) store<u32>(ordered + (i << 2), load<u32>(from + (i << 3)));
}
