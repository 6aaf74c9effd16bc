import { moments } from '../../../algebra/columns.js';
import { totalWeight } from '../../../algebra/centered.js';
import { type Gram, gramMatrix } from '../../../algebra/gram.js';
import { balancedWeights, classWeights, countClasses, rowWeights } from '../../../class-weights.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import { type Minimum, minimize } from '../../../optimize/lbfgs.js';
import type { Checked } from '../../../parameters.js';
import type { ClassificationParameters } from './parameters.js';
import { Preconditioner } from '../../../linear/preconditioner.js';
import { standardization } from '../../../linear/standardization.js';
import { proximalNewton } from './proximal-newton.js';
import { startFromSample } from './sampled-start.js';
import {
  type LossDescription,
  lossWeight,
  placeLoss,
  type ScaledFeatures,
  SmoothLoss,
  type Weighing,
  withConstant,
} from './smooth-loss.js';

/** The slope of the mean loss at which a fit ends is this times `tol`: coefficients are then right to 1e-6 and better. */
const SLOPE_PER_TOLERANCE = 1e-4;

/** Up to this many features the preconditioner knows how they correlate; a Gram matrix of more costs too much. */
const CORRELATED_FEATURES = 256;

/**
 * Logistic regression. Minimizes C * (summed loss) + penalty, as scikit-learn does: by L-BFGS where the penalty is smooth,
 * in features that are centered and scaled to unit deviation (the penalty is rewritten for them, so the optimum stays where
 * it is and is merely found sooner), else by the proximal Newton method.
 *
 * Kernel memory: a table of 64 rows for each thread; from 32768 rows on a copy of one row of eight; with weights 8 bytes a row; for penalties on absolute coefficients
 * 8 bytes a row for each output and 24 more.
 */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as ClassificationParameters;
  checkCombination(parameters);
  const models = fitModels(data, parameters, context);
  if (data.classes === 2) return fitted(models, 'logistic', data, parameters);
  return fitted(models, models.length > 1 ? 'oneVersusRest' : 'softmax', data, parameters);
}

function fitModels(data: TrainingData, parameters: ClassificationParameters, context: FitContext): Model[] {
  const { solver, fit_intercept, intercept_scaling } = parameters;
  if (solver !== 'liblinear' || !fit_intercept)
    return fitProblem(new Problem(data, parameters, fit_intercept, context), parameters);
  // liblinear's intercept is the penalized coefficient of one more column of this value.
  const widened = withConstant(data, intercept_scaling, context);
  const models = fitProblem(new Problem(widened, parameters, false, context), parameters);
  return models.map((model) => ({
    ...model,
    weights: model.weights.map((weights) => weights.slice(0, data.features)),
    intercepts: model.weights.map((weights) => weights[data.features] * Math.fround(intercept_scaling)),
  }));
}

function fitProblem(problem: Problem, { multi_class, solver }: ClassificationParameters): Model[] {
  const { classes } = problem.data;
  if (classes === 2) {
    // The softmax of two classes is the logistic model whose coefficients are the difference of both; that difference
    // costs half as much where squares are penalized.
    return [problem.fitTwoClasses(multi_class === 'multinomial' ? 0.5 : 1)];
  }
  // scikit-learn's solvers that know no multinomial loss.
  const separately = solver === 'liblinear' || solver === 'newton-cholesky';
  if (multi_class === 'ovr' || (multi_class === 'auto' && separately))
    return Array.from({ length: classes }, (_, positive) => problem.fitOneVersusRest(positive));
  return [problem.fitMultinomial()];
}

function checkCombination(parameters: ClassificationParameters): void {
  const { penalty, alpha, multi_class, solver, dual, l1_ratio, fit_intercept, intercept_scaling } = parameters;
  const refuse = (what: string, hint: string) => {
    throw new FitError(`solver "${solver}" does not support ${what}`, hint);
  };
  if (multi_class === 'multinomial' && (solver === 'liblinear' || solver === 'newton-cholesky'))
    refuse('multi_class "multinomial"', 'Use the solver "lbfgs", or multi_class "ovr" or "auto".');
  if (solver === 'liblinear' && fit_intercept && intercept_scaling <= 0)
    refuse(`intercept_scaling ${intercept_scaling}`, 'Give a positive one, or set fit_intercept to false.');
  if (dual && (solver !== 'liblinear' || (penalty !== 'l2' && alpha === null)))
    refuse(`dual with penalty "${penalty}"`, 'The dual problem is there for the solver "liblinear" with penalty "l2".');
  if (alpha !== null) return;
  if (penalty === 'l1' && solver !== 'liblinear' && solver !== 'saga')
    refuse('penalty "l1"', 'Use the solver "saga", or "liblinear", which penalizes the intercept as well.');
  if (penalty === 'elasticnet' && solver !== 'saga') refuse('penalty "elasticnet"', 'Use the solver "saga".');
  if (penalty === 'elasticnet' && l1_ratio === null)
    throw new FitError('penalty "elasticnet" needs l1_ratio', 'Give l1_ratio from 0 (as "l2") to 1 (as "l1").');
  if ((penalty === 'none' || penalty === null) && solver === 'liblinear')
    refuse('fits without penalty', 'Use the solver "lbfgs", or a large C.');
}

