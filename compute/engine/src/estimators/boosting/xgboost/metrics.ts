/** xgboost's metrics of rows that were set aside, by name: `name`, `name@number`, and `name-` for rankings. */
import { exp, log, log1p } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';
import { timeOrder } from './cox.js';
import type { Objective } from './objective.js';
import type { XgboostParameters } from './parameters.js';
import { discount, groupsOf } from './ranking.js';

export interface Metric {
  readonly name: string;
  /** Whether larger values are better. */
  readonly larger: boolean;
  /** `margins` is f32[outputs][rows]. NaN where the metric is not defined. */
  measure(margins: Float32Array, objective: Objective, data: TrainingData): number;
}

/** What metrics of one prediction for each row are computed from. */
interface Rows {
  readonly rows: number;
  readonly truth: Float32Array;
  readonly predicted: Float32Array;
  readonly margins: Float32Array;
  weight(row: number): number;
  readonly data: TrainingData;
}

type Scored = Pick<Rows, 'rows' | 'weight'> & {
  readonly truth: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
};

const EPSILON = 1e-16;

/** A weighted mean over rows, and what is made of it. */
const meanOf =
  (lossOf: (truth: number, predicted: number) => number, finish = (mean: number) => mean) =>
  ({ rows, truth, predicted, weight }: Rows): number => {
    let sum = 0;
    let total = 0;
    for (let row = 0; row < rows; row++) {
      sum += weight(row) * lossOf(truth[row], predicted[row]);
      total += weight(row);
    }
    return finish(total === 0 ? sum : sum / total);
  };

const logOf = (probability: number) => log(Math.max(probability, EPSILON));

/** The logarithm of the gamma function above 0: Stirling's series, after stepping up to where it is exact. */
export function logGamma(x: number): number {
  let steps = 1;
  let z = x;
  for (; z < 10; z++) steps *= z;
  const square = 1 / (z * z);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / z;
  return (z - 0.5) * log(z) - z + 0.9189385332046727 + series - log(steps);
}

/** Metrics of one prediction for each row; `number` is what stands behind @. */
const oneOutput: Readonly<
  Record<string, (number: number | undefined, parameters: XgboostParameters) => (rows: Rows) => number>
> = {
  rmse: () => meanOf((truth, predicted) => (truth - predicted) ** 2, Math.sqrt),
  rmsle: () => meanOf((truth, predicted) => (log1p(truth) - log1p(predicted)) ** 2, Math.sqrt),
  mae: () => meanOf((truth, predicted) => Math.abs(truth - predicted)),
  mape: () => meanOf((truth, predicted) => Math.abs((truth - predicted) / truth)),
  mphe: (_, { huber_slope: slope }) =>
    meanOf((truth, predicted) => slope ** 2 * (Math.sqrt(1 + ((predicted - truth) / slope) ** 2) - 1)),
  logloss: () => meanOf((truth, p) => -truth * logOf(p) - (1 - truth) * logOf(1 - p)),
  error: (threshold = 0.5) => meanOf((truth, p) => (p > Math.fround(threshold) ? 1 - truth : truth)),
  'poisson-nloglik': () => meanOf((truth, mean) => logGamma(truth + 1) + Math.max(mean, EPSILON) - logOf(mean) * truth),
  'gamma-nloglik': () =>
    meanOf((truth, mean) => Math.max(truth, 1e-6) / Math.max(mean, 1e-6) + log(Math.max(mean, 1e-6))),
  'gamma-deviance': () =>
    meanOf(
      (truth, mean) => {
        const ratio = (truth + 1e-6) / (mean + 1e-6);
        return ratio - log(ratio) - 1;
      },
      (mean) => 2 * mean,
    ),
  'tweedie-nloglik': (power, { tweedie_variance_power }) => {
    const rho = power ?? tweedie_variance_power;
    return meanOf((truth, mean) => {
      const logMean = log(mean);
      return exp((2 - rho) * logMean) / (2 - rho) - (truth * exp((1 - rho) * logMean)) / (1 - rho);
    });
  },
  'aft-nloglik': (_, parameters) => survivalLoss(parameters),
  'cox-nloglik': () => coxLoss,
  ndcg: (depth) => overGroups((ranking) => normalizedGain(ranking, depth, 1)),
  'ndcg-': (depth) => overGroups((ranking) => normalizedGain(ranking, depth, 0)),
  map: (depth) => overGroups((ranking) => averagePrecision(ranking, depth, 1)),
  'map-': (depth) => overGroups((ranking) => averagePrecision(ranking, depth, 0)),
  pre: (depth) =>
    overGroups(
      (ranking) =>
        ranking.filter((grade, place) => grade > 0 && place < (depth ?? Infinity)).length / (depth ?? ranking.length),
    ),
};

