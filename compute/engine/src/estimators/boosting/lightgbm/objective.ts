/** What an objective is. */
import type { Decision, Kernels } from '@pgml/kernels';
import type { TrainingData } from '../../../estimator.js';
import type { Dispatch } from '../../../trees/dispatch.js';

/** What gradients are computed from and written to; addresses are in kernel memory. */
export interface LossArrays {
  readonly rows: number;
  /** f64[outputs][rows] */
  readonly margins: number;
  /** f32[rows] */
  readonly targets: number;
  /** f64[rows], or 0 */
  readonly weights: number;
  /** f32[outputs][rows][2] */
  readonly gradients: number;
  readonly kernels: Kernels;
  readonly dispatch: Dispatch;
}

/** Rows with their targets and what they weigh. */
export interface Weighed {
  readonly target: Float32Array;
  readonly weights: Float64Array | undefined;
}

export interface Objective {
  readonly name: string;
  readonly outputs: number;
  readonly decision: Decision;
  /** What margins are multiplied by to become scores. */
  readonly scale: number;
  setGradients(arrays: LossArrays): void;
  /** What is predicted before the first tree. */
  baseScores(rows: Weighed): Float64Array;
  /** The loss of one row, whose margins are `stride` apart from `row` on; undefined where it is no sum over rows. */
  readonly lossOf?: (target: number, margins: Float64Array, row: number, stride: number) => number;
  /** The loss of all rows, where it is no sum over rows. */
  readonly totalLoss?: (margins: Float64Array, data: Pick<TrainingData, 'target' | 'groups'>) => number;
  /** What rows weigh in the derivatives, from what they weigh otherwise. */
  readonly reweigh?: (rows: Weighed) => Float64Array;
  /** The best value of a leaf by what its rows lack (target - margin). */
  readonly leafValue?: (lacks: Float64Array, weights: Float64Array | undefined) => number;
}
