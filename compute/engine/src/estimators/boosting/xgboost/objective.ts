/** What a loss is to the boosters. */
import type { Decision, Kernels } from '@pgml/kernels';
import type { Dispatch } from '../../../trees/dispatch.js';

const rankings = ['rank:pairwise', 'rank:ndcg', 'rank:map'] as const;

/** Objectives by task; the first is used when none is given, but for more than two classes `multi:softprob`. */
export const regressionObjectives = [
  'reg:squarederror',
  'reg:linear',
  'reg:squaredlogerror',
  'reg:logistic',
  'reg:pseudohubererror',
  'reg:absoluteerror',
  'reg:gamma',
  'reg:tweedie',
  'count:poisson',
  'survival:cox',
  'survival:aft',
  ...rankings,
] as const;
export const classificationObjectives = [
  'binary:logistic',
  'reg:logistic',
  'binary:logitraw',
  'binary:hinge',
  'multi:softprob',
  'multi:softmax',
] as const;

/** Where a fit's arrays lie; rows are padded to a multiple of 4. */
export interface LossArrays {
  readonly rows: number;
  readonly paddedRows: number;
  /** f32[outputs][padded rows] */
  readonly margins: number;
  /** f32[rows], readable up to the padded rows. */
  readonly targets: number;
  /** f32[outputs][padded rows][2]: gradient, hessian. */
  readonly gradients: number;
}

/** What computes them. */
export interface LossTools {
  readonly kernels: Kernels;
  readonly dispatch: Dispatch;
}

export interface Objective {
  /** As xgboost's model files call it. */
  readonly name: string;
  /** Trees per round, scores per row. */
  readonly outputs: number;
  readonly decision: Decision;
  /** The margin of every row before the first tree. */
  readonly baseMargin: number;
  /** The metric that validation watches if none is chosen. */
  readonly metric: string;
  /** Whether the hessian of a row is always 1. */
  readonly constantHessian: boolean;
  /** Leaves are worth the median of what is left to learn in them. */
  readonly medianLeaves?: boolean;
  /** Whether `setGradients` weighs rows itself. */
  readonly weighed?: boolean;
  /**
   * Writes gradients and hessians of all rows and outputs, before they are weighed unless it does that; `round` counts
   * from 0.
   */
  setGradients(arrays: LossArrays, tools: LossTools, round: number): void;
}
