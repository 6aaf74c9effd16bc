/** Some columns of float32 with what is taken from each value and what the rest is multiplied by. */
export interface ScaledColumns {
  readonly columns: readonly Float32Array[];
  readonly shifts: Float64Array;
  readonly scales: Float64Array;
}

/** The value a dense kernel computes with. */
export function scaledValue({ columns, shifts, scales }: ScaledColumns, column: number, row: number): number {
  return (columns[column][row] - shifts[column]) * scales[column];
}
