/** k-means over rows of a small float64 matrix, as the last step of the spectral methods. */
import type { RandomState } from '@pgml/kernels';
import type { FitContext, TrainingData } from '../estimator.js';
import { clusterRows } from '../estimators/cluster/kmeans/fit.js';
import type { KMeansParameters } from '../estimators/cluster/kmeans/parameters.js';

/** Of scikit-learn's KMeans, which these methods do not let their users change. */
const MAXIMUM_ITERATIONS = 300;
const TOLERANCE = 1e-4;

/** The labels and centroids of the rows of f64[rows][columns], taken as float32. */
export function clusterVectors(
  vectors: Float64Array,
  columns: number,
  { n_clusters, init, n_init }: Pick<KMeansParameters, 'n_clusters' | 'init' | 'n_init'>,
  random: RandomState,
  context: FitContext,
): { labels: Int32Array; centroids: Float64Array } {
  const { kernels } = context;
  const rows = vectors.length / columns;
  const mark = kernels.mark();
  const pointers = Array.from({ length: columns }, () => kernels.allocate(4 * rows));
  const column = (index: number) => kernels.f32(pointers[index], rows);
  for (let index = 0; index < columns; index++) {
    const values = column(index);
    for (let row = 0; row < rows; row++) values[row] = vectors[row * columns + index]!;
  }
  const nothing = new Float32Array(0);
  const data: TrainingData = {
    rows,
    features: columns,
    columnPointer: (index) => pointers[index],
    column,
    target: nothing,
    targetPointer: 0,
    targets: 1,
    targetOf: () => nothing,
    classes: 0,
    classNames: [],
    categories: () => 0,
  };
  const parameters = { n_clusters, init, n_init, max_iter: MAXIMUM_ITERATIONS, tol: TOLERANCE };
  const { labels, centroids } = clusterRows(data, parameters, random, context);
  kernels.release(mark);
  return { labels, centroids };
}
