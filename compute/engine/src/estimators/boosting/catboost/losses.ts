/** CatBoost's losses. */
import { type Decision, exp, log, log1p } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';
import { gradientsByKernel, gradientsByRow, type LossArrays, weighedMean } from '../../../trees/margin-losses.js';
import { pieces } from '../../../trees/stretch.js';

export type EstimationMethod = 'Newton' | 'Gradient' | 'Exact';

export interface Loss {
  readonly name: string;
  readonly outputs: number;
  readonly decision: Decision;
  readonly method: EstimationMethod;
  readonly iterations: number;
  readonly fromAverage: boolean;
  setGradients(arrays: LossArrays): void;
  /** Loss of one row, whose margins are `stride` apart from `row` on. */
  lossOf(target: number, margins: Float64Array, row: number, stride: number): number;
  /** The best constant. */
  best(target: Float32Array, weights: Float64Array | undefined): number;
  /** The best value of a leaf by what its rows lack, for the method Exact; weights of rows relative to their targets. */
  readonly exact?: (lacks: Float64Array, weights: Float64Array) => number;
  /** A kernel that takes all steps of one leaf, with the arguments of binomialLeaf. */
  readonly leafKernel?: string;
  /** Whether rows weigh less the larger their target is. */
  readonly relative?: boolean;
}

export const regressionLosses = [
  ...['RMSE', 'MAE', 'Quantile', 'LogLinQuantile', 'Poisson', 'Huber', 'MAPE', 'Expectile', 'LogCosh', 'Tweedie'],
];
export const classificationLosses = ['Logloss', 'CrossEntropy', 'MultiClass', 'MultiClassOneVsAll'];

/** A loss as it is written, e.g. `Quantile:alpha=0.9`. */
function parse(given: string): { name: string; settings: Map<string, number> } {
  const [name, list = ''] = given.split(':', 2) as [string, string?];
  const settings = new Map(
    list
      .split(';')
      .filter((setting) => setting !== '')
      .map((setting) => {
        const [key, value = ''] = setting.split('=', 2) as [string, string?];
        return [key, Number(value)] as const;
      }),
  );
  return { name, settings };
}

/** Throws FitError if the loss is unknown or does not suit the task, the classes or the targets. */
export function chooseLoss(given: string | null, { classes, target }: TrainingData): Loss {
  const usual = classes === 0 ? 'RMSE' : classes === 2 ? 'Logloss' : 'MultiClass';
  const { name, settings } = parse(given ?? usual);
  const suitable = classes === 0 ? regressionLosses : classificationLosses;
  if (!suitable.includes(name))
    throw new FitError(
      `loss_function ${name} is not available for the task ${classes === 0 ? 'regression' : 'classification'}`,
      `Available: ${suitable.join(', ')}.`,
      [...regressionLosses, ...classificationLosses].includes(name) ? '22023' : '0A000',
    );
  if (classes > 2 && (name === 'Logloss' || name === 'CrossEntropy'))
    throw new FitError(
      `loss_function ${name} is for two classes, but the target has ${classes}`,
      'Use MultiClass, or give no loss_function.',
    );
  if ((name === 'Poisson' || name === 'Tweedie') && target.some((value) => value < 0))
    throw new FitError(`loss_function ${name} is for targets of at least 0`, 'Use RMSE, or change the target.');
  const setting = (key: string, fallback: number | undefined, within: (value: number) => boolean): number => {
    const value = settings.get(key) ?? fallback;
    settings.delete(key);
    if (value === undefined || !within(value))
      throw new FitError(
        `loss_function ${given}: its parameter ${key} is ${value === undefined ? 'missing' : `${value}, which is out of range`}`,
        `Write it as ${name}:${key}=value.`,
      );
    return value;
  };
  const loss = classes > 0 ? classification(name, classes) : regression(name, setting);
  if (settings.size > 0)
    throw new FitError(
      `loss_function ${name} has no parameter ${[...settings.keys()][0]}`,
      `It was given as ${given}.`,
    );
  return loss;
}

const meanOf = (target: Float32Array, weights: Float64Array | undefined): number =>
  weighedMean(target.length, weights, (row) => target[row]);

