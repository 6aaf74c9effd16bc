/**
 * Writes to f64[rows] at `out` what a linear model misses of each row's target: target - intercept - Σ weight * feature.
 * `columns` is u32[features], the addresses of the float32 columns; `weights` f64[features], `target` f32[rows].
 */
export function linearResiduals(
  columns: usize, features: usize, weights: usize, intercept: f64, target: usize, rows: usize, out: usize,
): void {
  const constant = f64x2.splat(intercept);
  let row: usize = 0;
  for (; row + 4 <= rows; row += 4) {
    const at = row << 2;
    const four = v128.load(target + at);
    let low = f64x2.sub(f64x2.promote_low_f32x4(four), constant);
    let high = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3)), constant);
    for (let feature: usize = 0; feature < features; feature++) {
      const values = v128.load(<usize>load<u32>(columns + (feature << 2)) + at);
      const weight = v128.load64_splat(weights + (feature << 3));
      low = f64x2.sub(low, f64x2.mul(weight, f64x2.promote_low_f32x4(values)));
      high = f64x2.sub(high, f64x2.mul(weight, f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3))));
    }
    v128.store(out + (row << 3), low);
    v128.store(out + (row << 3), high, 16);
  }
  for (; row < rows; row++) {
    let missed = <f64>load<f32>(target + (row << 2)) - intercept;
    for (let feature: usize = 0; feature < features; feature++) {
      const value = <f64>load<f32>(<usize>load<u32>(columns + (feature << 2)) + (row << 2));
      missed -= load<f64>(weights + (feature << 3)) * value;
    }
    store<f64>(out + (row << 3), missed);
  }
}