const largerIsBetter = ['auc', 'aucpr', 'ndcg', 'map', 'pre'];
/** Metrics of the probabilities of classes. */
const ofClasses = ['merror', 'mlogloss'];
const areas = ['auc', 'aucpr'];

export const metricNames = [...Object.keys(oneOutput), ...areas, ...ofClasses];

/** The metrics that parameters ask for, or that of the objective. Throws FitError for unknown and unsuitable ones. */
export function chooseMetrics(parameters: XgboostParameters, objective: Objective): Metric[] {
  const { eval_metric: given } = parameters;
  const names = given === null ? [objective.metric] : typeof given === 'string' ? [given] : given;
  return names.map((name) => metricOf(name, parameters, objective));
}

export function metricOf(
  name: string,
  parameters: XgboostParameters,
  { outputs, name: loss }: Pick<Objective, 'outputs' | 'name'>,
): Metric {
  const [, stem, digits, minus] = /^([a-z-]*[a-z]-?)(?:@([0-9.]+)(-?))?$/.exec(name) ?? [];
  const kind = `${stem}${minus ?? ''}`;
  if (stem === undefined || !metricNames.includes(kind))
    throw new FitError(`eval_metric ${name} is not known`, `Metrics: ${metricNames.join(', ')}.`);
  const classes = outputs > 1;
  if (classes ? !areas.includes(kind) && !ofClasses.includes(kind) : ofClasses.includes(kind))
    throw new FitError(
      `eval_metric ${name} does not suit objective ${loss}`,
      classes
        ? `Metrics for it: ${[...ofClasses, ...areas].join(', ')}.`
        : 'It is for multi:softprob and multi:softmax.',
    );
  const larger = largerIsBetter.includes(kind.replace('-', ''));
  if (areas.includes(kind)) return { name, larger, measure: areaUnder(kind === 'auc' ? rankedPairs : precisionRecall) };
  if (ofClasses.includes(kind)) return { name, larger, measure: kind === 'merror' ? classErrors : classLoss };
  const measure = oneOutput[kind](digits === undefined ? undefined : Number(digits), parameters);
  return {
    name,
    larger,
    measure: (margins, objective, data) =>
      measure({
        ...{ rows: data.rows, truth: data.target, margins, data, weight: weightOf(data) },
        predicted: predictionsOf(margins, objective),
      }),
  };
}

const weightOf = ({ weights }: TrainingData) => (weights ? (row: number) => weights[row] : () => 1);

/** What margins of one output predict. */
function predictionsOf(margins: Float32Array, { decision }: Objective): Float32Array {
  if (decision === 'exponential') return margins.map(exp);
  if (decision === 'sign') return margins.map((margin) => Number(margin > 0));
  if (decision === 'logistic' || decision === 'sigmoid') return margins.map((margin) => 1 / (1 + exp(-margin)));
  return margins;
}

