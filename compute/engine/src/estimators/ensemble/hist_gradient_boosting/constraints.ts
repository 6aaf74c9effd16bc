/** Constraints on what features may do: the direction of their effect, and with which others they may act together. */
import { FitError, type TrainingData } from '../../../estimator.js';
import type { HistGradientBoostingParameters } from './parameters.js';

/** By feature 1, -1 or 0; undefined if nothing is bound. Throws FitError. */
export function monotoneDirections(
  { monotonic_cst: given }: Pick<HistGradientBoostingParameters, 'monotonic_cst'>,
  { features, classes }: Pick<TrainingData, 'features' | 'classes'>,
  categories: readonly (readonly number[] | undefined)[],
): readonly number[] | undefined {
  if (given === null) return undefined;
  if (given.length !== features)
    throw new FitError(
      `monotonic_cst has ${given.length} entries, but there are ${features} features`,
      'Give one number for each feature: 1, 0 or -1.',
    );
  if (classes > 2)
    throw new FitError(
      `monotonic_cst is for regression and for two classes, but the target has ${classes}`,
      'Leave monotonic_cst out.',
    );
  const bound = given.findIndex((direction, feature) => direction !== 0 && categories[feature] !== undefined);
  if (bound >= 0)
    throw new FitError(
      `monotonic_cst binds feature ${bound}, which is categorical`,
      'Categories have no order: give 0 for it.',
    );
  return given.some((direction) => direction !== 0) ? given : undefined;
}

/** Groups of features that may be split on together; features that are in none are one more. Throws FitError. */
export function interactionGroups(
  { interaction_cst: given }: Pick<HistGradientBoostingParameters, 'interaction_cst'>,
  features: number,
): readonly (readonly number[])[] | undefined {
  if (given === null) return undefined;
  const all = Array.from({ length: features }, (_, feature) => feature);
  if (given === 'no_interactions') return all.map((feature) => [feature]);
  if (given === 'pairwise') return features === 1 ? [all] : all.flatMap((a) => all.slice(a + 1).map((b) => [a, b]));
  const groups = given as readonly (readonly number[])[];
  const named = new Set(groups.flat());
  for (const feature of named)
    if (feature >= features)
      throw new FitError(
        `interaction_cst names feature ${feature}, but there are only ${features}`,
        'Features are numbered from 0.',
      );
  const rest = all.filter((feature) => !named.has(feature));
  return rest.length > 0 ? [...groups, rest] : groups;
}
