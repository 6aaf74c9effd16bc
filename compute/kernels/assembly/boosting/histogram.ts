// Histograms of gradients.
//
//   bins        u8[rows][stride], row-major; stride is the number of features rounded up to a multiple of 4, and the
//               padding holds 0. 32 bytes after the last row can be read.
//   gradients   f32[rows][2], gradient and hessian
//   histogram   f64[stride][256][2]: for each bin of each feature, the sums of gradient and hessian over the rows in it.
//               A cell is 16 bytes, so that one vector addition updates it. Behind the histogram lies SCRATCH bytes of
//               working space for whoever builds it.
//
// The order of additions into a cell is the order of rows, whichever function builds the histogram.

const BLOCK: usize = 128;

/** Sums the rows at positions from … to-1 of the permutation. */
export function buildHistogram(
  bins: usize, stride: usize, gradients: usize, permutation: usize, from: usize, to: usize, histogram: usize,
): void {
  memory.fill(histogram, 0, stride << 12);
  // Below the root the rows of a node are scattered over memory. Copying a block of them together first, in a loop that
  // does nothing else, keeps many cache misses in flight; the additions then read what is at hand.
  const pairs = histogram + (stride << 12);
  const rows = pairs + (BLOCK << 3);
  const pitch = (stride + 15) & ~15;
  const block = max<usize>(4, min<usize>(BLOCK, 4096 / pitch));
  for (let start = from; start < to; start += block) {
    const count = min(block, to - start);
    for (let i: usize = 0; i < count; i++) {
      const row = <usize>load<u32>(permutation + ((start + i) << 2));
      const source = bins + row * stride;
      const target = rows + i * pitch;
      for (let k: usize = 0; k < pitch; k += 16) v128.store(target + k, v128.load(source + k));
      store<u64>(pairs + (i << 3), load<u64>(gradients + (row << 3)));
    }
    accumulate(rows, pitch, stride, pairs, count, histogram);
  }
}

/** Sums rows from … to-1 themselves: at the root nothing is scattered. */
export function buildHistogramInOrder(
  bins: usize, stride: usize, gradients: usize, from: usize, to: usize, histogram: usize,
): void {
  memory.fill(histogram, 0, stride << 12);
  accumulate(bins + from * stride, stride, stride, gradients + (from << 3), to - from, histogram);
}

/** Adds `count` rows, `pitch` bytes apart, to the histogram. */
// @ts-ignore: decorator
@inline
function accumulate(rows: usize, pitch: usize, stride: usize, pairs: usize, count: usize, histogram: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs + (i << 3)));
    const row = rows + i * pitch;
    let cells = histogram;
    for (let feature: usize = 0; feature < stride; feature += 4) {
      // Four bins at a time; a bin's cell is 16 bytes, a feature's cells are 4096.
      const four = load<u32>(row + feature);
      const a = cells + <usize>((four & 255) << 4);
      const b = cells + <usize>((four >>> 4) & 0xff0);
      const c = cells + <usize>((four >>> 12) & 0xff0);
      const d = cells + <usize>((four >>> 20) & 0xff0);
      v128.store(a, f64x2.add(v128.load(a), pair));
      v128.store(b, f64x2.add(v128.load(b, 4096), pair), 4096);
      v128.store(c, f64x2.add(v128.load(c, 8192), pair), 8192);
      v128.store(d, f64x2.add(v128.load(d, 12288), pair), 12288);
      cells += 16384;
    }
  }
}

/** target += source. */
export function addHistogram(target: usize, source: usize, stride: usize): void {
  const bytes = stride << 12;
  for (let i: usize = 0; i < bytes; i += 32) {
    v128.store(target + i, f64x2.add(v128.load(target + i), v128.load(source + i)));
    v128.store(target + i, f64x2.add(v128.load(target + i, 16), v128.load(source + i, 16)), 16);
  }
}

/** target -= source: what remains of a parent when one child is taken away is the other child. */
export function subtractHistogram(target: usize, source: usize, stride: usize): void {
  const bytes = stride << 12;
  for (let i: usize = 0; i < bytes; i += 32) {
    v128.store(target + i, f64x2.sub(v128.load(target + i), v128.load(source + i)));
    v128.store(target + i, f64x2.sub(v128.load(target + i, 16), v128.load(source + i, 16)), 16);
  }
}