/** Probabilities, f32[outputs][rows]. */
function softmax(margins: Float32Array, outputs: number): Float32Array {
  const rows = margins.length / outputs;
  const shares = new Float32Array(margins.length);
  for (let row = 0; row < rows; row++) {
    let largest = -Infinity;
    for (let at = row; at < margins.length; at += rows) largest = Math.max(largest, margins[at]);
    let sum = 0;
    for (let at = row; at < margins.length; at += rows) sum += shares[at] = exp(margins[at] - largest);
    for (let at = row; at < margins.length; at += rows) shares[at] /= sum;
  }
  return shares;
}

function classErrors(margins: Float32Array, { outputs }: Objective, data: TrainingData): number {
  const { rows, target } = data;
  return meanOver(data, (row) => {
    let best = 0;
    for (let output = 1; output < outputs; output++)
      if (margins[output * rows + row] > margins[best * rows + row]) best = output;
    return Number(best !== target[row]);
  });
}

function classLoss(margins: Float32Array, { outputs }: Objective, data: TrainingData): number {
  const shares = softmax(margins, outputs);
  return meanOver(data, (row) => -logOf(shares[data.target[row] * data.rows + row]));
}

function meanOver(data: TrainingData, valueOf: (row: number) => number): number {
  const weight = weightOf(data);
  let sum = 0;
  let total = 0;
  for (let row = 0; row < data.rows; row++) {
    sum += weight(row) * valueOf(row);
    total += weight(row);
  }
  return total === 0 ? sum : sum / total;
}

/** A curve's area, for two classes; for more, the mean over classes against the rest, for `auc` weighed by their rows. */
const areaUnder =
  (area: (scored: Scored) => number): Metric['measure'] =>
  (margins, objective, data) => {
    const { rows, target } = data;
    const weight = weightOf(data);
    if (objective.outputs === 1) {
      if (data.groups && area === rankedPairs) return meanOfGroups(margins, data);
      return area({ rows, truth: target, predicted: margins, weight });
    }
    const shares = softmax(margins, objective.outputs);
    let sum = 0;
    let total = 0;
    for (let output = 0; output < objective.outputs; output++) {
      const truth = target.map((label) => Number(label === output));
      const positive = area === rankedPairs ? truth.reduce((count, label, row) => count + label * weight(row), 0) : 1;
      sum += positive * area({ rows, truth, predicted: shares.subarray(output * rows, (output + 1) * rows), weight });
      total += positive;
    }
    return sum / total;
  };

/** Rows by prediction, largest first, in runs of equal predictions: weights of positive and of negative rows. */
function runsOf({ rows, truth, predicted, weight }: Scored): [positive: number, negative: number][] {
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => predicted[b] - predicted[a]);
  const runs: [number, number][] = [];
  order.forEach((row, place) => {
    if (place === 0 || predicted[row] !== predicted[order[place - 1]]) runs.push([0, 0]);
    const run = runs.at(-1)!;
    run[0] += truth[row] * weight(row);
    run[1] += (1 - truth[row]) * weight(row);
  });
  return runs;
}

/** The area under the receiver operating characteristic: the share of pairs in the right order, equals counting half. */
function rankedPairs(scored: Scored): number {
  let area = 0;
  let positives = 0;
  let negatives = 0;
  for (const [positive, negative] of runsOf(scored)) {
    area += negative * (positives + positive / 2);
    positives += positive;
    negatives += negative;
  }
  return area / (positives * negatives);
}

/**
 * For ranked groups of at least three rows, the share of pairs with different grades that are in the right order. (xgboost
 * counts pairs with equal grades as well, so that its value depends on the order of rows.)
 */
function meanOfGroups(margins: Float32Array, data: TrainingData): number {
  const { target } = data;
  const areas = groupsOf(data)
    .filter(({ rows }) => rows.length > 2)
    .map(({ rows }) => {
      let right = 0;
      let pairs = 0;
      for (const one of rows)
        for (const other of rows) {
          if (!(target[one] > target[other])) continue;
          pairs++;
          right += margins[one] > margins[other] ? 1 : margins[one] === margins[other] ? 0.5 : 0;
        }
      return right / pairs;
    })
    .filter((area) => !Number.isNaN(area));
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}

