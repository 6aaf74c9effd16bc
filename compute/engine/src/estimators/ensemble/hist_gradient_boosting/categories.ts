/** Which features are categorical, and their categories. */
import { FitError, type TrainingData } from '../../../estimator.js';
import type { HistGradientBoostingParameters } from './parameters.js';

/** For each feature its categories in ascending order; undefined for numeric features. Throws FitError. */
export function categoriesByFeature(
  { categorical_features: given, max_bins: most }: HistGradientBoostingParameters,
  data: TrainingData,
): (readonly number[] | undefined)[] {
  const features = Array.from({ length: data.features }, (_, feature) => feature);
  const chosen = given && new Set(chooseFeatures(given, data.features));
  return features.map((feature) => {
    if (chosen) return chosen.has(feature) ? categoriesOf(data.column(feature), feature, most) : undefined;
    // Codes of texts: 0 for NULL, then 1 … n.
    const texts = data.categories(feature);
    return texts > 0 && texts < most ? categoriesOf(data.column(feature), feature, most) : undefined;
  });
}

function chooseFeatures(given: readonly number[] | readonly boolean[], features: number): number[] {
  if (given.length > 0 && typeof given[0] === 'boolean') {
    if (given.length !== features)
      throw new FitError(
        `categorical_features has ${given.length} truth values, but there are ${features} features`,
        'Give a truth value for each feature, or the numbers of the categorical ones.',
      );
    return given.flatMap((is, feature) => (is ? [feature] : []));
  }
  const numbers = given as readonly number[];
  for (const feature of numbers)
    if (feature >= features)
      throw new FitError(
        `categorical_features names feature ${feature}, but there are only ${features}`,
        'Features are numbered from 0.',
      );
  return [...numbers];
}

function categoriesOf(column: Float32Array, feature: number, most: number): readonly number[] {
  const different = new Set<number>();
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    if (!(value >= 0 && value < most && Number.isInteger(value)))
      throw new FitError(
        `the categories of feature ${feature} must be integers from 0 to ${most - 1} (below max_bins), but ${value} is among them`,
        'Number the categories from 0, or leave the feature out of categorical_features.',
      );
    different.add(value);
  }
  return [...different].sort((a, b) => a - b);
}
