import { Cholesky } from '../../../algebra/cholesky.js';
import { gramMatrix } from '../../../algebra/gram.js';
import type { FitContext, TrainingData } from '../../../estimator.js';

/** What is added to the diagonal of normal equations, relative to it, so that dependent columns do no harm. */
const RIDGE = 1e-13;

/** The unknowns: coefficients of the scaled features, and the intercept. */
export interface Unknowns {
  readonly weights: Float64Array;
  readonly intercept: number;
}

export interface DesignDescription {
  /** Features are (x - shift) * scale; those of scale 0 keep the coefficient 0. */
  readonly shifts: Float64Array;
  readonly scales: Float64Array;
  readonly withIntercept: boolean;
  /** Whether below the rows of the data there is one for each feature, whose value is its coefficient in its own unit. */
  readonly withPenalties: boolean;
}

/** A matrix of the scaled features and a column of ones, below it perhaps rows for penalties. Products, and solutions. */
export class Design {
  /** Rows of the data and those for penalties. */
  readonly rows: number;
  readonly #data: TrainingData;
  readonly #description: DesignDescription;
  readonly #context: FitContext;
  /** Address of f64[rows of the data]. */
  readonly #vector: number;

  constructor(data: TrainingData, description: DesignDescription, context: FitContext) {
    this.rows = data.rows + (description.withPenalties ? data.features : 0);
    this.#data = data;
    this.#description = description;
    this.#context = context;
    this.#vector = context.kernels.allocate(8 * data.rows);
  }

  get features(): number {
    return this.#data.features;
  }

  /** The matrix times unknowns. */
  times({ weights, intercept }: Unknowns): Float64Array {
    const { kernels } = this.#context;
    const { rows, features } = this.#data;
    const { shifts, scales, withPenalties } = this.#description;
    kernels.f64(this.#vector, rows).fill(intercept);
    for (let j = 0; j < features; j++)
      if (weights[j] !== 0)
        kernels.run.columnAdd(this.#data.columnPointer(j), rows, shifts[j], 0, weights[j] * scales[j], this.#vector);
    const product = new Float64Array(this.rows);
    product.set(kernels.f64(this.#vector, rows));
    if (withPenalties) for (let j = 0; j < features; j++) product[rows + j] = weights[j] * scales[j];
    return product;
  }

  /** The transposed matrix times a vector of `rows`. */
  transposedTimes(vector: Float64Array): Unknowns {
    const { kernels } = this.#context;
    const { rows, features } = this.#data;
    const { shifts, scales, withIntercept, withPenalties } = this.#description;
    kernels.f64(this.#vector, rows).set(vector.subarray(0, rows));
    const weights = new Float64Array(features);
    for (let j = 0; j < features; j++) {
      const dot = kernels.run.columnDot(this.#data.columnPointer(j), rows, shifts[j], 0, this.#vector) as number;
      weights[j] = scales[j] * (dot + (withPenalties ? vector[rows + j] : 0));
    }
    let intercept = 0;
    if (withIntercept) for (let row = 0; row < rows; row++) intercept += vector[row];
    return { weights, intercept };
  }

  /** Solves (A' diag(rowWeights) A) unknowns = right side for any right sides. */
  normalEquations(rowWeights: Float64Array): (rightSide: Unknowns) => Unknowns {
    const { rows, features } = this.#data;
    const { shifts, scales, withIntercept, withPenalties } = this.#description;
    const ofData = rowWeights.subarray(0, rows);
    // Centered by these weights, the intercept is apart from the features.
    const { weights: sums, intercept: total } = this.transposedTimes(
      withPenalties ? rowWeights.map((weight, row) => (row < rows ? weight : 0)) : rowWeights,
    );
    const means = sums.map((sum) => (withIntercept ? sum / total : 0));
    const centers = shifts.map((shift, j) => (scales[j] > 0 ? shift + means[j] / scales[j] : shift));
    const { products } = gramMatrix(this.#data, { shifts: centers, scales, weights: ofData }, this.#context);
    for (let j = 0; j < features; j++) {
      const at = j * features + j;
      if (withPenalties) products[at] += rowWeights[rows + j] * scales[j] * scales[j];
      products[at] = products[at] > 0 ? products[at] * (1 + RIDGE) : 1;
    }
    const factor = this.#factor(products, features);
    return ({ weights, intercept }) => {
      const solution = weights.map((value, j) => (scales[j] > 0 ? value - means[j] * intercept : 0));
      factor.solve(solution);
      if (!withIntercept) return { weights: solution, intercept: 0 };
      const offset = solution.reduce((sum, value, j) => sum + value * means[j], 0);
      return { weights: solution, intercept: intercept / total - offset };
    };
  }

  #factor(products: Float64Array, size: number): Cholesky {
    for (let ridge = 1e-12; ; ridge *= 100) {
      const factor = Cholesky.factor(products, size, { checkpoint: () => this.#context.checkpoint(0.5) });
      if (factor) return factor;
      for (let j = 0; j < size; j++) products[j * size + j] *= 1 + ridge;
    }
  }

  /** One row: the features' values and the 1 of the intercept, if there is one. */
  row(row: number): Float64Array {
    const { rows, features } = this.#data;
    const { shifts, scales, withIntercept } = this.#description;
    const values = new Float64Array(features + (withIntercept ? 1 : 0));
    if (row >= rows) {
      values[row - rows] = scales[row - rows];
      return values;
    }
    for (let j = 0; j < features; j++) values[j] = (this.#data.column(j)[row] - shifts[j]) * scales[j];
    if (withIntercept) values[features] = 1;
    return values;
  }
}