/** Coefficients by class in the features' own units, and how they were found. */
interface Model {
  readonly weights: readonly Float64Array[];
  readonly intercepts: readonly number[];
  readonly minimum: Pick<Minimum, 'iterations' | 'evaluations' | 'slope' | 'reason'>;
}

function fitted(
  models: readonly Model[],
  decision: 'logistic' | 'softmax' | 'oneVersusRest',
  data: TrainingData,
  { max_iter }: ClassificationParameters,
): Fitted {
  const rows = models.flatMap(({ weights }) => weights);
  const words = new Float64Array(rows.length * data.features);
  for (const [i, row] of rows.entries()) words.set(row, i * data.features);
  const intercepts = Float64Array.from(models.flatMap((model) => model.intercepts));
  const minima = models.map(({ minimum }) => minimum);
  return {
    block: { kind: 'linear', outputs: rows.length, decision, words: [words, intercepts] },
    details: {
      converged: minima.every(({ reason }) => reason !== 'iterations'),
      iterations: minima.map(({ iterations }) => iterations),
      evaluations: minima.map(({ evaluations }) => evaluations),
      slope: Math.max(...minima.map(({ slope }) => slope)),
      max_iter,
    },
    importances: { coefficients: rows.length === 1 ? rows[0] : meanAbsolute(rows) },
  };
}

/** By feature, over several rows of coefficients. */
function meanAbsolute(rows: readonly Float64Array[]): Float64Array {
  return rows[0].map((_, j) => rows.reduce((sum, row) => sum + Math.abs(row[j]), 0) / rows.length);
}

/** A loss, and what penalties on squares are multiplied by. */
interface PenalizedLoss extends LossDescription {
  readonly squares: number;
}

/** The data of a fit as the kernels take it, with the penalty in the units of the scaled features. */
class Problem {
  readonly data: TrainingData;
  readonly #parameters: ClassificationParameters;
  readonly #withIntercept: boolean;
  readonly #context: FitContext;
  readonly #shifts: Float64Array;
  readonly #scales: Float64Array;
  /** Of the scaled features, once it was needed. */
  #gram: Gram | undefined;

  constructor(data: TrainingData, parameters: ClassificationParameters, withIntercept: boolean, context: FitContext) {
    this.data = data;
    this.#parameters = parameters;
    this.#withIntercept = withIntercept;
    this.#context = context;
    const standard = standardization(moments(data, context, data.weights), withIntercept);
    this.#shifts = standard.shifts;
    this.#scales = standard.scales;
  }

  fitTwoClasses(squares: number): Model {
    return this.#fit({ ...this.#logistic(1, this.#weighing()), squares });
  }

  fitOneVersusRest(positive: number): Model {
    return this.#fit({ ...this.#logistic(positive, this.#oneVersusRestWeighing(positive)), squares: 1 });
  }

  fitMultinomial(): Model {
    const { classes } = this.data;
    const kernels = { kernel: 'softmaxLoss', rowKernel: 'softmaxRows' } as const;
    return this.#fit({ ...kernels, outputs: classes, argument: classes, weighing: this.#weighing(), squares: 1 });
  }

