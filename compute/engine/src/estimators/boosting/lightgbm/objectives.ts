/** LightGBM's objectives: what is predicted before the first tree, derivatives, what the scores mean, and the loss. */
import { exp, log, log1p } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';
import { gradientsByKernel, gradientsByRow, type LossArrays, weighedMean } from '../../../trees/margin-losses.js';
import { pieces } from '../../../trees/stretch.js';
import type { Objective, Weighed } from './objective.js';
import { objectiveAliases as names } from './objective-names.js';
import type { LightgbmParameters } from './parameters.js';
import { percentile, weightedPercentile } from './percentile.js';
import { rankingObjective } from './ranking.js';

const regressions = ['regression', 'regression_l1', 'huber', 'fair', 'poisson', 'quantile', 'mape', 'gamma', 'tweedie'];
const rankings = ['lambdarank', 'rank_xendcg'];
const classifications = ['binary', 'multiclass', 'multiclassova', 'cross_entropy'];

const LEAST = 1e-15;

/** Throws FitError if the objective does not suit the task, the classes or the targets. */
export function chooseObjective(parameters: LightgbmParameters, data: TrainingData, seed: number): Objective {
  const { classes } = data;
  const usual = classes === 0 ? 'regression' : classes === 2 ? 'binary' : 'multiclass';
  const given = parameters.objective ?? usual;
  const name = Object.keys(names).find((one) => one === given || names[one].includes(given))!;
  if (name === 'cross_entropy_lambda' || (name === 'cross_entropy' && classes === 0))
    throw new FitError(
      `objective ${name} is not available for this task`,
      'For classes use cross_entropy or binary; for numbers regression.',
      '0A000',
    );
  const suitable = classes === 0 ? [...regressions, ...rankings] : classifications;
  if (!suitable.includes(name))
    throw new FitError(
      `objective ${name} does not suit the task ${classes === 0 ? 'regression' : 'classification'}`,
      `Objectives for it: ${suitable.join(', ')}.`,
    );
  if ((name === 'binary' || name === 'cross_entropy') && classes !== 2)
    throw new FitError(
      `objective ${name} is for two classes, but the target has ${classes}`,
      'Use multiclass, or give no objective.',
    );
  checkTargets(name, data.target);
  if (rankings.includes(name)) return rankingObjective(name, parameters, data, seed);
  if (name === 'multiclass') return multiclass(classes);
  if (name === 'multiclassova') return oneVersusAll(classes, parameters);
  if (name === 'binary') return binary(parameters);
  if (name === 'cross_entropy')
    return { ...binary({ ...parameters, sigmoid: 1, is_unbalance: false, scale_pos_weight: 1 }), name };
  return regression(name, parameters);
}

function checkTargets(name: string, target: Float32Array): void {
  const least = { poisson: 0, tweedie: 0, gamma: 2 ** -149 }[name];
  if (least === undefined) return;
  const wrong = target.find((value) => !(value >= least));
  if (wrong !== undefined || !target.some((value) => value > 0))
    throw new FitError(
      `objective ${name} is for targets ${name === 'gamma' ? 'above 0' : 'of at least 0 that are not all 0'}, but ${wrong ?? 0} was given`,
      'Use regression, or change the target.',
    );
}

const meanOf = ({ target, weights }: Weighed): number => weighedMean(target.length, weights, (row) => target[row]);

const percentileOf =
  (part: number) =>
  (values: Float64Array, weights: Float64Array | undefined): number =>
    weights ? weightedPercentile(values, weights, part) : percentile(values, part);

