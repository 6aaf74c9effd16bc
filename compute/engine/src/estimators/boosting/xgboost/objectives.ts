/** The losses by name: what is predicted before the first tree, their derivatives, and what the scores mean. */
import { FitError, type TrainingData } from '../../../estimator.js';
import { pieces } from '../../../trees/stretch.js';
import { coxObjective } from './cox.js';
import { decisionOf, marginOf } from './links.js';
import { median } from './median.js';
import { classificationObjectives, type Objective, regressionObjectives } from './objective.js';
import type { XgboostParameters } from './parameters.js';
import { rankingObjective } from './ranking.js';

type Data = Pick<TrainingData, 'classes' | 'rows' | 'target' | 'groups' | 'weights'>;

/** An objective with one output whose gradients one kernel computes row by row. */
interface Loss {
  readonly kernel: string;
  /** What the kernel gets beside its arrays. */
  readonly numbers?: readonly number[];
  readonly metric: string;
  readonly constantHessian?: boolean;
  readonly medianLeaves?: boolean;
  /** What targets must be, in words and as a test. */
  readonly targets?: readonly [words: string, suits: (target: number) => boolean];
}

const distributions = ['normal', 'logistic', 'extreme'];
const notNegative = ['must not be negative', (target: number) => target >= 0] as const;
const share = ['must lie between 0 and 1', (target: number) => target >= 0 && target <= 1] as const;

function lossOf(name: string, parameters: XgboostParameters): Loss | undefined {
  const { huber_slope, tweedie_variance_power, aft_loss_distribution, aft_loss_distribution_scale } = parameters;
  switch (name) {
    case 'reg:squarederror':
    case 'reg:linear':
      return { kernel: 'squaredGradients', metric: 'rmse', constantHessian: true };
    case 'reg:squaredlogerror':
      return {
        kernel: 'squaredLogGradients',
        metric: 'rmsle',
        targets: ['must be greater than -1', (target) => target > -1],
      };
    case 'reg:logistic':
      return { kernel: 'logisticGradients', metric: 'rmse', targets: share };
    case 'binary:logistic':
      return { kernel: 'logisticGradients', metric: 'logloss' };
    case 'binary:logitraw':
      return { kernel: 'logisticGradients', metric: 'logloss' };
    case 'binary:hinge':
      return { kernel: 'hingeGradients', metric: 'error' };
    case 'reg:pseudohubererror':
      return { kernel: 'pseudoHuberGradients', numbers: [Math.fround(huber_slope)], metric: 'mphe' };
    case 'reg:absoluteerror':
      return { kernel: 'absoluteGradients', metric: 'mae', constantHessian: true, medianLeaves: true };
    case 'count:poisson':
      return {
        kernel: 'poissonGradients',
        numbers: [Math.fround(stepOf(parameters, name))],
        metric: 'poisson-nloglik',
        targets: notNegative,
      };
    case 'reg:gamma':
      return {
        kernel: 'gammaGradients',
        metric: 'gamma-nloglik',
        targets: notNegative,
      };
    case 'reg:tweedie':
      return {
        kernel: 'tweedieGradients',
        numbers: [Math.fround(tweedie_variance_power)],
        metric: `tweedie-nloglik@${tweedie_variance_power}`,
        targets: notNegative,
      };
    case 'survival:aft':
      return {
        kernel: 'survivalGradients',
        numbers: [Math.fround(aft_loss_distribution_scale), distributions.indexOf(aft_loss_distribution)],
        metric: 'aft-nloglik',
        targets: ['must be times greater than 0', (target) => target > 0],
      };
    default:
      return undefined;
  }
}

/** What `max_delta_step` is by default depends on the objective. */
export function stepOf({ max_delta_step }: Pick<XgboostParameters, 'max_delta_step'>, objective: string): number {
  return max_delta_step ?? (objective === 'count:poisson' ? 0.7 : 0);
}

/** The objective that the parameters ask for. Throws FitError if it does not suit the task, the classes or the targets. */
export function chooseObjective(parameters: XgboostParameters, data: Data): Objective {
  const { classes } = data;
  const name = nameOf(parameters, classes);
  const suitable: readonly string[] = classes === 0 ? regressionObjectives : classificationObjectives;
  if (!suitable.includes(name))
    throw new FitError(
      `objective ${name} does not suit the task ${classes === 0 ? 'regression' : 'classification'}`,
      `Objectives for it: ${suitable.join(', ')}.`,
    );
  if (name === 'multi:softprob' || name === 'multi:softmax') return softmaxObjective(name, classes, parameters);
  if (classes > 2)
    throw new FitError(
      `objective ${name} is for two classes, but the target has ${classes}`,
      'Use multi:softprob, or give no objective.',
    );
  const baseScore = Math.fround(parameters.base_score ?? 0.5);
  if (name === 'survival:cox') return coxObjective(data, marginOf(name, baseScore));
  if (name.startsWith('rank:')) return rankingObjective(name, parameters, data, baseScore);

  const { kernel, numbers = [], targets, ...loss } = lossOf(name, parameters)!;
  if (targets) checkTargets(name, data.target, targets);
  const prediction =
    loss.medianLeaves && parameters.base_score === null ? median(data.target, data.weights) : baseScore;
  return {
    constantHessian: false,
    ...loss,
    name: name === 'reg:linear' ? 'reg:squarederror' : name,
    outputs: 1,
    decision: decisionOf(name, classes)!,
    baseMargin: marginOf(name, prediction),
    setGradients: ({ margins, targets: truth, gradients, paddedRows }, { dispatch }) => {
      const calls = pieces({ from: 0, to: paddedRows }).map(({ from, to }) => [
        ...[margins, truth, gradients, from, to],
        ...numbers,
      ]);
      dispatch.run(kernel, calls, paddedRows);
    },
  };
}

function nameOf({ objective }: XgboostParameters, classes: number): string {
  if (objective !== null) return objective;
  return classes === 0 ? 'reg:squarederror' : classes === 2 ? 'binary:logistic' : 'multi:softprob';
}

function softmaxObjective(name: string, classes: number, parameters: XgboostParameters): Objective {
  return {
    name,
    outputs: classes,
    decision: 'softmax',
    baseMargin: Math.fround(parameters.base_score ?? 0.5),
    metric: 'mlogloss',
    constantHessian: false,
    setGradients: ({ margins, targets, gradients, paddedRows }, { dispatch }) => {
      const calls = pieces({ from: 0, to: paddedRows }).map(({ from, to }) => [
        ...[margins, targets, gradients, from, to, classes, paddedRows],
      ]);
      dispatch.run('softmaxGradients', calls, paddedRows * classes);
    },
  };
}

function checkTargets(name: string, target: Float32Array, [words, suits]: NonNullable<Loss['targets']>): void {
  const row = target.findIndex((value) => !suits(value));
  if (row >= 0)
    throw new FitError(
      `objective ${name}: targets ${words}, but ${target[row]} was given`,
      'Leave such rows out, or choose another objective.',
    );
}
