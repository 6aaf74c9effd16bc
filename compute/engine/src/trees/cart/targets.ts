/** What exact trees learn: classes or numbers, in kernel memory as the grower wants them. */
import type { Kernels } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../estimator.js';
import type { Criterion } from './rule.js';

/** Places the targets: u32[rows] classes, or f64[rows][targets]; returns their address. */
export function placeTargets(data: TrainingData, kernels: Kernels): number {
  const { rows, targets, classes } = data;
  if (classes > 0) {
    const pointer = kernels.allocate(4 * rows);
    kernels.u32(pointer, rows).set(data.target);
    return pointer;
  }
  const pointer = kernels.allocate(8 * rows * targets);
  const values = kernels.f64(pointer, rows * targets);
  for (let target = 0; target < targets; target++) {
    const column = data.targetOf(target);
    for (let row = 0; row < rows; row++) values[row * targets + target] = column[row];
  }
  return pointer;
}

/** All targets one after another. */
export function allTargets(data: TrainingData): Float64Array {
  const { rows, targets } = data;
  const all = new Float64Array(rows * targets);
  for (let target = 0; target < targets; target++) all.set(data.targetOf(target), rows * target);
  return all;
}

/** The criterion poisson wants targets of at least 0, not all 0. */
export function checkTargets(criterion: Criterion, targets: Float64Array): void {
  if (criterion !== 'poisson') return;
  const negative = targets.find((value) => value < 0);
  const hint = 'Use criterion squared_error, friedman_mse or absolute_error.';
  if (negative !== undefined)
    throw new FitError(`criterion poisson is for targets of at least 0, but one is ${negative}`, hint);
  if (targets.every((value) => value === 0))
    throw new FitError('criterion poisson is for targets that are not all 0', hint);
}
