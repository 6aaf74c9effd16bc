// A Cholesky factorization and triangular solves of a size that fits the caches; larger ones are put together from these
// and products. L is lower triangular, by rows, `stride` bytes apart; right sides are rows.

/**
 * Factors the symmetric matrix whose lower triangle stands at `matrix` as L L', in place. Returns the number of rows done:
 * less than `size` when a pivot is not above `tolerance` times its number in f64[size] at `diagonal`.
 */
export function factorLower(matrix: usize, stride: usize, size: usize, diagonal: usize, tolerance: f64): usize {
  for (let i: usize = 0; i < size; i++) {
    const row = matrix + i * stride;
    for (let j: usize = 0; j < i; j++) {
      const other = matrix + j * stride;
      store<f64>(row + (j << 3), (load<f64>(row + (j << 3)) - dot(row, other, j)) / load<f64>(other + (j << 3)));
    }
    const pivot = load<f64>(row + (i << 3)) - dot(row, row, i);
    if (!(pivot > 0 && pivot > tolerance * load<f64>(diagonal + (i << 3)))) return i;
    store<f64>(row + (i << 3), sqrt(pivot));
  }
  return size;
}

/** Solves L y = x for each of `count` rows x, in place. */
export function solveLowerRows(
  lower: usize, stride: usize, size: usize, rows: usize, rowStride: usize, count: usize,
): void {
  let r: usize = 0;
  for (; r + 4 <= count; r += 4) {
    const x0 = rows + r * rowStride;
    const x1 = x0 + rowStride;
    const x2 = x1 + rowStride;
    const x3 = x2 + rowStride;
    for (let j: usize = 0; j < size; j += 2) {
      // Two lines at a time; of an odd size the last one stands in for the line that is not there.
      const line = lower + j * stride;
      const next = j + 1 < size ? line + stride : line;
      const end = j << 3;
      let s0 = f64x2.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let t0 = s0;
      let t1 = s0;
      let t2 = s0;
      let t3 = s0;
      for (let k: usize = 0; k < end; k += 16) {
        const l = v128.load(line + k);
        const m = v128.load(next + k);
        let x = v128.load(x0 + k);
        s0 = f64x2.add(s0, f64x2.mul(l, x));
        t0 = f64x2.add(t0, f64x2.mul(m, x));
        x = v128.load(x1 + k);
        s1 = f64x2.add(s1, f64x2.mul(l, x));
        t1 = f64x2.add(t1, f64x2.mul(m, x));
        x = v128.load(x2 + k);
        s2 = f64x2.add(s2, f64x2.mul(l, x));
        t2 = f64x2.add(t2, f64x2.mul(m, x));
        x = v128.load(x3 + k);
        s3 = f64x2.add(s3, f64x2.mul(l, x));
        t3 = f64x2.add(t3, f64x2.mul(m, x));
      }
      finish(x0 + end, line + end, sumOf(s0), 0);
      finish(x1 + end, line + end, sumOf(s1), 0);
      finish(x2 + end, line + end, sumOf(s2), 0);
      finish(x3 + end, line + end, sumOf(s3), 0);
      if (next == line) break;
      finish(x0 + end, next + end, sumOf(t0), 1);
      finish(x1 + end, next + end, sumOf(t1), 1);
      finish(x2 + end, next + end, sumOf(t2), 1);
      finish(x3 + end, next + end, sumOf(t3), 1);
    }
  }
  for (; r < count; r++) {
    const x = rows + r * rowStride;
    for (let j: usize = 0; j < size; j++) {
      const line = lower + j * stride;
      store<f64>(x + (j << 3), (load<f64>(x + (j << 3)) - dot(x, line, j)) / load<f64>(line + (j << 3)));
    }
  }
}

/** The last step of the first (0) or second (1) of two neighbouring numbers of a solution. */
// @ts-ignore: decorator
@inline
function finish(x: usize, line: usize, sum: f64, second: u32): void {
  if (second) {
    sum += load<f64>(x) * load<f64>(line);
    store<f64>(x, (load<f64>(x, 8) - sum) / load<f64>(line, 8), 8);
  } else store<f64>(x, (load<f64>(x) - sum) / load<f64>(line));
}

/** Solves L' y = x for each of `count` rows x, in place. */
export function solveUpperRows(
  lower: usize, stride: usize, size: usize, rows: usize, rowStride: usize, count: usize,
): void {
  for (let r: usize = 0; r < count; r++) {
    const x = rows + r * rowStride;
    for (let i = <isize>size - 1; i >= 0; i--) {
      const line = lower + <usize>i * stride;
      const at = x + (<usize>i << 3);
      const solved = load<f64>(at) / load<f64>(line + (<usize>i << 3));
      store<f64>(at, solved);
      addMultiple(x, -solved, line, <usize>i);
    }
  }
}

/** The inner product of `length` numbers, in four sums and the last up to three numbers behind them, in this order. */
export function dot(x: usize, y: usize, length: usize): f64 {
  const end = length << 3;
  let sums = f64x2.splat(0);
  let more = sums;
  let k: usize = 0;
  for (; k + 32 <= end; k += 32) {
    sums = f64x2.add(sums, f64x2.mul(v128.load(x + k), v128.load(y + k)));
    more = f64x2.add(more, f64x2.mul(v128.load(x + k, 16), v128.load(y + k, 16)));
  }
  let sum = sumOf(f64x2.add(sums, more));
  for (; k < end; k += 8) sum += load<f64>(x + k) * load<f64>(y + k);
  return sum;
}

/** x := x + factor * y. */
export function addMultiple(x: usize, factor: f64, y: usize, length: usize): void {
  const end = (length & ~1) << 3;
  const factors = f64x2.splat(factor);
  for (let k: usize = 0; k < end; k += 16)
    v128.store(x + k, f64x2.add(v128.load(x + k), f64x2.mul(factors, v128.load(y + k))));
  if (length & 1) store<f64>(x + end, load<f64>(x + end) + factor * load<f64>(y + end));
}

// @ts-ignore: decorator
@inline
export function sumOf(lanes: v128): f64 {
  return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
}
