import { moments } from '../../../algebra/columns.js';
import { spectrumOf } from '../../../algebra/spectrum.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { enoughComponents, likeliestDimension } from './dimension.js';
import type { PcaParameters } from './parameters.js';
import { turnComponents } from './signs.js';

/**
 * Principal components: the right singular vectors of the centered features, by descending variance. A row's answer is
 * where it lies along each. Kernel memory: 24 bytes times the square of the features, and 8 KiB per feature and component.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { whiten, ...parameters } = checked as unknown as PcaParameters;
  const { rows, features } = data;
  const most = mostComponents(parameters, rows, features);
  const { means } = moments(data, context);
  const { values, right } = spectrumOf({ data, targets: [], centers: means, weights: undefined }, context);
  const variances = values.map((value) => (value * value) / (rows - 1));
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  const ratios = variances.map((variance) => (total > 0 ? variance / total : 0));
  const count = componentsToKeep(parameters.n_components, most, variances, ratios, rows);

  const components = right.slice(0, count * features);
  turnComponents(data, means, components, count, context);
  const weights = components.slice();
  const intercepts = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // A direction without variance has no unit.
    const unit = whiten && variances[i] > 0 ? Math.sqrt(variances[i]) : 1;
    for (let feature = 0; feature < features; feature++) {
      const weight = components[i * features + feature] / unit;
      weights[i * features + feature] = weight;
      intercepts[i] -= weight * means[feature];
    }
  }
  const kept = ratios.subarray(0, count);
  const beside = variances.subarray(count);
  return {
    block: { kind: 'linear', outputs: count, decision: 'vector', classes: count, words: [weights, intercepts] },
    metrics: { cumulative_explained_variance: kept.reduce((sum, ratio) => sum + ratio, 0) },
    details: {
      n_components: count,
      explained_variance: Array.from(variances.subarray(0, count)),
      explained_variance_ratio: Array.from(kept),
      singular_values: Array.from(values.subarray(0, count)),
      noise_variance: beside.length > 0 ? beside.reduce((sum, variance) => sum + variance, 0) / beside.length : 0,
    },
  };
}

/** How many components the solver could find; FitError for what it does not go with. */
function mostComponents(
  { n_components, svd_solver }: Pick<PcaParameters, 'n_components' | 'svd_solver'>,
  rows: number,
  features: number,
): number {
  if (rows < 2) throw new FitError('one row has no variance and so no principal components', 'Add rows.');
  const directions = Math.min(rows, features);
  const partial = svd_solver === 'arpack' || svd_solver === 'randomized';
  const most = svd_solver === 'arpack' ? directions - 1 : directions;
  if (n_components === 'mle' && partial)
    throw new FitError(`n_components "mle" does not go with svd_solver "${svd_solver}"`, 'Use "auto" or "full".');
  if (n_components === 'mle' && rows < features)
    throw new FitError(
      `n_components "mle" needs at least as many rows as features, but there are ${rows} rows and ${features} features`,
      'Give a number of components.',
    );
  if (typeof n_components === 'number' && n_components < 1 && partial)
    throw new FitError(
      `n_components ${n_components}, a part of the variance, does not go with svd_solver "${svd_solver}"`,
      'Use "auto" or "full", or give a number of components.',
    );
  if (most < 1)
    throw new FitError(
      `svd_solver "arpack" finds no component of ${features} features and ${rows} rows`,
      'Use "auto".',
    );
  if (typeof n_components === 'number' && n_components > most)
    throw new FitError(
      `n_components is ${n_components}, but ${rows} rows with ${features} features have at most ${directions} components` +
        (most < directions ? `, of which svd_solver "arpack" finds ${most}` : ''),
      `Give a number from 1 to ${most}.`,
    );
  return most;
}

function componentsToKeep(
  wanted: PcaParameters['n_components'],
  most: number,
  variances: Float64Array,
  ratios: Float64Array,
  rows: number,
): number {
  if (wanted === null) return most;
  if (wanted !== 'mle') return wanted < 1 ? enoughComponents(ratios, wanted) : wanted;
  const dimension = likeliestDimension(variances, rows);
  if (dimension === 0)
    throw new FitError(
      'n_components "mle" finds no dimension: there is one feature only, or no variance',
      'Give a number of components.',
    );
  return dimension;
}
