// A panel: 64 rows of some columns as f64, column after column, each value shifted and scaled on the way in.
// The dense kernels work on panels: a panel fits the nearest cache, and padding it with zeros spares them their edges.
//
// Every dense kernel that sums over rows has the parameters
//   columns, count, shifts, scales, first, last, …its own…, scratch, totals
// and adds to what stands at `totals`, in the order of the rows. The caller cuts the rows into blocks and says which
// blocks share totals; what comes out depends on that alone, not on threads.
//
// `columns` is u32[count], the addresses of the float32 columns; `shifts` and `scales` are f64[count].
export const PANEL_ROWS: usize = 64;
export const PANEL_COLUMN_BYTES: usize = PANEL_ROWS << 3;

/** Fills f64[count][64] with (x - shift) * scale for `rows` (1 … 64) rows from `first` on, and zeros below them. */
export function loadPanel(
  columns: usize, count: usize, shifts: usize, scales: usize, first: usize, rows: usize, panel: usize,
): void {
  for (let c: usize = 0; c < count; c++) {
    const column = <usize>load<u32>(columns + (c << 2)) + (first << 2);
    const shift = f64x2.splat(load<f64>(shifts + (c << 3)));
    const scale = f64x2.splat(load<f64>(scales + (c << 3)));
    const out = panel + c * PANEL_COLUMN_BYTES;
    let r: usize = 0;
    for (; r + 4 <= rows; r += 4) {
      const four = v128.load(column + (r << 2));
      const low = f64x2.promote_low_f32x4(four);
      const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3));
      v128.store(out + (r << 3), f64x2.mul(f64x2.sub(low, shift), scale));
      v128.store(out + (r << 3), f64x2.mul(f64x2.sub(high, shift), scale), 16);
    }
    for (; r < rows; r++)
      store<f64>(out + (r << 3), (<f64>load<f32>(column + (r << 2)) - f64x2.extract_lane(shift, 0)) * f64x2.extract_lane(scale, 0));
    if (r < PANEL_ROWS) memory.fill(out + (r << 3), 0, (PANEL_ROWS - r) << 3);
  }
}

/** Multiplies each of the `rows` rows of a panel by its factor, f64[rows]. */
export function multiplyRows(panel: usize, count: usize, factors: usize, rows: usize): void {
  for (let c: usize = 0; c < count; c++) {
    const column = panel + c * PANEL_COLUMN_BYTES;
    let r: usize = 0;
    for (; r + 2 <= rows; r += 2) {
      const at = column + (r << 3);
      v128.store(at, f64x2.mul(v128.load(at), v128.load(factors + (r << 3))));
    }
    if (r < rows) {
      const at = column + (r << 3);
      store<f64>(at, load<f64>(at) * load<f64>(factors + (r << 3)));
    }
  }
}
