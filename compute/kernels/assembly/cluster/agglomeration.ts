// Agglomerative clustering over a square matrix of distances, f64[count][width], where width is count or count + 1 to be
// even. The diagonal, what is padded, and clusters that are no more are at the distance Infinity from all.

const EUCLIDEAN: i32 = 0;
const MANHATTAN: i32 = 1;

/**
 * Adds to the entries below the diagonal, in the rows first … last - 1, what some dimensions contribute: squared
 * differences, absolute differences, or (any other metric) products. `points` is f64[count][dimensions], an even number
 * of dimensions.
 */
export function addPairs(
  points: usize, dimensions: usize, metric: i32, first: usize, last: usize, matrix: usize, width: usize,
): void {
  const bytes = dimensions << 3;
  for (let i = first; i < last; i++) {
    const a = points + i * bytes;
    const row = matrix + ((i * width) << 3);
    for (let j: usize = 0; j < i; j++) {
      const b = points + j * bytes;
      let even = f64x2.splat(0);
      let odd = even;
      let at: usize = 0;
      for (; at + 16 < bytes; at += 32) {
        even = f64x2.add(even, pair(v128.load(a + at), v128.load(b + at), metric));
        odd = f64x2.add(odd, pair(v128.load(a + at, 16), v128.load(b + at, 16), metric));
      }
      if (at < bytes) even = f64x2.add(even, pair(v128.load(a + at), v128.load(b + at), metric));
      even = f64x2.add(even, odd);
      const entry = row + (j << 3);
      store<f64>(entry, load<f64>(entry) + f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1));
    }
  }
}

// @ts-ignore: decorator
@inline
function pair(a: v128, b: v128, metric: i32): v128 {
  const difference = f64x2.sub(a, b);
  if (metric == EUCLIDEAN) return f64x2.mul(difference, difference);
  return metric == MANHATTAN ? f64x2.abs(difference) : f64x2.mul(a, b);
}

/** The number of the least of f64[width] at `row`, the first of equals. */
export function nearestInRow(row: usize, width: usize): f64 {
  let least = f64x2.splat(Infinity);
  let winners = f64x2.splat(0);
  let numbers = f64x2.replace_lane(f64x2.splat(0), 1, 1);
  const two = f64x2.splat(2);
  for (const end = row + (width << 3); row < end; row += 16) {
    const value = v128.load(row);
    const less = f64x2.lt(value, least);
    least = v128.bitselect(value, least, less);
    winners = v128.bitselect(numbers, winners, less);
    numbers = f64x2.add(numbers, two);
  }
  const l0 = f64x2.extract_lane(least, 0);
  const l1 = f64x2.extract_lane(least, 1);
  const w0 = f64x2.extract_lane(winners, 0);
  const w1 = f64x2.extract_lane(winners, 1);
  return l0 < l1 || (l0 == l1 && w0 < w1) ? w0 : w1;
}

const WARD: i32 = 0;
const COMPLETE: i32 = 1;

/**
 * Puts the union of the clusters a and b in the place of b, and ends a. `sizes` is f64[width]: how many points each
 * cluster has, before. Distances to the union are computed after Lance & Williams: by Ward, the larger one, or (any
 * other linkage) the mean over pairs of points.
 */
export function mergeClusters(matrix: usize, width: usize, count: usize, a: usize, b: usize, linkage: i32, sizes: usize): void {
  const rowA = matrix + ((a * width) << 3);
  const rowB = matrix + ((b * width) << 3);
  const between = load<f64>(rowA + (b << 3));
  const squared = f64x2.splat(between * between);
  const sizeA = f64x2.splat(load<f64>(sizes + (a << 3)));
  const sizeB = f64x2.splat(load<f64>(sizes + (b << 3)));
  const both = f64x2.add(sizeA, sizeB);
  for (let at: usize = 0; at < width << 3; at += 16) {
    const toA = v128.load(rowA + at);
    const toB = v128.load(rowB + at);
    let union: v128;
    if (linkage == WARD) {
      const own = v128.load(sizes + at);
      const share = f64x2.div(f64x2.splat(1), f64x2.add(both, own));
      const fromA = f64x2.mul(f64x2.mul(f64x2.mul(f64x2.add(own, sizeA), share), toA), toA);
      const fromB = f64x2.mul(f64x2.mul(f64x2.mul(f64x2.add(own, sizeB), share), toB), toB);
      const less = f64x2.mul(f64x2.mul(own, share), squared);
      union = f64x2.sqrt(f64x2.sub(f64x2.add(fromA, fromB), less));
    } else if (linkage == COMPLETE) union = f64x2.pmax(toA, toB);
    else union = f64x2.div(f64x2.add(f64x2.mul(sizeA, toA), f64x2.mul(sizeB, toB)), both);
    v128.store(rowB + at, union);
  }
  store<f64>(rowB + (a << 3), Infinity);
  store<f64>(rowB + (b << 3), Infinity);
  for (let i: usize = 0; i < count; i++) {
    const row = matrix + ((i * width) << 3);
    store<f64>(row + (a << 3), Infinity);
    store<f64>(row + (b << 3), load<f64>(rowB + (i << 3)));
  }
}
