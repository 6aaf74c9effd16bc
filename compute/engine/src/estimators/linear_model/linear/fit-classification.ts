import {
  featureAddresses,
  type Moments,
  moments,
  type PlacedColumns,
  placeColumns,
  placeNumbers,
} from '../../../algebra/columns.js';
import { type Gram, gramMatrix } from '../../../algebra/gram.js';
import { RowSums } from '../../../algebra/row-sums.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import { type Minimum, minimize } from '../../../optimize/lbfgs.js';
import type { Checked } from '../../../parameters.js';
import type { ClassificationParameters } from './parameters.js';
import { Preconditioner } from './preconditioner.js';

/** The slope of the mean loss at which a fit ends is this times `tol`: coefficients are then right to 1e-6 and better. */
const SLOPE_PER_TOLERANCE = 1e-4;

/** Up to this many features the preconditioner knows how they correlate; a Gram matrix of more costs too much. */
const CORRELATED_FEATURES = 256;

/**
 * Logistic regression. Minimizes C * (summed loss) + half the squared coefficients, as scikit-learn does, in features
 * that are centered and scaled to unit deviation: the penalty is rewritten for them, so the optimum stays where it is
 * and is merely found sooner.
 */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as ClassificationParameters;
  checkCombination(parameters);
  const problem = new Problem(data, parameters, context);
  if (data.classes === 2) {
    // The softmax of two classes is the logistic model whose coefficients are the difference of both; that difference
    // costs half as much penalty.
    const inverseC = parameters.multi_class === 'multinomial' ? problem.inverseC / 2 : problem.inverseC;
    const model = problem.fitOneVersusRest(1, inverseC, problem.classWeights);
    return fitted([model], 'logistic', data, parameters);
  }
  // scikit-learn's solvers that know no multinomial loss.
  const separately = ['liblinear', 'newton-cholesky'].includes(parameters.solver);
  if (parameters.multi_class === 'ovr' || (parameters.multi_class === 'auto' && separately)) {
    const models = Array.from({ length: data.classes }, (_, positive) =>
      problem.fitOneVersusRest(positive, problem.inverseC, problem.oneVersusRestWeights(positive)),
    );
    return fitted(models, 'oneVersusRest', data, parameters);
  }
  return fitted([problem.fitMultinomial()], 'softmax', data, parameters);
}

function checkCombination({ penalty, alpha, multi_class, solver }: ClassificationParameters): void {
  if ((penalty === 'l1' || penalty === 'elasticnet') && alpha === null)
    throw new FitError(
      `penalty "${penalty}" is not available yet for linear classification`,
      'Allowed are "l2", and "none" or null for no penalty.',
      '0A000',
    );
  if (multi_class === 'multinomial' && (solver === 'liblinear' || solver === 'newton-cholesky'))
    throw new FitError(
      `solver "${solver}" does not support multi_class "multinomial"`,
      'Use the solver "lbfgs", or multi_class "ovr" or "auto".',
    );
}

/** Coefficients by class in the features' own units, and how they were found. */
interface Model {
  readonly weights: readonly Float64Array[];
  readonly intercepts: readonly number[];
  readonly minimum: Minimum;
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
  };
}

/** The data of a fit as the kernels take it, with the penalty in the units of the scaled features. */
class Problem {
  readonly #data: TrainingData;
  readonly #parameters: ClassificationParameters;
  readonly #context: FitContext;
  readonly #shifts: Float64Array;
  readonly #scales: Float64Array;
  readonly #columns: PlacedColumns;
  readonly #counts: Float64Array;
  readonly inverseC: number;
  readonly #gram: Gram | undefined;

  constructor(data: TrainingData, parameters: ClassificationParameters, context: FitContext) {
    const { penalty, alpha, C, fit_intercept } = parameters;
    this.#data = data;
    this.#parameters = parameters;
    this.#context = context;
    this.inverseC = alpha ?? (penalty === 'l2' ? 1 / C : 0);
    const standard = standardization(moments(data, context), fit_intercept);
    this.#shifts = standard.shifts;
    this.#scales = standard.scales;
    this.#columns = placeColumns(context.kernels, data.rows, featureAddresses(data), this.#shifts, this.#scales);
    this.#counts = new Float64Array(data.classes);
    for (const label of data.target) this.#counts[label]++;
    this.#gram = data.features <= CORRELATED_FEATURES ? gramMatrix(data, standard, context) : undefined;
  }

  get classWeights(): Float64Array {
    return this.#weightsOf(this.#counts);
  }

