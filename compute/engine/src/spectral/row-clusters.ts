/** Models that put a row into the cluster of rows whose mean is nearest. */
import type { Fitted, TrainingData } from '../estimator.js';

/**
 * `labels` are the clusters of the training rows, each from 0 to `clusters` - 1; clusters without rows are never
 * answered.
 */
export function nearestMeanBlock(data: TrainingData, labels: Int32Array, clusters: number): Fitted['block'] {
  const { rows, features } = data;
  const counts = new Float64Array(clusters);
  for (const label of labels) counts[label]++;
  const means = new Float64Array(clusters * features);
  for (let feature = 0; feature < features; feature++) {
    const column = data.column(feature);
    for (let row = 0; row < rows; row++) means[labels[row] * features + feature] += column[row] / counts[labels[row]];
  }
  for (let cluster = 0; cluster < clusters; cluster++)
    if (counts[cluster] === 0) means.fill(FAR, cluster * features, (cluster + 1) * features);
  return { kind: 'centroids', outputs: clusters, decision: 'smallest', words: [means] };
}

/** Where no row is near, and distances are still finite. */
const FAR = 1e150;
