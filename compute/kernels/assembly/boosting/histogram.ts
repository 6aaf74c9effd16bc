// Histograms of gradients.
//
//   bins        u8[rows][stride], row-major; 16 bytes after the last row can be read
//   gradients   f32[rows][2], gradient and hessian
//   histogram   f64[features][256][2]: for each bin of each feature, the sums of gradient and hessian over the rows in it.
//               A cell is 16 bytes, so that one vector addition updates it. `features` is a multiple of 4 (the last may
//               be padding in the rows of bins). Behind the histogram lies working space for whoever builds it.
//
// Rows are summed in blocks, eight features at a time: the cells of eight features stay in the first-level cache for a
// block. The order of additions into a cell is the order of rows, whichever function builds the histogram.

/** Rows of a block, and what a block of wide rows may take. */
const BLOCK: usize = 512;
const WIDE: usize = 131072;

function pitchOf(stride: usize): usize {
  return (stride + 15) & ~15;
}

function blockOf(stride: usize): usize {
  return max<usize>(16, min<usize>(BLOCK, WIDE / pitchOf(stride)));
}

/** Bytes of a histogram with its working space: the gradients of a block as f64, and its bins. */
export function histogramBytes(features: usize, stride: usize): usize {
  return (features << 12) + (BLOCK << 4) + blockOf(stride) * pitchOf(stride);
}

/** Sums the rows at positions from … to-1 of the permutation. */
export function buildHistogram(
  bins: usize, stride: usize, features: usize, gradients: usize, permutation: usize, from: usize, to: usize,
  histogram: usize,
): void {
  memory.fill(histogram, 0, features << 12);
  const pairs = histogram + (features << 12);
  const rows = pairs + (BLOCK << 4);
  const pitch = pitchOf(stride);
  const block = blockOf(stride);
  for (let start = from; start < to; start += block) {
    const count = min(block, to - start);
    // Below the root the rows of a node are scattered over memory. Copying a block of them together first, in a loop
    // that does nothing else, keeps many cache misses in flight; the additions then read what is at hand.
    for (let i: usize = 0; i < count; i++) {
      const row = <usize>load<u32>(permutation + ((start + i) << 2));
      const source = bins + row * stride;
      const target = rows + i * pitch;
      v128.store(target, v128.load(source));
      // The usual case without a loop, so that more rows are in flight.
      if (pitch == 32) v128.store(target, v128.load(source, 16), 16);
      else for (let k: usize = 16; k < pitch; k += 16) v128.store(target + k, v128.load(source + k));
      v128.store(pairs + (i << 4), f64x2.promote_low_f32x4(v128.load64_zero(gradients + (row << 3))));
    }
    addBlock(rows, pitch, features, pairs, count, histogram);
  }
}

/** Sums rows from … to-1 themselves: at the root nothing is scattered. */
export function buildHistogramInOrder(
  bins: usize, stride: usize, features: usize, gradients: usize, from: usize, to: usize, histogram: usize,
): void {
  memory.fill(histogram, 0, features << 12);
  const pairs = histogram + (features << 12);
  for (let start = from; start < to; start += BLOCK) {
    const count = min(BLOCK, to - start);
    for (let i: usize = 0; i < count; i++)
      v128.store(pairs + (i << 4), f64x2.promote_low_f32x4(v128.load64_zero(gradients + ((start + i) << 3))));
    addBlock(bins + start * stride, stride, features, pairs, count, histogram);
  }
}

/** Adds `count` rows of bins, `pitch` bytes apart, with their gradients as f64[count][2]. */
function addBlock(rows: usize, pitch: usize, features: usize, pairs: usize, count: usize, histogram: usize): void {
  const end = pairs + (count << 4);
  let cells = histogram;
  let feature: usize = 0;
  for (; feature + 8 <= features; feature += 8) {
    let row = rows + feature;
    for (let pair = pairs; pair < end; pair += 16) {
      const gradient = v128.load(pair);
      const eight = load<u64>(row);
      addFour(cells, <u32>eight, gradient);
      addFour(cells + 16384, <u32>(eight >>> 32), gradient);
      row += pitch;
    }
    cells += 32768;
  }
  if (feature == features) return;
  let row = rows + feature;
  for (let pair = pairs; pair < end; pair += 16) {
    addFour(cells, load<u32>(row), v128.load(pair));
    row += pitch;
  }
}

/** Adds to the cells of four features, whose bins are the bytes of `four`; cells are 16 bytes, features 4096 apart. */
// @ts-ignore: decorator
@inline
function addFour(cells: usize, four: u32, gradient: v128): void {
  const a = cells + <usize>((four & 255) << 4);
  const b = cells + <usize>((four >>> 4) & 0xff0);
  const c = cells + <usize>((four >>> 12) & 0xff0);
  const d = cells + <usize>((four >>> 20) & 0xff0);
  v128.store(a, f64x2.add(v128.load(a), gradient));
  v128.store(b, f64x2.add(v128.load(b, 4096), gradient), 4096);
  v128.store(c, f64x2.add(v128.load(c, 8192), gradient), 8192);
  v128.store(d, f64x2.add(v128.load(d, 12288), gradient), 12288);
}

/** target += source. */
export function addHistogram(target: usize, source: usize, features: usize): void {
  const bytes = features << 12;
  for (let i: usize = 0; i < bytes; i += 32) {
    v128.store(target + i, f64x2.add(v128.load(target + i), v128.load(source + i)));
    v128.store(target + i, f64x2.add(v128.load(target + i, 16), v128.load(source + i, 16)), 16);
  }
}

/** target -= source: what remains of a parent when one child is taken away is the other child. */
export function subtractHistogram(target: usize, source: usize, features: usize): void {
  const bytes = features << 12;
  for (let i: usize = 0; i < bytes; i += 32) {
    v128.store(target + i, f64x2.sub(v128.load(target + i), v128.load(source + i)));
    v128.store(target + i, f64x2.sub(v128.load(target + i, 16), v128.load(source + i, 16)), 16);
  }
}
