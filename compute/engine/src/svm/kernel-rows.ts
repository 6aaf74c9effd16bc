import { kernelFunctions, tanh } from '@pgml/kernels';
import type { FitContext } from '../estimator.js';
import type { KernelFunction } from './kernel-function.js';
import { loadRow, type RowTiles, TILE_ROWS } from './tiles.js';

/** Multiplications that are worth waking another thread for. */
const OPERATIONS_PER_CALL = 2e5;

/** Transcendental functions cost about as much as so many features. */
const FUNCTION_COST = 12;

/** What a step of the solver works with at the same time; no more are ever needed. */
export const LEAST_SLOTS = 4;

/**
 * Rows of the kernel matrix k(row, every row) as float32, computed when asked for. Those used last are kept, in
 * `bytes` of memory, which is taken when it is needed.
 */
export class KernelRows {
  readonly #context: FitContext;
  readonly #tiles: RowTiles;
  readonly #function: KernelFunction;
  readonly #vector: Float64Array;
  readonly #squares: Float64Array;
  readonly #calls: number[][];
  /** By place: where its row is kept, or -1. */
  readonly #slotOf: Int32Array;
  /** By slot: the place whose row it keeps, its address, and its neighbours from the latest used to the oldest. */
  readonly #placeIn: number[] = [];
  readonly #addresses: number[] = [];
  readonly #newer: number[] = [];
  readonly #older: number[] = [];
  #newest = -1;
  #oldest = -1;
  readonly #slots: number;
  /** k of each row with itself, f64[places], unrounded. */
  readonly diagonalPointer: number;
  /** Work done so far, in about nanoseconds. */
  work = 0;

  constructor(context: FitContext, tiles: RowTiles, description: KernelFunction, bytes: number) {
    const { kernels } = context;
    const { places, features } = tiles;
    this.#context = context;
    this.#tiles = tiles;
    this.#function = description;
    this.#slots = Math.min(places, Math.max(LEAST_SLOTS, Math.floor(bytes / (4 * places))));
    this.#slotOf = new Int32Array(places).fill(-1);
    this.diagonalPointer = kernels.allocate(8 * places);
    const vectorAt = kernels.allocate(8 * features);
    this.#vector = kernels.f64(vectorAt, features);
    this.#squares = kernels.f64(tiles.squaresPointer, places);
    this.#calls = this.#cut(vectorAt);
    this.#fillDiagonal();
  }

  /** The calls that compute a row, each its own tiles. What a tile's values are does not depend on how they are cut. */
  #cut(vectorAt: number): number[][] {
    const { kernels, team } = this.#context;
    const { features, places, pointer, squaresPointer } = this.#tiles;
    const { kind, gamma, coef0, degree } = this.#function;
    const tiles = places / TILE_ROWS;
    const affordable = Math.floor((places * (features + FUNCTION_COST)) / OPERATIONS_PER_CALL);
    const count = Math.max(1, Math.min(team.size, affordable));
    return Array.from({ length: count }, (_, i) => {
      const first = Math.floor((i * tiles) / count);
      const last = Math.floor(((i + 1) * tiles) / count);
      const scratch = kernels.allocate(8 * TILE_ROWS);
      return [kind, gamma, coef0, degree, pointer, features, first, last, vectorAt, 0, squaresPointer, scratch, 0];
    });
  }

  /** The address of f32[places]. It stays until `LEAST_SLOTS` other rows have been asked for. */
  row(place: number): number {
    const slot = this.#slotOf[place];
    if (slot >= 0) {
      this.#touch(slot);
      return this.#addresses[slot];
    }
    const free = this.#freeSlot();
    this.#placeIn[free] = place;
    this.#slotOf[place] = free;
    loadRow(this.#context.kernels, this.#tiles, place, this.#vector);
    this.#compute(this.#squares[place], this.#addresses[free]);
    return this.#addresses[free];
  }

  /** Writes f32[places] at `out`: the kernel function of the row at a place of other tiles with these rows. */
  foreignRow(other: RowTiles, place: number, out: number): void {
    const { kernels } = this.#context;
    loadRow(kernels, other, place, this.#vector);
    this.#compute(kernels.f64(other.squaresPointer, other.places)[place], out);
  }

  #compute(square: number, out: number): void {
    const { team, kernels } = this.#context;
    for (const call of this.#calls) {
      call[SQUARE] = square;
      call[OUT] = out;
    }
    if (this.#calls.length === 1) kernels.run.kernelTiles(...this.#calls[0]);
    else team.run('kernelTiles', this.#calls);
    this.work += this.#tiles.places * (this.#tiles.features + FUNCTION_COST) * 0.2;
  }

  #freeSlot(): number {
    const { kernels } = this.#context;
    const slot = this.#addresses.length;
    if (slot < this.#slots) {
      this.#addresses.push(kernels.allocate(4 * this.#tiles.places));
      this.#newer[slot] = -1;
      this.#older[slot] = this.#newest;
      if (this.#newest >= 0) this.#newer[this.#newest] = slot;
      else this.#oldest = slot;
      this.#newest = slot;
      return slot;
    }
    const oldest = this.#oldest;
    this.#slotOf[this.#placeIn[oldest]] = -1;
    this.#touch(oldest);
    return oldest;
  }

  /** Makes a slot the latest used. */
  #touch(slot: number): void {
    if (slot === this.#newest) return;
    const newer = this.#newer[slot];
    const older = this.#older[slot];
    this.#older[newer] = older;
    if (older >= 0) this.#newer[older] = newer;
    else this.#oldest = newer;
    this.#newer[slot] = -1;
    this.#older[slot] = this.#newest;
    this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  #fillDiagonal(): void {
    const { places } = this.#tiles;
    const { kind, gamma, coef0, degree } = this.#function;
    const diagonal = this.#context.kernels.f64(this.diagonalPointer, places);
    for (let place = 0; place < places; place++)
      diagonal[place] = ownKernel(kind, gamma * this.#squares[place] + coef0, degree, this.#squares[place]);
  }
}

/** Where a call of kernelTiles has the square length of the row, and the address to write to. */
const SQUARE = 9;
const OUT = 12;

/** k(x, x) from |x|² and gamma |x|² + coef0. */
function ownKernel(kind: KernelFunction['kind'], affine: number, degree: number, square: number): number {
  switch (kind) {
    case kernelFunctions.rbf:
      return 1;
    case kernelFunctions.linear:
      return square;
    case kernelFunctions.sigmoid:
      return tanh(affine);
    case kernelFunctions.polynomial:
      return power(affine, degree);
  }
}

function power(base: number, exponent: number): number {
  let result = 1;
  let repeated = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= repeated;
    repeated *= repeated;
  }
  return result;
}
