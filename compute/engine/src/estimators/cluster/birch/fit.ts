import { agglomerate } from '../../../agglomeration/agglomerate.js';
import { cutTree } from '../../../agglomeration/cut.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { FeatureTree } from './feature-tree.js';
import type { BirchParameters } from './parameters.js';

/** Rows between two looks at whether the caller gave up. */
const ROWS_PER_CHECKPOINT = 200;

/**
 * Subclusters from one pass over the rows, in their order, and their clustering. Memory beside the data: about 16 bytes
 * per subcluster and feature, and 8 bytes times the square of their number for the clustering; there are fewer of them
 * the larger the threshold is.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { threshold, branching_factor, n_clusters } = checked as unknown as BirchParameters;
  const { rows, features } = data;
  const columns = Array.from({ length: features }, (_, feature) => data.column(feature));
  const tree = new FeatureTree({ features, threshold, branchingFactor: branching_factor });
  for (let row = 0; row < rows; row++) {
    if (row % ROWS_PER_CHECKPOINT === 0) context.checkpoint((0.5 * row) / rows);
    tree.insert(Float64Array.from(columns, (column) => column[row]));
  }
  const centroids = tree.centroids();
  const labels = labelsOf(centroids, n_clusters, context);
  const words = new Float64Array(centroids.length * features);
  for (const [i, centroid] of centroids.entries()) words.set(centroid, i * features);
  return {
    block: { kind: 'centroids', outputs: centroids.length, decision: 'smallest', words: [words] },
    clusters: labels,
    details: { subclusters: centroids.length, clusters: new Set(labels).size },
  };
}

/** Fewer subclusters than clusters stay as they are, as with scikit-learn. */
function labelsOf(centroids: readonly Float64Array[], clusters: number | null, context: FitContext): number[] {
  if (clusters === null || centroids.length < clusters) return [...centroids.keys()];
  const hierarchy = agglomerate(centroids, 'ward', 'euclidean', {
    ...context,
    checkpoint: (progress) => context.checkpoint(0.5 + 0.5 * progress),
  });
  return [...cutTree(hierarchy, clusters)];
}