/** The smallest value up to which at least `part` of the weight lies. */
export function weighedQuantile(values: Float64Array, weights: Float64Array, part: number): number {
  const order = Uint32Array.from(values, (_, index) => index).sort((a, b) => values[a] - values[b]);
  const total = weights.reduce((a, b) => a + b, 0);
  let sum = 0;
  for (const index of order) {
    sum += weights[index];
    if (sum >= part * total) return values[index];
  }
  return order.length > 0 ? values[order[order.length - 1]] : 0;
}

type Setting = (key: string, fallback: number | undefined, within: (value: number) => boolean) => number;

function regression(name: string, setting: Setting): Loss {
  const plain = {
    ...({ name, outputs: 1, method: 'Gradient', iterations: 1, fromAverage: false } as const),
    decision: 'value',
    best: meanOf,
  } as const;
  const isShare = (value: number): boolean => value > 0 && value < 1;
  const isPositive = (value: number): boolean => value > 0;
  const quantile = (part: number): Pick<Loss, 'method' | 'fromAverage' | 'best' | 'exact'> => ({
    method: 'Exact',
    fromAverage: true,
    best: (target, weights) =>
      weighedQuantile(Float64Array.from(target), weights ?? new Float64Array(target.length).fill(1), part),
    exact: (lacks, weights) => weighedQuantile(lacks, weights, part),
  });
  switch (name) {
    case 'MAE':
      return {
        ...plain,
        ...quantile(0.5),
        setGradients: gradientsByRow((target, margin) => [Math.sign(margin - target), 1]),
        lossOf: (target, margins, row) => Math.abs(margins[row] - target),
      };
    case 'Quantile': {
      const alpha = setting('alpha', 0.5, isShare);
      return {
        ...plain,
        ...quantile(alpha),
        setGradients: gradientsByRow((target, margin) => [margin >= target ? 1 - alpha : -alpha, 1]),
        lossOf: (target, margins, row) => pinball(target - margins[row], alpha),
      };
    }
    case 'MAPE':
      return {
        ...plain,
        ...quantile(0.5),
        relative: true,
        setGradients: gradientsByRow((target, margin) => [
          Math.sign(margin - target) / Math.max(1, Math.abs(target)),
          1,
        ]),
        lossOf: (target, margins, row) => Math.abs(margins[row] - target) / Math.max(1, Math.abs(target)),
      };
    case 'LogLinQuantile': {
      const alpha = setting('alpha', 0.5, isShare);
      return {
        ...plain,
        decision: 'exponential',
        setGradients: gradientsByRow((target, margin) => {
          const e = exp(margin);
          return [target > e ? -alpha * e : (1 - alpha) * e, 1];
        }),
        lossOf: (target, margins, row) => pinball(target - exp(margins[row]), alpha),
      };
    }
    case 'Poisson':
      return {
        ...plain,
        decision: 'exponential',
        // Without looking back, steps along the gradient would overshoot where means are large.
        method: 'Newton',
        iterations: 10,
        best: (target, weights) => log(Math.max(1e-9, meanOf(target, weights))),
        setGradients: gradientsByKernel('poissonLoss'),
        lossOf: (target, margins, row) => exp(margins[row]) - target * margins[row],
      };
    case 'Huber': {
      const delta = setting('delta', undefined, isPositive);
      return {
        ...plain,
        method: 'Newton',
        setGradients: gradientsByRow((target, margin) => [
          Math.max(-delta, Math.min(delta, margin - target)),
          Math.abs(margin - target) <= delta ? 1 : 0,
        ]),
        lossOf: (target, margins, row) => {
          const error = Math.abs(margins[row] - target);
          return error <= delta ? 0.5 * error * error : delta * (error - 0.5 * delta);
        },
      };
    }
    case 'Expectile': {
      const alpha = setting('alpha', 0.5, isShare);
      const factor = (target: number, margin: number): number => 2 * (target > margin ? alpha : 1 - alpha);
      return {
        ...plain,
        ...({ method: 'Newton', iterations: 5 } as const),
        setGradients: gradientsByRow((target, margin) => [
          factor(target, margin) * (margin - target),
          factor(target, margin),
        ]),
        lossOf: (target, margins, row) => 0.5 * factor(target, margins[row]) * (target - margins[row]) ** 2,
      };
    }
    case 'LogCosh':
      return {
        ...plain,
        setGradients: gradientsByRow((target, margin) => {
          const tanh = 1 - 2 / (1 + exp(2 * (margin - target)));
          return [tanh, 1 - tanh * tanh];
        }),
        lossOf: (target, margins, row) => {
          const error = Math.abs(margins[row] - target);
          return error + log1p(exp(-2 * error)) - Math.LN2;
        },
      };
    case 'Tweedie': {
      const power = setting('variance_power', undefined, (value) => value > 1 && value < 2);
      return {
        ...plain,
        decision: 'exponential',
        method: 'Newton',
        best: (target, weights) => log(Math.max(1e-9, meanOf(target, weights))),
        setGradients: gradientsByRow((target, margin) => {
          const [low, high] = [exp((1 - power) * margin), exp((2 - power) * margin)];
          return [high - target * low, (2 - power) * high - (1 - power) * target * low];
        }),
        lossOf: (target, margins, row) =>
          exp((2 - power) * margins[row]) / (2 - power) - (target * exp((1 - power) * margins[row])) / (1 - power),
      };
    }
    default:
      return {
        ...plain,
        method: 'Newton',
        fromAverage: true,
        setGradients: gradientsByKernel('squaredLoss'),
        lossOf: (target, margins, row) => (margins[row] - target) ** 2,
      };
  }
}

