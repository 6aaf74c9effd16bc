/** monotone_constraints and interaction_constraints, which may be text as xgboost has them. */
import { FitError } from '../../../estimator.js';
import type { XgboostParameters } from './parameters.js';

/** By feature -1, 0 or 1; undefined without constraints. Throws FitError. */
export function monotoneOf(
  { monotone_constraints: given }: Pick<XgboostParameters, 'monotone_constraints'>,
  features: number,
): readonly number[] | undefined {
  if (given === null || given.length === 0) return undefined;
  const list = typeof given === 'string' ? parse(given.replace(/^\s*\(/, '[').replace(/,?\s*\)\s*$/, ']')) : given;
  if (!Array.isArray(list) || !list.every((value) => [-1, 0, 1].includes(value as number)))
    throw new FitError(
      `monotone_constraints must be numbers -1, 0 and 1, but ${String(given)} was given`,
      'Write them as [1, 0, -1] or as (1,0,-1).',
    );
  if (list.length > features)
    throw new FitError(
      `monotone_constraints has ${list.length} numbers, but there are ${features} features`,
      'Give one for each feature, in order; those left out count as 0.',
    );
  return Array.from({ length: features }, (_, feature) => (list[feature] as number | undefined) ?? 0);
}

/** Groups of features; undefined without constraints. Throws FitError. */
export function interactionsOf(
  { interaction_constraints: given }: Pick<XgboostParameters, 'interaction_constraints'>,
  features: number,
): readonly (readonly number[])[] | undefined {
  if (given === null || given.length === 0) return undefined;
  const groups = typeof given === 'string' ? parse(given) : given;
  const isFeature = (value: unknown) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < features;
  if (!Array.isArray(groups) || !groups.every((group) => Array.isArray(group) && group.every(isFeature)))
    throw new FitError(
      `interaction_constraints must be groups of features, by their numbers from 0 to ${features - 1}, but ${JSON.stringify(given)} was given`,
      'Write them as [[0, 1], [2, 3]].',
    );
  return groups as number[][];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
