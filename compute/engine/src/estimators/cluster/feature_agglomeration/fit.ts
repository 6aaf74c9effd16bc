import { agglomerate } from '../../../agglomeration/agglomerate.js';
import { clustersAbove, cutTree } from '../../../agglomeration/cut.js';
import type { Metric } from '../../../agglomeration/distances.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import type { FeatureAgglomerationParameters } from './parameters.js';
import { reproducedVariance } from './reproduced-variance.js';

/**
 * Groups of features by agglomerative clustering; a row becomes the means of its groups. Memory beside the data: 8 bytes
 * times the square of the number of features.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as FeatureAgglomerationParameters;
  const metric = metricOf(parameters);
  checkAgainstData(parameters, metric, data);
  const columns = Array.from({ length: data.features }, (_, feature) => data.column(feature));
  const tree = agglomerate(columns, parameters.linkage, metric, context);
  const groups = parameters.n_clusters ?? clustersAbove(tree, parameters.distance_threshold!);
  const labels = cutTree(tree, groups);
  const sizes = new Float64Array(groups);
  for (const label of labels) sizes[label]++;
  const weights = new Float64Array(groups * data.features);
  for (const [feature, label] of labels.entries()) weights[label * data.features + feature] = 1 / sizes[label];
  return {
    block: {
      kind: 'linear',
      outputs: groups,
      decision: 'vector',
      classes: groups,
      words: [weights, new Float64Array(groups)],
    },
    details: { groups: [...labels], distances: [...tree.distances.subarray(tree.distances.length - groups + 1)] },
    metrics: { cumulative_explained_variance: reproducedVariance(columns, labels, groups, context) },
  };
}

function metricOf({ metric, affinity, linkage }: FeatureAgglomerationParameters): Metric {
  if (metric !== null && affinity !== 'deprecated')
    throw new FitError('metric and affinity are two names of the same thing', 'Give metric alone.');
  const given = metric ?? (affinity === 'deprecated' ? 'euclidean' : affinity);
  if (linkage === 'ward' && given !== 'euclidean')
    throw new FitError(
      `linkage "ward" works with the metric "euclidean" alone, but "${given}" was given`,
      'Leave metric out, or choose the linkage "complete", "average" or "single".',
    );
  return given === 'l1' ? 'manhattan' : given === 'l2' ? 'euclidean' : given;
}

function checkAgainstData(
  { n_clusters, distance_threshold }: FeatureAgglomerationParameters,
  metric: Metric,
  data: TrainingData,
): void {
  if ((n_clusters === null) === (distance_threshold === null))
    throw new FitError(
      'one of n_clusters and distance_threshold must be given, and the other be null',
      'n_clusters is 2 unless given: with distance_threshold, say "n_clusters": null.',
    );
  if (data.features < 2) throw new FitError('a single feature cannot be grouped', 'Give at least two features.');
  if (n_clusters !== null && n_clusters > data.features)
    throw new FitError(
      `n_clusters is ${n_clusters}, but there are only ${data.features} features`,
      'Ask for at most as many groups as there are features.',
    );
  if (metric !== 'cosine') return;
  for (let feature = 0; feature < data.features; feature++)
    if (data.column(feature).every((value) => value === 0))
      throw new FitError(
        `feature ${feature + 1} is 0 in all rows, so that it has no cosine distance to others`,
        'Leave it out, or choose another metric.',
      );
}
