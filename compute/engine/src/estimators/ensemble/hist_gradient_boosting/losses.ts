/** The losses: what is predicted before the first tree, their derivatives, and what they come to. */
import { type Decision, exp, log, log1p } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';
import { median } from '../../../robust/median.js';
import { percentile, weightedPercentile } from '../../../robust/percentile.js';
import { weighedMean } from '../../../trees/margin-losses.js';
import type { HistGradientBoostingParameters } from './parameters.js';

/** Rows with what they weigh; 1 each if there are no weights. */
export interface Weighed {
  readonly target: Float32Array;
  readonly weights?: Float64Array | undefined;
}

export interface Loss {
  /** Trees per round, scores per row. */
  readonly outputs: number;
  readonly decision: Decision;
  /** Of the kernels' margin-losses.ts, with what it wants to know beside the arrays. */
  readonly kernel: string;
  readonly more: readonly number[];
  /** Whether the second derivative is 1 for rows that weigh 1. */
  readonly constantHessian: boolean;
  /** What is predicted before the first tree. */
  baseScores(rows: Weighed): Float64Array;
  /** The loss of one row; scores of the row are `stride` apart from `row` on. */
  of(target: number, margins: Float64Array, row: number, stride: number): number;
  /** The best value of a leaf by what its rows lack (target - margin), where that is not a Newton step. */
  readonly leafValue?: (lacks: Float64Array, weights: Float64Array | undefined) => number;
}

/** What probabilities and means keep away from the ends of their range: ten times the precision of f64. */
const MARGIN = 10 * 2 ** -52;

/** Throws FitError if the loss does not suit the targets. */
export function chooseLoss(parameters: HistGradientBoostingParameters, data: TrainingData): Loss {
  const { loss, quantile } = parameters;
  switch (loss) {
    case 'squared_error':
      return squaredError;
    case 'absolute_error':
      return absoluteError;
    case 'poisson':
      return poisson(data);
    case 'quantile':
      if (quantile === null || quantile === undefined || quantile <= 0 || quantile >= 1)
        throw new FitError(
          `with the loss quantile, the hyperparameter "quantile" must lie between 0 and 1, but ${quantile ?? null} was given`,
          'For example {"loss": "quantile", "quantile": 0.9}.',
        );
      return pinball(quantile);
    default:
      return classificationLoss(loss, data.classes);
  }
}

function classificationLoss(name: string, classes: number): Loss {
  if (name === 'categorical_crossentropy' && classes === 2)
    throw new FitError('the loss categorical_crossentropy is not for two classes', 'Use log_loss.');
  if (name === 'binary_crossentropy' && classes > 2)
    throw new FitError(
      `the loss binary_crossentropy is for two classes, but the target has ${classes}`,
      'Use log_loss.',
    );
  return classes === 2 ? binomial : multinomial(classes);
}

const mean = ({ target, weights }: Weighed): number => weighedMean(target.length, weights, (row) => target[row]);

const squaredError: Loss = {
  outputs: 1,
  decision: 'value',
  kernel: 'squaredLoss',
  more: [],
  constantHessian: true,
  baseScores: (rows) => Float64Array.of(mean(rows)),
  of: (target, margins, row) => 0.5 * (margins[row] - target) ** 2,
};

const absoluteError: Loss = {
  outputs: 1,
  decision: 'value',
  kernel: 'absoluteLoss',
  more: [],
  constantHessian: true,
  baseScores: ({ target, weights }) => Float64Array.of(medianOf(Float64Array.from(target), weights)),
  of: (target, margins, row) => Math.abs(margins[row] - target),
  leafValue: medianOf,
};

function medianOf(values: Float64Array, weights: Float64Array | undefined): number {
  return weights ? weightedPercentile(values, weights, 50) : median(values);
}

function pinball(quantile: number): Loss {
  const leafValue = (values: Float64Array, weights: Float64Array | undefined): number =>
    weights ? weightedPercentile(values, weights, 100 * quantile) : percentile(values.sort(), 100 * quantile);
  return {
    outputs: 1,
    decision: 'value',
    kernel: 'pinballLoss',
    more: [quantile],
    constantHessian: true,
    baseScores: ({ target, weights }) => Float64Array.of(leafValue(Float64Array.from(target), weights)),
    of: (target, margins, row) => {
      const lack = target - margins[row];
      return lack >= 0 ? quantile * lack : (quantile - 1) * lack;
    },
    leafValue,
  };
}

function poisson({ target }: TrainingData): Loss {
  if (target.some((value) => value < 0) || !target.some((value) => value > 0))
    throw new FitError(
      'the loss poisson is for targets of at least 0 that are not all 0',
      'Use squared_error, or change the target.',
    );
  return {
    outputs: 1,
    decision: 'exponential',
    kernel: 'poissonLoss',
    more: [],
    constantHessian: false,
    baseScores: (rows) => Float64Array.of(log(Math.max(MARGIN, mean(rows)))),
    of: (value, margins, row) => exp(margins[row]) - value * margins[row],
  };
}

const binomial: Loss = {
  outputs: 1,
  decision: 'logistic',
  kernel: 'binomialLoss',
  more: [],
  constantHessian: false,
  baseScores: (rows) => {
    const probability = Math.min(1 - MARGIN, Math.max(MARGIN, mean(rows)));
    return Float64Array.of(log(probability / (1 - probability)));
  },
  of: (target, margins, row) => {
    const margin = margins[row];
    return Math.max(0, margin) + log1p(exp(-Math.abs(margin))) - target * margin;
  },
};

function multinomial(classes: number): Loss {
  return {
    outputs: classes,
    decision: 'softmax',
    kernel: 'multinomialLoss',
    more: [classes],
    constantHessian: false,
    // The symmetric multinomial logit: logarithms of the shares, less their mean.
    baseScores: ({ target, weights }) => {
      const logarithms = Float64Array.from({ length: classes }, (_, label) => {
        const share = weighedMean(target.length, weights, (row) => (target[row] === label ? 1 : 0));
        return log(Math.min(1 - 2 ** -52, Math.max(2 ** -52, share)));
      });
      const centre = logarithms.reduce((sum, value) => sum + value, 0) / classes;
      return logarithms.map((value) => value - centre);
    },
    of: (target, margins, row, stride) => {
      let largest = -Infinity;
      for (let label = 0; label < classes; label++) largest = Math.max(largest, margins[label * stride + row]);
      let sum = 0;
      for (let label = 0; label < classes; label++) sum += exp(margins[label * stride + row] - largest);
      return log(sum) + largest - margins[target * stride + row];
    },
  };
}
