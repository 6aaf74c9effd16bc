/**
 * The triangle L of L L' for a set of columns that grows and shrinks, from their inner products. Rows of 8 bytes for each
 * pair of columns.
 */
export class GrowingCholesky {
  /** The inner products of each column with those before it and itself. */
  #products: Float64Array[] = [];
  #lower: Float64Array[] = [];

  get size(): number {
    return this.#lower.length;
  }

  /**
   * What would stand on the diagonal for one more column, squared: its squared length orthogonal to the others, negative
   * where rounding leaves less than nothing. `products` are its inner products with the others and, last, itself.
   */
  remainder(products: Float64Array): { row: Float64Array; squared: number } {
    const row = this.#forward(products.subarray(0, this.size));
    return { row, squared: products[this.size] - row.reduce((sum, value) => sum + value * value, 0) };
  }

  /** Adds a column, with what `remainder` gave for it and the diagonal to use. */
  append(products: Float64Array, row: Float64Array, diagonal: number): void {
    this.#products.push(products);
    this.#lower.push(Float64Array.of(...row, diagonal));
  }

  /** Takes the column at a position out, and factors those behind it anew, with diagonals of at least `floor`. */
  remove(position: number, floor: number): void {
    const behind = this.#products.splice(position).slice(1);
    this.#lower.splice(position);
    for (const products of behind) {
      const kept = products.filter((_, i) => i !== position);
      const { row, squared } = this.remainder(kept);
      this.append(kept, row, Math.max(Math.sqrt(Math.abs(squared)), floor));
    }
  }

  /** L⁻¹ vector. */
  #forward(vector: ArrayLike<number>): Float64Array {
    const solved = Float64Array.from(vector);
    for (let i = 0; i < solved.length; i++) {
      const row = this.#lower[i];
      let sum = solved[i];
      for (let k = 0; k < i; k++) sum -= row[k] * solved[k];
      solved[i] = sum / row[i];
    }
    return solved;
  }

  /** (L L')⁻¹ vector, and the inner product of both, which is positive whatever the rounding. */
  solve(vector: ArrayLike<number>): { solution: Float64Array; product: number } {
    const solution = this.#forward(vector);
    const product = solution.reduce((sum, value) => sum + value * value, 0);
    for (let i = solution.length - 1; i >= 0; i--) {
      const row = this.#lower[i];
      const solved = solution[i] / row[i];
      solution[i] = solved;
      for (let k = 0; k < i; k++) solution[k] -= row[k] * solved;
    }
    return { solution, product };
  }
}
