/** Combinations of parameters, and of parameters and data, that cannot be fitted. */
import { FitError, type TrainingData } from '../../../estimator.js';
import type { LightgbmParameters } from './parameters.js';

const unavailable: readonly [name: keyof LightgbmParameters, only: unknown, instead: string][] = [
  ['linear_tree', false, 'Leaves hold numbers: leave linear_tree out.'],
  ['reg_sqrt', false, 'Train on the square root of the target, in a view.'],
  ['zero_as_missing', false, 'Make the zeros NULL in a view: nullif(column, 0).'],
  ['use_missing', true, 'Replace missing values in a view: coalesce(column, 0).'],
  ['monotone_constraints_method', 'basic', 'Use basic.'],
  ['monotone_penalty', 0, 'Leave monotone_penalty out.'],
];

/** Throws FitError. */
export function checkCombinations(parameters: LightgbmParameters, { features, classes }: TrainingData): void {
  for (const [name, only, instead] of unavailable)
    if (parameters[name] !== only)
      throw new FitError(`${name} ${JSON.stringify(parameters[name])} is not available`, instead, '0A000');
  for (const name of ['monotone_constraints', 'feature_contri'] as const) {
    const given = parameters[name];
    if (given && given.length !== features)
      throw new FitError(
        `${name} has ${given.length} entries, but there are ${features} features`,
        'Give one number for each feature.',
      );
  }
  if (parameters.monotone_constraints?.some((direction) => direction !== 0) && classes > 2)
    throw new FitError(
      `monotone_constraints are for regression and for two classes, but the target has ${classes}`,
      'Leave monotone_constraints out.',
    );
  for (const feature of (parameters.interaction_constraints ?? []).flat())
    if (feature >= features)
      throw new FitError(
        `interaction_constraints names feature ${feature}, but there are only ${features}`,
        'Features are numbered from 0.',
      );
  if (parameters.path_smooth > 0 && parameters.min_child_samples < 2)
    throw new FitError(
      `with path_smooth above 0, min_child_samples must be at least 2, but is ${parameters.min_child_samples}`,
      'Leave min_child_samples out for 20.',
    );
  const { boosting_type: boosting, subsample, subsample_freq: every, data_sample_strategy: strategy } = parameters;
  const draws =
    every > 0 && (subsample < 1 || parameters.pos_bagging_fraction < 1 || parameters.neg_bagging_fraction < 1);
  const drawsFeatures = parameters.colsample_bytree < 1 || parameters.feature_fraction_bynode < 1;
  if (isForest(boosting) && !draws && !drawsFeatures && strategy !== 'goss')
    throw new FitError(
      `boosting_type ${boosting} needs rows or features that are drawn: without, all its trees are the same`,
      'For example {"subsample_freq": 1, "subsample": 0.8, "colsample_bytree": 0.8}.',
    );
  if ((boosting === 'goss' || strategy === 'goss') && parameters.top_rate + parameters.other_rate > 1)
    throw new FitError(
      `top_rate ${parameters.top_rate} and other_rate ${parameters.other_rate} are more than 1 together`,
      'Give smaller ones.',
    );
  if ((parameters.early_stopping_round ?? 0) > 0) {
    if (parameters.validation_fraction === null)
      throw new FitError(
        'early_stopping_round needs rows to measure with',
        'Give a validation_fraction, for example 0.1.',
      );
    if (boosting === 'dart')
      throw new FitError(
        'early stopping is not possible with boosting_type dart',
        'Later rounds change earlier trees.',
      );
  }
}

export const isForest = (boosting: string): boolean => boosting === 'rf' || boosting === 'random_forest';
