/** Rows as coordinates of the smoothest functions on the graph of their affinities. */
import { symmetricEigen } from '../../../algebra/symmetric-eigen.js';
import type { FitContext } from '../../../estimator.js';

/**
 * The first `components` eigenvectors of the normalized Laplacian I - D^-1/2 A D^-1/2, each divided by the roots of the
 * degrees: f64[rows][components]. The affinities A are overwritten; their diagonal does not count. Ng, Jordan & Weiss, "On
 * spectral clustering", 2001; Shi & Malik, "Normalized cuts and image segmentation", 2000.
 */
export function spectralEmbedding(
  affinity: Float64Array,
  rows: number,
  components: number,
  context: FitContext,
): Float64Array {
  const roots = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let other = 0; other < row; other++) {
      const weight = affinity[row * rows + other];
      roots[row] += weight;
      roots[other] += weight;
    }
  // A row near to none stays alone: a component of the graph, as one of degree 1.
  for (let row = 0; row < rows; row++) roots[row] = roots[row] === 0 ? 1 : Math.sqrt(roots[row]);
  for (let row = 0; row < rows; row++) {
    for (let other = 0; other < row; other++) affinity[row * rows + other] /= -roots[row] * roots[other];
    affinity[row * rows + row] = 1;
  }
  context.checkpoint(0.3, 'eigenvectors');
  const { vectors } = symmetricEigen(context, affinity, rows);
  const embedding = new Float64Array(rows * components);
  for (let component = 0; component < components; component++) {
    const vector = vectors.subarray(component * rows, (component + 1) * rows).map((value, row) => value / roots[row]);
    // The sign, by the component of largest size.
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    for (let row = 0; row < rows; row++)
      embedding[row * components + component] = largest < 0 ? -vector[row] : vector[row];
  }
  return embedding;
}