  #logistic(positive: number, weighing: Weighing): LossDescription {
    return { kernel: 'logisticLoss', rowKernel: 'logisticRows', outputs: 1, argument: positive, weighing };
  }

  #weighing(): Weighing {
    const { weights } = this.data;
    return {
      byClass: classWeights(this.data, this.#parameters.class_weight),
      rows: weights && Float64Array.from(weights),
    };
  }

  /** As scikit-learn: balanced weights count all other classes as one; liblinear weighs only the class itself. */
  #oneVersusRestWeighing(positive: number): Weighing {
    const { solver, class_weight } = this.#parameters;
    const { rows, weights } = this.data;
    const own = weights && Float64Array.from(weights);
    if (solver === 'liblinear')
      return { byClass: Float64Array.of(1, classWeights(this.data, class_weight)[positive]), rows: own };
    if (class_weight !== 'balanced')
      return { byClass: Float64Array.of(1, 1), rows: rowWeights(this.data, class_weight) };
    const count = countClasses(this.data)[positive];
    return { byClass: balancedWeights(Float64Array.of(rows - count, count)), rows: own };
  }

  #fit(loss: PenalizedLoss): Model {
    const { penalty, alpha, C, l1_ratio } = this.#parameters;
    const strength = alpha ?? (penalty === 'none' || penalty === null ? 0 : 1 / C);
    const share = alpha !== null ? 0 : penalty === 'l1' ? 1 : penalty === 'elasticnet' ? l1_ratio! : 0;
    const l1 = strength * share;
    const l2 = strength * (1 - share) * loss.squares;
    const { kernels } = this.#context;
    const mark = kernels.mark();
    const model = l1 > 0 ? this.#fitCornered(loss, l1, l2) : this.#fitSmooth(loss, l2);
    kernels.release(mark);
    return model;
  }

  #fitCornered(loss: LossDescription, l1: number, l2: number): Model {
    const { kernels } = this.#context;
    const { max_iter, tol } = this.#parameters;
    const [target, argument, byClass, rows] = placeLoss(this.data, loss, this.#context);
    const evaluate = (margins: number, output: number, slopes: number, curvatures: number): number => {
      const head = loss.outputs > 1 ? [target, argument, output] : [target, argument];
      const places = [byClass, rows, this.data.rows, margins, slopes, curvatures];
      return kernels.run[loss.rowKernel](...head, ...places) as number;
    };
    const minimum = proximalNewton(
      this.data,
      { outputs: loss.outputs, total: lossWeight(this.data, loss), evaluate },
      {
        l1,
        l2,
        withIntercept: this.#withIntercept,
        shifts: this.#shifts,
        deviations: this.#scales.map((scale) => (scale === 0 ? 0 : 1 / scale)),
        maximumIterations: max_iter,
        tolerance: SLOPE_PER_TOLERANCE * tol,
      },
      this.#context,
    );
    return { weights: minimum.weights, intercepts: minimum.intercepts, minimum };
  }

  /** From a start that a sample gives, where the data is large. */
  #fitSmooth(loss: LossDescription, l2: number): Model {
    const { checkpoint } = this.#context;
    const { max_iter, tol } = this.#parameters;
    const { data } = this;
    const total = lossWeight(data, loss);
    const features: ScaledFeatures = {
      shifts: this.#shifts,
      scales: this.#scales,
      penalties: this.#scales.map((scale) => (l2 * scale * scale) / total),
      withIntercept: this.#withIntercept,
    };
    const start = startFromSample(data, loss, features, this.#context);
    const smooth = new SmoothLoss(data, loss, features, this.#context);
    const preconditioner =
      start?.preconditioner ?? new Preconditioner(this.#featureProducts(), totalWeight(data), features.penalties);
    const hessian = start?.hessian;
    const origin = start?.point ?? new Float64Array(smooth.size);
    const minimum = minimize((point, gradient) => smooth.evaluate(point, gradient), origin, {
      maximumIterations: max_iter,
      gradientTolerance: SLOPE_PER_TOLERANCE * tol,
      precondition: (vector) => (hessian ? hessian.solve(vector) : preconditioner.apply(vector)),
      onIteration: (iteration) => {
        preconditioner.update(smooth.curvature);
        smooth.progress = iteration / max_iter;
        checkpoint(smooth.progress);
      },
    });
    return { ...this.#unscale(minimum.point, loss.outputs), minimum };
  }

  #featureProducts(): Gram | undefined {
    if (this.data.features > CORRELATED_FEATURES) return undefined;
    const standard = { shifts: this.#shifts, scales: this.#scales, weights: this.data.weights };
    this.#gram ??= gramMatrix(this.data, standard, this.#context);
    return this.#gram;
  }

  #unscale(point: Float64Array, outputs: number): Pick<Model, 'weights' | 'intercepts'> {
    const { features } = this.data;
    const stride = features + 1;
    const rows = Array.from({ length: outputs }, (_, k) => point.subarray(k * stride, (k + 1) * stride));
    const weights = rows.map((row) => this.#scales.map((scale, feature) => row[feature] * scale));
    const intercepts = rows.map((row, k) =>
      this.#shifts.reduce((sum, shift, feature) => sum - weights[k][feature] * shift, row[features]),
    );
    return { weights, intercepts };
  }
}
