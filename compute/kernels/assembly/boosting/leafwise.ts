// What growing trees leaf by leaf in f64 needs beside histogram.ts and partition.ts: sums and counts of rows, splits of
// rows by sets of bins, and margins in f64.
//
//   gradients   f32[rows][2], gradient and hessian
//   counts      u32[features][256]: for each bin of each feature, the rows in it

/** Sums gradients and hessians of all rows, in order, in f64: out f64[2]. */
export function sumGradients(gradients: usize, rows: usize, out: usize): void {
  let sum = f64x2.splat(0);
  const end = gradients + (rows << 3);
  for (; gradients < end; gradients += 8) sum = f64x2.add(sum, f64x2.promote_low_f32x4(v128.load64_zero(gradients)));
  v128.store(out, sum);
}

/** Counts the rows at positions from … to-1 of the permutation in `features` features (a multiple of 4) from `bins` on. */
export function countBins(
  bins: usize, stride: usize, features: usize, permutation: usize, from: usize, to: usize, counts: usize,
): void {
  memory.fill(counts, 0, features << 10);
  const end = permutation + (to << 2);
  for (let position = permutation + (from << 2); position < end; position += 4) {
    const row = bins + <usize>load<u32>(position) * stride;
    let cells = counts;
    for (let feature: usize = 0; feature < features; feature += 4) {
      const four = load<u32>(row + feature);
      countOne(cells + ((four & 255) << 2));
      countOne(cells + ((four >>> 6) & 0x3fc) + 1024);
      countOne(cells + ((four >>> 14) & 0x3fc) + 2048);
      countOne(cells + ((four >>> 22) & 0x3fc) + 3072);
      cells += 4096;
    }
  }
}

// @ts-ignore: decorator
@inline
function countOne(cell: usize): void {
  store<u32>(cell, load<u32>(cell) + 1);
}

/** target -= source. */
export function subtractCounts(target: usize, source: usize, features: usize): void {
  const bytes = features << 10;
  for (let i: usize = 0; i < bytes; i += 16)
    v128.store(target + i, i32x4.sub(v128.load(target + i), v128.load(source + i)));
}

/** As partitionRows; a row goes left if u8 set[bin] is 1, and not if it is 0. */
export function partitionRowsBySet(
  column: usize, permutation: usize, spare: usize, from: usize, to: usize, set: usize, count: usize,
): void {
  let left = permutation + (from << 2);
  let right = spare + (from << 2);
  const end = permutation + (to << 2);
  for (let position = left; position < end; position += 4) {
    const row = load<u32>(position);
    const goesLeft: usize = <usize>load<u8>(set + <usize>load<u8>(column + <usize>row)) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += goesLeft;
    right += 4 - goesLeft;
  }
  store<u32>(count, <u32>((left - permutation - (from << 2)) >> 2));
}

/** Adds a leaf's value to the margin (f64) of every row at positions from … to-1 of the permutation. */
export function addToMargins(margins: usize, permutation: usize, from: usize, to: usize, value: f64): void {
  for (let i = from; i < to; i++) {
    const margin = margins + (<usize>load<u32>(permutation + (i << 2)) << 3);
    store<f64>(margin, load<f64>(margin) + value);
  }
}
