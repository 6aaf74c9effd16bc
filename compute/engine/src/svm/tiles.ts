import type { Kernels } from '@pgml/kernels';
import type { TrainingData } from '../estimator.js';

/** Rows of a tile, see assembly/kernel-methods/support-vectors.ts of the kernels. */
export const TILE_ROWS = 16;

/** Rows laid out for the kernel functions: 4 bytes per row and feature, and 8 per row. */
export interface RowTiles {
  readonly features: number;
  /** Places for rows: a multiple of 16. What is not filled are rows of zeros. */
  readonly places: number;
  /** f32[places / 16][features][16]. */
  readonly pointer: number;
  /** f64[places]: square lengths. */
  readonly squaresPointer: number;
}

/** Lays out rows of `data`, by number, in the order given; a place of -1 stays empty. */
export function placeTiles(kernels: Kernels, data: TrainingData, rows: ArrayLike<number>): RowTiles {
  const { features } = data;
  const places = Math.ceil(rows.length / TILE_ROWS) * TILE_ROWS;
  const pointer = kernels.allocate(4 * places * features);
  const squaresPointer = kernels.allocate(8 * places);
  const tiles = kernels.f32(pointer, places * features);
  const squares = kernels.f64(squaresPointer, places);
  for (let feature = 0; feature < features; feature++) {
    const column = data.column(feature);
    for (let place = 0; place < rows.length; place++) {
      if (rows[place] < 0) continue;
      const value = column[rows[place]];
      tiles[placeOf(place, feature, features)] = value;
      squares[place] += value * value;
    }
  }
  return { features, places, pointer, squaresPointer };
}

const placeOf = (place: number, feature: number, features: number): number =>
  (Math.floor(place / TILE_ROWS) * features + feature) * TILE_ROWS + (place % TILE_ROWS);

/** Copies the row at a place of tiles to f64[features] at `out`. */
export function loadRow(kernels: Kernels, tiles: RowTiles, place: number, out: Float64Array): void {
  const { features, places, pointer } = tiles;
  const values = kernels.f32(pointer, places * features);
  let at = placeOf(place, 0, features);
  for (let feature = 0; feature < features; feature++) {
    out[feature] = values[at];
    at += TILE_ROWS;
  }
}
