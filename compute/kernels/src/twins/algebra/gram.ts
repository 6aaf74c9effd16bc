import { type ScaledColumns, scaledValue } from './panel.js';

/** count × count: the inner products of all pairs of columns, rows times their factors, over the rows first … last - 1. */
export function gram(data: ScaledColumns, first: number, last: number, factors?: Float64Array): Float64Array {
  const count = data.columns.length;
  const out = new Float64Array(count * count);
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++)
      for (let row = first; row < last; row++)
        out[a * count + b] += scaledValue(data, a, row) * scaledValue(data, b, row) * (factors ? factors[row] ** 2 : 1);
  return out;
}
