/** What an objective is. */
import type { Decision } from '@pgml/kernels';
import type { TrainingData } from '../../../estimator.js';
import type { LossArrays } from '../../../trees/margin-losses.js';

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
