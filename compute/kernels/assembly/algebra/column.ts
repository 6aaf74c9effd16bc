// One float32 column against a vector of f64: what methods need that look at features one by one. The column's values are
// (x - shift) * factor, with a factor for each row, f64[rows] at `factors`, or 1 where that is 0.

/** The inner product of the column with f64[rows] at `vector`. */
export function columnDot(column: usize, rows: usize, shift: f64, factors: usize, vector: usize): f64 {
  const shifts = f64x2.splat(shift);
  let even = f64x2.splat(0);
  let odd = even;
  let r: usize = 0;
  for (; r + 4 <= rows; r += 4) {
    const four = v128.load(column + (r << 2));
    let low = f64x2.sub(f64x2.promote_low_f32x4(four), shifts);
    let high = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3)), shifts);
    if (factors) {
      low = f64x2.mul(low, v128.load(factors + (r << 3)));
      high = f64x2.mul(high, v128.load(factors + (r << 3), 16));
    }
    even = f64x2.add(even, f64x2.mul(low, v128.load(vector + (r << 3))));
    odd = f64x2.add(odd, f64x2.mul(high, v128.load(vector + (r << 3), 16)));
  }
  const lanes = f64x2.add(even, odd);
  let sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  for (; r < rows; r++) sum += valueAt(column, r, shift, factors) * load<f64>(vector + (r << 3));
  return sum;
}

/** Adds `step` times the column to f64[rows] at `vector`. */
export function columnAdd(column: usize, rows: usize, shift: f64, factors: usize, step: f64, vector: usize): void {
  const shifts = f64x2.splat(shift);
  const steps = f64x2.splat(step);
  let r: usize = 0;
  for (; r + 4 <= rows; r += 4) {
    const four = v128.load(column + (r << 2));
    let low = f64x2.sub(f64x2.promote_low_f32x4(four), shifts);
    let high = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3)), shifts);
    if (factors) {
      low = f64x2.mul(low, v128.load(factors + (r << 3)));
      high = f64x2.mul(high, v128.load(factors + (r << 3), 16));
    }
    const at = vector + (r << 3);
    v128.store(at, f64x2.add(v128.load(at), f64x2.mul(steps, low)));
    v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(steps, high)), 16);
  }
  for (; r < rows; r++) {
    const at = vector + (r << 3);
    store<f64>(at, load<f64>(at) + step * valueAt(column, r, shift, factors));
  }
}

/** Writes to f64[2] at `out` the sum of x - shift over the column's values x, and the sum of their squares. */
export function columnSums(column: usize, rows: usize, shift: f64, out: usize): void {
  const shifts = f64x2.splat(shift);
  let low = f64x2.splat(0);
  let high = low;
  let lowSquares = low;
  let highSquares = low;
  let r: usize = 0;
  for (; r + 4 <= rows; r += 4) {
    const four = v128.load(column + (r << 2));
    const first = f64x2.sub(f64x2.promote_low_f32x4(four), shifts);
    const second = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3)), shifts);
    low = f64x2.add(low, first);
    high = f64x2.add(high, second);
    lowSquares = f64x2.add(lowSquares, f64x2.mul(first, first));
    highSquares = f64x2.add(highSquares, f64x2.mul(second, second));
  }
  const lanes = f64x2.add(low, high);
  const squareLanes = f64x2.add(lowSquares, highSquares);
  let sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  let squares = f64x2.extract_lane(squareLanes, 0) + f64x2.extract_lane(squareLanes, 1);
  for (; r < rows; r++) {
    const value = <f64>load<f32>(column + (r << 2)) - shift;
    sum += value;
    squares += value * value;
  }
  store<f64>(out, sum);
  store<f64>(out, squares, 8);
}

// @ts-ignore: decorator
@inline
function valueAt(column: usize, row: usize, shift: f64, factors: usize): f64 {
  const value = <f64>load<f32>(column + (row << 2)) - shift;
  return factors ? value * load<f64>(factors + (row << 3)) : value;
}
