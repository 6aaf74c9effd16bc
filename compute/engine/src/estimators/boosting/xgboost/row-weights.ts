/** What rows count: their weights, and scale_pos_weight. */
import type { FitContext, TrainingData } from '../../../estimator.js';
import type { Objective } from './objective.js';
import type { XgboostParameters } from './parameters.js';

/** Objectives in which scale_pos_weight has a meaning. */
const scalable = ['reg:squarederror', 'reg:squaredlogerror', 'reg:logistic', 'binary:logistic', 'binary:logitraw'];

/** Address of f32[rows]; 0 if all rows count 1. */
export function placeWeights(
  { rows, target, weights }: TrainingData,
  { name }: Objective,
  { scale_pos_weight }: XgboostParameters,
  { kernels }: FitContext,
): number {
  const factor = scalable.includes(name) ? Math.fround(scale_pos_weight) : 1;
  if (!weights && factor === 1) return 0;
  const pointer = kernels.allocate(4 * rows);
  const own = kernels.f32(pointer, rows);
  for (let row = 0; row < rows; row++) own[row] = (weights ? weights[row] : 1) * (target[row] === 1 ? factor : 1);
  return pointer;
}