function regression(name: string, parameters: LightgbmParameters): Objective {
  const { alpha, fair_c: fair, poisson_max_delta_step: step, tweedie_variance_power: power } = parameters;
  const plain = { name, outputs: 1, decision: 'value', scale: 1, baseScores: meanScore } as const;
  const logarithmic = {
    ...plain,
    decision: 'exponential',
    baseScores: (rows: Weighed) => Float64Array.of(log(meanOf(rows))),
  } as const;
  const byPercentile = (part: number) => ({
    baseScores: ({ target, weights }: Weighed) =>
      Float64Array.of(percentileOf(part)(Float64Array.from(target), weights)),
    leafValue: percentileOf(part),
  });
  switch (name) {
    case 'regression_l1':
      return {
        ...plain,
        ...byPercentile(0.5),
        setGradients: gradientsByRow((target, margin) => [Math.sign(margin - target), 1]),
        lossOf: (target, margins, row) => Math.abs(margins[row] - target),
      };
    case 'quantile':
      return {
        ...plain,
        ...byPercentile(alpha),
        setGradients: gradientsByRow((target, margin) => [margin >= target ? 1 - alpha : -alpha, 1]),
        lossOf: (target, margins, row) => pinball(target - margins[row], alpha),
      };
    case 'mape':
      return {
        ...plain,
        leafValue: percentileOf(0.5),
        baseScores: (rows) => Float64Array.of(weightedPercentile(Float64Array.from(rows.target), relative(rows), 0.5)),
        // The hessian counts rows by their own weights, the gradient relative to the target.
        setGradients: gradientsByRow((target, margin) => [Math.sign(margin - target), Math.max(1, Math.abs(target))]),
        reweigh: relative,
        lossOf: (target, margins, row) => Math.abs(margins[row] - target),
      };
    case 'huber':
      return {
        ...plain,
        setGradients: gradientsByRow((target, margin) => [Math.max(-alpha, Math.min(alpha, margin - target)), 1]),
        lossOf: (target, margins, row) => {
          const error = Math.abs(margins[row] - target);
          return error <= alpha ? 0.5 * error * error : alpha * (error - 0.5 * alpha);
        },
      };
    case 'fair':
      return {
        ...plain,
        setGradients: gradientsByRow((target, margin) => {
          const error = margin - target;
          const sum = Math.abs(error) + fair;
          return [(fair * error) / sum, (fair * fair) / (sum * sum)];
        }),
        lossOf: (target, margins, row) => {
          const error = Math.abs(margins[row] - target);
          return fair * error - fair * fair * log1p(error / fair);
        },
      };
    case 'poisson':
      return {
        ...logarithmic,
        setGradients: gradientsByRow((target, margin) => [exp(margin) - target, exp(margin + step)]),
        lossOf: (target, margins, row) => exp(margins[row]) - target * margins[row],
      };
    case 'gamma':
      return {
        ...logarithmic,
        setGradients: gradientsByRow((target, margin) => {
          const ratio = target * exp(-margin);
          return [1 - ratio, ratio];
        }),
        lossOf: (target, margins, row) => target * exp(-margins[row]) + margins[row],
      };
    case 'tweedie':
      return {
        ...logarithmic,
        setGradients: gradientsByRow((target, margin) => {
          const [low, high] = [exp((1 - power) * margin), exp((2 - power) * margin)];
          return [high - target * low, (2 - power) * high - (1 - power) * target * low];
        }),
        lossOf: (target, margins, row) =>
          exp((2 - power) * margins[row]) / (2 - power) - (target * exp((1 - power) * margins[row])) / (1 - power),
      };
    default:
      return {
        ...plain,
        setGradients: gradientsByKernel('squaredLoss'),
        lossOf: (target, margins, row) => (margins[row] - target) ** 2,
      };
  }
}

/** What rows weigh where errors are relative to targets: no more than rows whose target is 1. */
const relative = ({ target, weights }: Weighed): Float64Array =>
  Float64Array.from(target, (value, row) => (weights ? weights[row] : 1) / Math.max(1, Math.abs(value)));

function meanScore(rows: Weighed): Float64Array {
  return Float64Array.of(meanOf(rows));
}

const pinball = (lack: number, part: number): number => (lack >= 0 ? part * lack : (part - 1) * lack);

function logLoss(target: number, margin: number): number {
  return Math.max(0, margin) + log1p(exp(-Math.abs(margin))) - target * margin;
}

/** The logarithm of the odds of a share, which is kept from 0 and 1. */
function logit(share: number): number {
  const kept = Math.min(1 - LEAST, Math.max(LEAST, share));
  return log(kept / (1 - kept));
}

/** What rows of class 1 and of the others weigh for a two-class objective. */
function imbalance(
  { is_unbalance: balance, scale_pos_weight: scale }: LightgbmParameters,
  isOne: (row: number) => boolean,
  { target, weights }: Weighed,
): Float64Array {
  if (balance && scale !== 1)
    throw new FitError('is_unbalance and scale_pos_weight cannot both be given', 'Give one of them.');
  let ones = 0;
  for (let row = 0; row < target.length; row++) ones += Number(isOne(row));
  const others = target.length - ones;
  let [one, other] = [scale, 1];
  if (balance && ones > 0 && others > 0) {
    if (ones > others) other = ones / others;
    else one *= others / ones;
  }
  return Float64Array.from(target, (_, row) => (weights ? weights[row] : 1) * (isOne(row) ? one : other));
}