/**
 * The area under the curve of precision over recall, interpolated as Davis & Goadrich, "The Relationship Between
 * Precision-Recall and ROC Curves", 2006, show: between two points false positives grow linearly with true ones.
 */
function precisionRecall(scored: Scored): number {
  const runs = runsOf(scored);
  const positives = runs.reduce((sum, [positive]) => sum + positive, 0);
  const negatives = runs.reduce((sum, [, negative]) => sum + negative, 0);
  if (positives === 0 || negatives === 0) return Number.NaN;
  let area = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (const [positive, negative] of runs) {
    const before = truePositives / positives;
    const after = (truePositives + positive) / positives;
    if (positive > 0) {
      // Precision at recall r is r / (slope r + offset).
      const slope = 1 + negative / positive;
      const offset = (falsePositives - (negative / positive) * truePositives) / positives;
      area +=
        offset === 0
          ? (after - before) / slope
          : (after - before - (offset / slope) * (log(slope * after + offset) - log(slope * before + offset))) / slope;
    }
    truePositives += positive;
    falsePositives += negative;
  }
  return area;
}

/** The mean over groups of what `valueOf` makes of the grades in the order of their predictions. */
const overGroups =
  (valueOf: (ranking: Float32Array) => number) =>
  ({ data, predicted, truth }: Rows): number => {
    const groups = groupsOf({ rows: data.rows, target: data.target, groups: data.groups, weights: undefined });
    const values = groups.map(({ rows }) =>
      valueOf(
        Float32Array.from(
          rows.toSorted((a, b) => predicted[b] - predicted[a]),
          (row) => truth[row],
        ),
      ),
    );
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };

/** `otherwise` is the value of groups without a relevant row. */
function normalizedGain(ranking: Float32Array, depth = Infinity, otherwise: number): number {
  const gainOf = (grades: Float32Array) =>
    grades.reduce((sum, grade, place) => sum + (place < depth ? (2 ** Math.trunc(grade) - 1) * discount(place) : 0), 0);
  const ideal = gainOf(ranking.toSorted().reverse());
  return ideal === 0 ? otherwise : gainOf(ranking) / ideal;
}

function averagePrecision(ranking: Float32Array, depth = Infinity, otherwise: number): number {
  let hits = 0;
  let sum = 0;
  ranking.forEach((grade, place) => {
    if (!(grade > 0)) return;
    hits++;
    if (place < depth) sum += hits / (place + 1);
  });
  return hits === 0 ? otherwise : sum / hits;
}

/** The negative partial log-likelihood of proportional hazards for each event. */
function coxLoss({ truth, predicted, margins }: Rows): number {
  const order = timeOrder(truth);
  let atRisk = predicted.reduce((sum, hazard) => sum + hazard, 0);
  let leaving = 0;
  let loss = 0;
  let events = 0;
  order.forEach((row, place) => {
    if (truth[row] > 0) {
      loss -= margins[row] - log(atRisk);
      events++;
    }
    leaving += predicted[row];
    const next = order[place + 1];
    if (next === undefined || Math.abs(truth[row]) < Math.abs(truth[next])) {
      atRisk -= leaving;
      leaving = 0;
    }
  });
  return loss / events;
}

function survivalLoss({ aft_loss_distribution, aft_loss_distribution_scale: scale }: XgboostParameters) {
  const densityOf = (z: number): number => {
    if (aft_loss_distribution === 'normal') return exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const w = exp(aft_loss_distribution === 'logistic' ? -Math.abs(z) : z);
    return aft_loss_distribution === 'logistic' ? w / (1 + w) ** 2 : w === Infinity ? 0 : w * exp(-w);
  };
  return ({ data, truth, margins }: Rows): number =>
    meanOver(data, (row) => {
      const density = densityOf((log(truth[row]) - margins[row]) / scale);
      return -log(Math.max(density / (scale * truth[row]), 1e-12));
    });
}
