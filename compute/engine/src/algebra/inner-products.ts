import type { FitContext, TrainingData } from '../estimator.js';
import type { Center } from './centered.js';
import { gramMatrix, placeRoots } from './gram.js';

/** Up to this many features the products of all pairs are kept, 128 MiB at most. */
const MOST_PAIRED_FEATURES = 4096;

/**
 * The inner products of centered, weighted columns x_j = (column - center) * scale and of the target y, which is all that
 * greedy and coordinate-wise least squares need to know of the rows.
 */
export interface InnerProducts {
  readonly features: number;
  /** x_j · y. */
  readonly withTarget: Float64Array;
  /** y · y. */
  readonly targetSquared: number;
  /** x_j · x_j. */
  readonly squares: Float64Array;
  /** x_j · x_k for each k of `others`. */
  between(j: number, others: readonly number[]): Float64Array;
  /** x_j · (sum of weights[i] x_chosen[i]) for every j. */
  withCombination(chosen: readonly number[], weights: ArrayLike<number>): Float64Array;
}

export interface InnerProductsOptions {
  readonly center: Center;
  readonly scales?: Float64Array;
  /** Instead of the data's own. */
  readonly weights?: ArrayLike<number>;
}

/** From the products of all pairs where rows outnumber features, else from the columns themselves. */
export function innerProducts(data: TrainingData, options: InnerProductsOptions, context: FitContext): InnerProducts {
  return data.features < data.rows && data.features <= MOST_PAIRED_FEATURES
    ? new PairedProducts(data, options, context)
    : new ColumnProducts(data, options, context);
}

/** All pairs in one matrix, products[j * features + k]: 8 bytes for each pair of features. */
export class PairedProducts implements InnerProducts {
  readonly features: number;
  readonly withTarget: Float64Array;
  readonly targetSquared: number;
  readonly squares: Float64Array;
  readonly products: Float64Array;

  constructor(
    data: TrainingData,
    { center, scales, weights = data.weights }: InnerProductsOptions,
    context: FitContext,
  ) {
    const { features } = data;
    const columns = {
      shifts: center.features,
      scales: scales ?? new Float64Array(features).fill(1),
      target: { shift: center.target },
      weights,
    };
    const { products, count } = gramMatrix(data, columns, context);
    this.features = features;
    this.products = new Float64Array(features * features);
    for (let j = 0; j < features; j++)
      this.products.set(products.subarray(j * count, j * count + features), j * features);
    this.withTarget = products.slice(features * count, features * count + features);
    this.targetSquared = products[features * count + features];
    this.squares = Float64Array.from({ length: features }, (_, j) => products[j * count + j]);
  }

  between(j: number, others: readonly number[]): Float64Array {
    return Float64Array.from(others, (k) => this.products[j * this.features + k]);
  }

  withCombination(chosen: readonly number[], weights: ArrayLike<number>): Float64Array {
    const { features, products } = this;
    const sums = new Float64Array(features);
    for (let i = 0; i < chosen.length; i++) {
      const start = chosen[i] * features;
      for (let j = 0; j < features; j++) sums[j] += weights[i] * products[start + j];
    }
    return sums;
  }
}

/** Products made from the columns when they are asked for; 16 bytes of kernel memory a row, 8 more with weights. */
export class ColumnProducts implements InnerProducts {
  readonly features: number;
  readonly withTarget: Float64Array;
  readonly targetSquared: number;
  readonly squares: Float64Array;
  readonly #data: TrainingData;
  readonly #center: Center;
  readonly #scales: Float64Array;
  readonly #context: FitContext;
  /** Address of the roots of the rows' weights, or 0. */
  readonly #factors: number;
  /** Address of f64[rows], the vector that products are made with. */
  readonly #vector: number;

  constructor(
    data: TrainingData,
    { center, scales, weights = data.weights }: InnerProductsOptions,
    context: FitContext,
  ) {
    const { kernels } = context;
    this.features = data.features;
    this.#data = data;
    this.#center = center;
    this.#scales = scales ?? new Float64Array(data.features).fill(1);
    this.#context = context;
    this.#factors = weights ? placeRoots(kernels, weights) : 0;
    this.#vector = kernels.allocate(8 * data.rows);
    const target = this.targetVector();
    this.withTarget = this.allDots(target);
    this.targetSquared = kernels.f64(target, data.rows).reduce((sum, value) => sum + value * value, 0);
    this.squares = new Float64Array(this.features);
    for (let j = 0; j < this.features; j++) this.squares[j] = this.dot(j, this.#columnVector(j));
  }

  between(j: number, others: readonly number[]): Float64Array {
    const vector = this.#columnVector(j);
    return Float64Array.from(others, (k) => this.dot(k, vector));
  }

  withCombination(chosen: readonly number[], weights: ArrayLike<number>): Float64Array {
    this.#clear();
    for (let i = 0; i < chosen.length; i++) this.add(chosen[i], weights[i], this.#vector);
    return this.allDots(this.#vector);
  }

  get rows(): number {
    return this.#data.rows;
  }

  /** The address of a new f64[rows] with the centered target, times the roots of the weights. */
  targetVector(): number {
    const { kernels } = this.#context;
    const { rows, targetPointer } = this.#data;
    const pointer = kernels.allocate(8 * rows);
    kernels.run.columnAdd(targetPointer, rows, this.#center.target, this.#factors, 1, pointer);
    return pointer;
  }

  /** vector += step * x_j; the vector is f64[rows] in kernel memory. */
  add(j: number, step: number, vector: number): void {
    const { rows } = this.#data;
    const { run } = this.#context.kernels;
    run.columnAdd(
      this.#data.columnPointer(j),
      rows,
      this.#center.features[j],
      this.#factors,
      step * this.#scales[j],
      vector,
    );
  }

  /** x_j · vector. */
  dot(j: number, vector: number): number {
    const { rows } = this.#data;
    const { run } = this.#context.kernels;
    const shift = this.#center.features[j];
    return this.#scales[j] * (run.columnDot(this.#data.columnPointer(j), rows, shift, this.#factors, vector) as number);
  }

  /** x_j · vector for every j. */
  allDots(vector: number): Float64Array {
    const dots = new Float64Array(this.features);
    for (let j = 0; j < dots.length; j++) {
      dots[j] = this.dot(j, vector);
      if (j % 64 === 0) this.#context.checkpoint(0);
    }
    return dots;
  }

  #columnVector(j: number): number {
    this.#clear();
    this.add(j, 1, this.#vector);
    return this.#vector;
  }

  #clear(): void {
    this.#context.kernels.f64(this.#vector, this.#data.rows).fill(0);
  }
}