const pinball = (lack: number, part: number): number => (lack >= 0 ? part * lack : (part - 1) * lack);

function logLoss(target: number, margin: number): number {
  return Math.max(0, margin) + log1p(exp(-Math.abs(margin))) - target * margin;
}

function classification(name: string, classes: number): Loss {
  if (name === 'Logloss' || name === 'CrossEntropy')
    return {
      ...{ name, outputs: 1, decision: 'logistic', method: 'Newton', iterations: 10, fromAverage: false },
      setGradients: gradientsByKernel('binomialLoss'),
      leafKernel: 'binomialLeaf',
      lossOf: (target, margins, row) => logLoss(target, margins[row]),
      best: (target, weights) => {
        const share = Math.min(1 - 1e-9, Math.max(1e-9, meanOf(target, weights)));
        return log(share / (1 - share));
      },
    };
  const shared = {
    name,
    outputs: classes,
    method: 'Newton',
    iterations: 1,
    fromAverage: false,
    best: () => 0,
  } as const;
  if (name === 'MultiClass')
    return {
      ...shared,
      decision: 'softmax',
      setGradients: ({ rows, margins, targets, weights, gradients, kernels, dispatch }) => {
        const parts = pieces({ from: 0, to: rows });
        const mark = kernels.mark();
        const room = kernels.allocate(8 * classes * parts.length);
        dispatch.run(
          'multinomialLoss',
          parts.map(({ from, to }, part) => [
            ...[margins, targets, weights, gradients, from, to, classes, rows],
            ...[1, room + 8 * classes * part],
          ]),
          rows * classes,
        );
        kernels.release(mark);
      },
      lossOf: (target, margins, row, stride) => {
        let largest = -Infinity;
        for (let label = 0; label < classes; label++) largest = Math.max(largest, margins[label * stride + row]);
        let sum = 0;
        for (let label = 0; label < classes; label++) sum += exp(margins[label * stride + row] - largest);
        return log(sum) + largest - margins[target * stride + row];
      },
    };
  return {
    ...shared,
    decision: 'oneVersusRest',
    setGradients: ({ rows, margins, targets, weights, gradients, kernels }) => {
      const target = kernels.f32(targets, rows);
      const weight = weights === 0 ? undefined : kernels.f64(weights, rows);
      for (let label = 0; label < classes; label++) {
        const score = kernels.f64(margins + 8 * label * rows, rows);
        const pairs = kernels.f32(gradients + 8 * label * rows, 2 * rows);
        for (let row = 0; row < rows; row++) {
          const p = 1 / (1 + exp(-score[row]));
          const factor = weight ? weight[row] : 1;
          pairs[2 * row] = factor * (p - Number(target[row] === label));
          pairs[2 * row + 1] = factor * p * (1 - p);
        }
      }
    },
    lossOf: (target, margins, row, stride) => {
      let sum = 0;
      for (let label = 0; label < classes; label++)
        sum += logLoss(Number(target === label), margins[label * stride + row]);
      return sum / classes;
    },
  };
}