  /** For the rest and for the class `positive`; balanced weights count all other classes as one. */
  oneVersusRestWeights(positive: number): Float64Array {
    const own = this.#counts[positive];
    return this.#weightsOf(Float64Array.of(this.#data.rows - own, own));
  }

  /** scikit-learn's balanced weights: rows / (groups * rows of the group). A group without rows weighs nothing. */
  #weightsOf(counts: Float64Array): Float64Array {
    if (this.#parameters.class_weight === null) return counts.map(() => 1);
    return counts.map((count) => (count === 0 ? 0 : this.#data.rows / (counts.length * count)));
  }

  fitOneVersusRest(positive: number, inverseC: number, weights: Float64Array): Model {
    const own = [this.#data.targetPointer, positive, placeNumbers(this.#context.kernels, weights)];
    const total = this.#counts.reduce((sum, count, k) => sum + count * weights[k === positive ? 1 : 0], 0);
    return this.#minimize('logisticLoss', own, 1, inverseC, total);
  }

  fitMultinomial(): Model {
    const { classes } = this.#data;
    const weights = this.classWeights;
    const own = [this.#data.targetPointer, classes, placeNumbers(this.#context.kernels, weights)];
    const total = this.#counts.reduce((sum, count, k) => sum + count * weights[k], 0);
    return this.#minimize('softmaxLoss', own, classes, this.inverseC, total);
  }

  /**
   * Minimizes (summed loss + penalty) / `total` over `outputs` rows of coefficients, the intercept last in each. Dividing
   * by the summed weights makes slopes comparable whatever the number of rows.
   */
  #minimize(kernel: string, own: readonly number[], outputs: number, inverseC: number, total: number): Model {
    const { kernels, checkpoint } = this.#context;
    const { max_iter, tol, fit_intercept } = this.#parameters;
    const { features } = this.#data;
    const stride = features + 1;
    const coefficientsAt = kernels.allocate(8 * outputs * stride);
    const sums = new RowSums(this.#context, this.#columns, {
      kernel,
      totals: outputs * stride + 2,
      scratchColumns: features + outputs,
      operationsPerRow: outputs * (2 * features + 30),
    });
    const penalties = this.#scales.map((scale) => (inverseC * scale * scale) / total);
    const preconditioner = new Preconditioner(this.#gram, this.#data.rows, penalties);
    let progress = 0;
    let curvature = 0;
    const objective = (point: Float64Array, gradient: Float64Array): number => {
      kernels.f64(coefficientsAt, point.length).set(point);
      const totals = sums.compute([...own, coefficientsAt], progress);
      let value = totals[point.length] / total;
      curvature = totals[point.length + 1] / (total * outputs);
      for (let i = 0; i < point.length; i++) {
        const feature = i % stride;
        const isIntercept = feature === features;
        const penalty = isIntercept ? 0 : penalties[feature] * point[i];
        gradient[i] = isIntercept && !fit_intercept ? 0 : totals[i] / total + penalty;
        value += (penalty * point[i]) / 2;
      }
      return value;
    };
    const minimum = minimize(objective, new Float64Array(outputs * stride), {
      maximumIterations: max_iter,
      gradientTolerance: SLOPE_PER_TOLERANCE * tol,
      precondition: (vector) => preconditioner.apply(vector),
      onIteration: (iteration) => {
        preconditioner.update(curvature);
        progress = iteration / max_iter;
        checkpoint(progress);
      },
    });
    return { ...this.#unscale(minimum.point, outputs), minimum };
  }

  #unscale(point: Float64Array, outputs: number): Pick<Model, 'weights' | 'intercepts'> {
    const { features } = this.#data;
    const stride = features + 1;
    const rows = Array.from({ length: outputs }, (_, k) => point.subarray(k * stride, (k + 1) * stride));
    const weights = rows.map((row) => this.#scales.map((scale, feature) => row[feature] * scale));
    const intercepts = rows.map((row, k) =>
      this.#shifts.reduce((sum, shift, feature) => sum - weights[k][feature] * shift, row[features]),
    );
    return { weights, intercepts };
  }
}

/**
 * What makes features comparable: centered and divided by their deviation; without an intercept, which could not make
 * up for the centering, divided by their root mean square. Constant columns get the scale 0, hence the coefficient 0.
 */
function standardization(
  { means, deviations }: Moments,
  withIntercept: boolean,
): { shifts: Float64Array; scales: Float64Array } {
  const sizes = withIntercept
    ? deviations
    : deviations.map((deviation, feature) => Math.sqrt(deviation * deviation + means[feature] * means[feature]));
  return {
    shifts: withIntercept ? means : new Float64Array(means.length),
    scales: sizes.map((size) => (size === 0 ? 0 : 1 / size)),
  };
}
