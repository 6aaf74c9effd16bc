import { makeSafeReflection, norm } from '../../../algebra/householder.js';
import { leastSquares } from '../../../algebra/least-squares.js';
import type { FitContext, TrainingData } from '../../../estimator.js';

/** What is left of a column, orthogonal to those before it and relative to its length, for it to count as independent. */
const INDEPENDENT = 1e-12;

/** Least squares of few rows, again and again. Coefficients begin with the intercept if there is one. */
export class SubsetSolver {
  readonly #features: readonly Float32Array[];
  readonly #target: Float32Array;
  readonly #withIntercept: boolean;
  readonly #context: FitContext;
  readonly #columns: readonly Float64Array[];
  readonly #rightSide: Float64Array;
  readonly #diagonal: Float64Array;
  readonly dimensions: number;

  constructor(data: TrainingData, size: number, withIntercept: boolean, context: FitContext) {
    this.#features = Array.from({ length: data.features }, (_, feature) => data.column(feature));
    this.#target = data.target;
    this.#withIntercept = withIntercept;
    this.#context = context;
    this.dimensions = data.features + Number(withIntercept);
    this.#columns = Array.from({ length: this.dimensions }, () => new Float64Array(size));
    this.#rightSide = new Float64Array(size);
    this.#diagonal = new Float64Array(this.dimensions);
  }

  /** Writes the coefficients for some rows to `out`; those of least length where the rows leave a choice. */
  solve(rows: ArrayLike<number>, out: Float64Array): void {
    const columns = this.#columns;
    const rightSide = this.#rightSide;
    if (rows.length < this.dimensions) return this.#solveDependent(rows, out);
    for (const [j, column] of columns.entries())
      for (let i = 0; i < column.length; i++) column[i] = this.#value(j, rows[i]);
    for (let i = 0; i < rightSide.length; i++) rightSide[i] = this.#target[rows[i]];
    for (const [j, column] of columns.entries()) {
      const length = norm(column);
      const v = column.subarray(j);
      const { factor, head } = makeSafeReflection(v);
      if (!(Math.abs(head) > INDEPENDENT * length)) return this.#solveDependent(rows, out);
      this.#diagonal[j] = head;
      for (let k = j + 1; k < columns.length; k++) reflect(columns[k], v, factor, j);
      reflect(rightSide, v, factor, j);
    }
    for (let j = columns.length - 1; j >= 0; j--) {
      let sum = rightSide[j];
      for (let k = j + 1; k < columns.length; k++) sum -= columns[k][j] * out[k];
      out[j] = sum / this.#diagonal[j];
    }
  }

  #value(column: number, row: number): number {
    if (!this.#withIntercept) return this.#features[column][row];
    return column === 0 ? 1 : this.#features[column - 1][row];
  }

  #solveDependent(rows: ArrayLike<number>, out: Float64Array): void {
    const problem = {
      rows: rows.length,
      unknowns: this.dimensions,
      value: (column: number, i: number) => this.#value(column, rows[i]),
      rightSide: (i: number) => this.#target[rows[i]],
    };
    out.set(leastSquares(problem, { ...this.#context, checkpoint: () => {} }).coefficients);
  }
}

/** x := x - factor v (v · x), where v begins at `first`. */
function reflect(x: Float64Array, v: Float64Array, factor: number, first: number): void {
  let product = 0;
  for (let i = 0; i < v.length; i++) product += v[i] * x[first + i];
  product *= factor;
  for (let i = 0; i < v.length; i++) x[first + i] -= product * v[i];
}
