import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { refineExemplars } from './exemplars.js';
import { passMessages } from './messages.js';
import type { AffinityPropagationParameters } from './parameters.js';
import { addNoise, allEqual, medianSimilarity, type Similarities, similaritiesOf } from './similarities.js';

/** What rows are answered where no exemplar was found. */
const NO_CLUSTER = -1;

/**
 * Affinity propagation (Frey & Dueck, "Clustering by Passing Messages Between Data Points", 2007): rows agree on which of
 * them stand for the others. Predicting gives a row to the nearest of these exemplars. Kernel memory: 24 bytes for each
 * pair of rows.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as AffinityPropagationParameters;
  checkAgainstData(parameters, data);
  const similarities = similaritiesOf(data, context);
  const { rows, width, values } = similarities;
  const preferences = preferencesOf(parameters, similarities);
  const same = preferences.every((preference) => preference === preferences[0]);
  if (rows === 1 || (same && allEqual(similarities))) {
    // Nothing to choose by: as the preference compares with the similarity, all rows are exemplars or the first alone is.
    const each = preferences[0] >= values[rows - 1];
    const exemplars = each ? Array.from({ length: rows }, (_, row) => row) : [0];
    const labels = Int32Array.from({ length: rows }, (_, row) => (each ? row : 0));
    return fitted(data, exemplars, labels, { iterations: 0, converged: true });
  }
  for (let row = 0; row < rows; row++) values[row * width + row] = preferences[row];
  addNoise(similarities, parameters.random_state ?? context.seed, () => context.checkpoint(0));
  const { candidates, ...course } = passMessages(similarities, parameters, context);
  if (candidates.length === 0) return fitted(data, [], new Int32Array(rows).fill(NO_CLUSTER), course);
  const { exemplars, labels } = refineExemplars(similarities, candidates);
  return fitted(data, exemplars, labels, course);
}

function checkAgainstData({ preference, damping }: AffinityPropagationParameters, { rows }: TrainingData): void {
  if (damping === 1)
    throw new FitError('damping is 1, so that no message would ever change', 'Give a damping from 0.5 to below 1.');
  if (Array.isArray(preference) && preference.length !== rows)
    throw new FitError(
      `preference has ${preference.length} numbers, but there are ${rows} rows to train on`,
      'Give a number for all rows.',
    );
}

function preferencesOf({ preference }: AffinityPropagationParameters, similarities: Similarities): readonly number[] {
  if (typeof preference === 'object' && preference !== null) return preference;
  const one = preference ?? medianSimilarity(similarities);
  return Array.from({ length: similarities.rows }, () => one);
}

function fitted(
  data: TrainingData,
  exemplars: readonly number[],
  labels: Int32Array,
  details: Readonly<Record<string, unknown>>,
): Fitted {
  // A block needs a centroid; without exemplars, whatever is nearest to it is answered that there is no cluster.
  const centroids = new Float64Array(Math.max(1, exemplars.length) * data.features);
  for (const [cluster, row] of exemplars.entries())
    for (let feature = 0; feature < data.features; feature++)
      centroids[cluster * data.features + feature] = data.column(feature)[row];
  return {
    block: { kind: 'centroids', outputs: Math.max(1, exemplars.length), decision: 'smallest', words: [centroids] },
    ...(exemplars.length === 0 ? { clusters: [NO_CLUSTER] } : {}),
    details: { ...details, clusters: exemplars.length, exemplars },
    sections: { labels },
  };
}
