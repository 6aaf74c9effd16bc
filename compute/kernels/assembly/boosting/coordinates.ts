// Coordinate descent on gradients, f32[rows][2], and columns f32[rows]; a column at 0 has the value 1 in all rows.

/** Stores f64[2]: the sums of gradient times value and of hessian times value². */
export function sumGradientProducts(gradients: usize, column: usize, rows: usize, out: usize): void {
  let gradient: f64 = 0;
  let hessian: f64 = 0;
  for (let row: usize = 0; row < rows; row++) {
    const value: f64 = column == 0 ? 1 : <f64>load<f32>(column + (row << 2));
    gradient += <f64>load<f32>(gradients + (row << 3)) * value;
    hessian += <f64>load<f32>(gradients + (row << 3), 4) * value * value;
  }
  store<f64>(out, gradient);
  store<f64>(out, hessian, 8);
}

/** Moves the gradients to where the coefficient of a column has changed: gradient += hessian value change. */
export function shiftGradients(gradients: usize, column: usize, rows: usize, change: f64): void {
  for (let row: usize = 0; row < rows; row++) {
    const pair = gradients + (row << 3);
    const value: f64 = column == 0 ? 1 : <f64>load<f32>(column + (row << 2));
    store<f32>(pair, <f32>(<f64>load<f32>(pair) + <f64>load<f32>(pair, 4) * value * change));
  }
}

/** sums (f64[rows]) += weight times the column. */
export function addColumn(sums: usize, column: usize, rows: usize, weight: f64): void {
  for (let row: usize = 0; row < rows; row++) {
    const sum = sums + (row << 3);
    store<f64>(sum, load<f64>(sum) + weight * <f64>load<f32>(column + (row << 2)));
  }
}
