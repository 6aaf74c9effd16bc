/** The losses: what is predicted before the first tree, their derivatives, and what the scores mean. */
import { type Decision, type Kernels, log } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';
import { classificationObjectives, regressionObjectives, type XgboostParameters } from './parameters.js';

/** Where a fit's arrays lie; rows are padded to a multiple of 4. */
export interface LossArrays {
  /** f32[outputs][padded rows] */
  readonly margins: number;
  /** f32[rows], readable up to the padded rows. */
  readonly targets: number;
  /** f32[outputs][padded rows][2]: gradient, hessian. */
  readonly gradients: number;
  readonly paddedRows: number;
}

export interface Objective {
  /** As xgboost's model files call it. */
  readonly name: string;
  /** Trees per round, scores per row. */
  readonly outputs: number;
  readonly decision: Decision;
  /** The margin of every row before the first tree. */
  readonly baseMargin: number;
  /** Kernel, and its arguments for rows from … to-1 (multiples of 4): gradients of all outputs. */
  readonly gradientKernel: string;
  gradientArguments(arrays: LossArrays, from: number, to: number): readonly number[];
}

/** The objective that the parameters ask for. Throws FitError if it does not suit the task or the classes. */
export function chooseObjective(parameters: XgboostParameters, { classes }: Pick<TrainingData, 'classes'>): Objective {
  const suitable: readonly string[] = classes === 0 ? regressionObjectives : classificationObjectives;
  const name =
    parameters.objective ?? (classes === 0 ? 'reg:squarederror' : classes === 2 ? 'binary:logistic' : 'multi:softprob');
  if (!suitable.includes(name)) throw unsuitable(name, classes);
  const baseScore = Math.fround(parameters.base_score ?? 0.5);
  const positiveWeight = parameters.scale_pos_weight;
  const withWeight = ({ margins, targets, gradients }: LossArrays, from: number, to: number) => [
    margins,
    targets,
    gradients,
    from,
    to,
    positiveWeight,
  ];
  switch (name) {
    case 'binary:logistic':
    case 'reg:logistic':
      if (classes !== 2)
        throw new FitError(
          `objective ${name} is for two classes, but the target has ${classes}`,
          'Use multi:softprob, or give no objective.',
        );
      return {
        name,
        outputs: 1,
        decision: 'logistic',
        baseMargin: logit(baseScore),
        gradientKernel: 'logisticGradients',
        gradientArguments: withWeight,
      };
    case 'multi:softprob':
    case 'multi:softmax':
      return {
        name,
        outputs: classes,
        decision: 'softmax',
        baseMargin: baseScore,
        gradientKernel: 'softmaxGradients',
        gradientArguments: ({ margins, targets, gradients, paddedRows }, from, to) => [
          margins,
          targets,
          gradients,
          from,
          to,
          classes,
          paddedRows,
        ],
      };
    default:
      return {
        name: 'reg:squarederror',
        outputs: 1,
        decision: 'value',
        baseMargin: baseScore,
        gradientKernel: 'squaredGradients',
        gradientArguments: withWeight,
      };
  }
}

function unsuitable(name: string, classes: number): FitError {
  const [task, suitable] =
    classes === 0 ? ['regression', regressionObjectives] : ['classification', classificationObjectives];
  const known = [...regressionObjectives, ...classificationObjectives] as readonly string[];
  const hint = `Objectives for ${task}: ${suitable.join(', ')}.`;
  return known.includes(name)
    ? new FitError(`objective ${name} does not suit the task ${task}`, hint)
    : new FitError(`objective ${name} is not available yet`, hint, '0A000');
}

/** The margin that the logistic function takes to the probability; in f32, as xgboost computes it. */
export function logit(probability: number): number {
  if (!(probability > 0 && probability < 1))
    throw new FitError(
      `base_score must lie between 0 and 1 for a logistic objective, but is ${probability}`,
      'Leave it out for 0.5.',
    );
  return -Math.fround(log(Math.fround(Math.fround(1 / probability) - 1)));
}

/** Sets the gradients of the rows that a tree shall not learn from to 0. */
export function dropRows(kernels: Kernels, gradients: number, rows: number, keep: (row: number) => boolean): void {
  const pairs = kernels.f64(gradients, rows);
  // A pair of f32 zeros is an f64 zero.
  for (let row = 0; row < rows; row++) if (!keep(row)) pairs[row] = 0;
}