/**
 * Derivatives of the log loss of a two-class objective whose scores are `sigmoid` times the margins. `isOne` says which
 * targets are the class.
 */
function setLogGradients(
  arrays: LossArrays,
  output: number,
  sigmoid: number,
  isOne: (target: number) => boolean,
): void {
  const { rows, margins, targets, weights, gradients, kernels } = arrays;
  const score = kernels.f64(margins + 8 * output * rows, rows);
  const target = kernels.f32(targets, rows);
  const weight = weights === 0 ? undefined : kernels.f64(weights, rows);
  const pairs = kernels.f32(gradients + 8 * output * rows, 2 * rows);
  for (let row = 0; row < rows; row++) {
    const e = exp(-Math.abs(sigmoid * score[row]));
    const p = score[row] < 0 ? e / (1 + e) : 1 / (1 + e);
    const q = score[row] < 0 ? 1 / (1 + e) : e / (1 + e);
    const factor = weight ? weight[row] : 1;
    pairs[2 * row] = factor * sigmoid * (isOne(target[row]) ? -q : p);
    pairs[2 * row + 1] = factor * sigmoid * sigmoid * p * q;
  }
}

function binary(parameters: LightgbmParameters): Objective {
  const { sigmoid, is_unbalance: balance, scale_pos_weight: scale } = parameters;
  const isOne = (target: number): boolean => target === 1;
  return {
    ...{ name: 'binary', outputs: 1, decision: 'logistic', scale: sigmoid },
    setGradients:
      sigmoid === 1 ? gradientsByKernel('binomialLoss') : (arrays) => setLogGradients(arrays, 0, sigmoid, isOne),
    baseScores: (rows) => Float64Array.of(logit(meanOf(rows)) / sigmoid),
    lossOf: (target, margins, row) => logLoss(target, sigmoid * margins[row]),
    ...(balance || scale !== 1
      ? { reweigh: (rows: Weighed) => imbalance(parameters, (row) => isOne(rows.target[row]), rows) }
      : {}),
  };
}

function multiclass(classes: number): Objective {
  return {
    ...{ name: 'multiclass', outputs: classes, decision: 'softmax', scale: 1 },
    setGradients: ({ rows, margins, targets, weights, gradients, kernels, dispatch }) => {
      const parts = pieces({ from: 0, to: rows });
      const mark = kernels.mark();
      const room = kernels.allocate(8 * classes * parts.length);
      dispatch.run(
        'multinomialLoss',
        parts.map(({ from, to }, part) => [
          ...[margins, targets, weights, gradients, from, to, classes, rows],
          ...[classes / (classes - 1), room + 8 * classes * part],
        ]),
        rows * classes,
      );
      kernels.release(mark);
    },
    baseScores: ({ target, weights }) =>
      Float64Array.from({ length: classes }, (_, label) =>
        log(
          Math.max(
            LEAST,
            weighedMean(target.length, weights, (row) => Number(target[row] === label)),
          ),
        ),
      ),
    lossOf: (target, margins, row, stride) => {
      let largest = -Infinity;
      for (let label = 0; label < classes; label++) largest = Math.max(largest, margins[label * stride + row]);
      let sum = 0;
      for (let label = 0; label < classes; label++) sum += exp(margins[label * stride + row] - largest);
      return log(sum) + largest - margins[target * stride + row];
    },
  };
}

function oneVersusAll(classes: number, { sigmoid }: LightgbmParameters): Objective {
  const labels = Array.from({ length: classes }, (_, label) => label);
  return {
    ...{ name: 'multiclassova', outputs: classes, decision: 'oneVersusRest', scale: sigmoid },
    setGradients: (arrays) => {
      for (const label of labels) setLogGradients(arrays, label, sigmoid, (target) => target === label);
    },
    baseScores: ({ target, weights }) =>
      Float64Array.from(
        labels,
        (label) => logit(weighedMean(target.length, weights, (row) => Number(target[row] === label))) / sigmoid,
      ),
    lossOf: (target, margins, row, stride) =>
      labels.reduce(
        (sum, label) => sum + logLoss(Number(target === label), sigmoid * margins[label * stride + row]),
        0,
      ),
  };
}
