/**
 * The losses of gradient boosting (Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", 2001): where
 * scores begin, their gradients, and the values of leaves, each in scikit-learn's order of operations.
 */
import { type Decision, exp, log, log1p } from '@pgml/kernels';
import { pairwiseSum } from '../../../algebra/pairwise-sum.js';
import { FitError } from '../../../estimator.js';
import { percentile, weightedPercentile } from '../../../robust/percentile.js';
import type { GradientBoostingParameters } from './parameters.js';

/** Rows with their targets (or classes) and what they count; scores are an array for each output. */
export interface BoostedRows {
  readonly target: Float64Array;
  readonly weights: Float64Array;
  /** Whether all rows count 1 because no weights were given. */
  readonly unweighted: boolean;
}

export interface Loss {
  /** Trees per round, scores per row. */
  readonly outputs: number;
  readonly decision: Decision;
  /** What scores are multiplied by in the model, so that its decision says what they mean. */
  readonly factor: number;
  /** The score of each output that is best for all rows alike. */
  start(rows: BoostedRows): number[];
  /** Called before the gradients of a round. */
  prepare(rows: BoostedRows, scores: readonly Float64Array[]): void;
  /** The negative gradients of one output. */
  gradients(rows: BoostedRows, scores: readonly Float64Array[], output: number, out: Float64Array): void;
  /** The value of a leaf with these members (ascending); undefined: the mean of their gradients. */
  leafValue?(
    members: Uint32Array,
    rows: BoostedRows,
    scores: Float64Array,
    gradients: Float64Array,
    output: number,
  ): number;
  /** The mean loss. */
  mean(rows: BoostedRows, scores: readonly Float64Array[]): number;
}

/** The least distance of a probability from 0 and 1: float32's epsilon. */
const EDGE = 2 ** -23;
/** Denominators below this are 0. */
const TINY = 1e-150;

/** The loss that the parameters ask for. Throws FitError if it does not suit the classes. */
export function chooseLoss({ loss, alpha }: GradientBoostingParameters, classes: number): Loss {
  switch (loss) {
    case 'squared_error':
      return squaredError;
    case 'absolute_error':
      return absoluteError;
    case 'huber':
      return huber(alpha);
    case 'quantile':
      return quantile(alpha);
    case 'exponential':
      if (classes !== 2)
        throw new FitError(
          `the loss exponential is for two classes, but the target has ${classes}`,
          'Use the loss log_loss.',
        );
      return exponential;
    default:
      return classes === 2 ? binomial : multinomial(classes);
  }
}

const regression = { outputs: 1, decision: 'value', factor: 1, prepare: () => {} } as const;

/** Terms of a sum, kept so that not each leaf needs a new array. */
let scratch = new Float64Array(0);

function sumOver(count: number, term: (index: number) => number): number {
  if (scratch.length < count) scratch = new Float64Array(2 * count);
  for (let index = 0; index < count; index++) scratch[index] = term(index);
  return pairwiseSum(scratch.subarray(0, count));
}

function weightedMean({ target, weights }: BoostedRows, term: (row: number) => number): number {
  return (1 / pairwiseSum(weights)) * sumOver(target.length, (row) => weights[row] * term(row));
}

function percentileOf({ target, weights, unweighted }: BoostedRows, percent: number): number {
  return unweighted ? percentile(target.slice().sort(), percent) : weightedPercentile(target, weights, percent);
}

/** The percentile of what `scores` leave of the members' targets. */
function leafPercentile(members: Uint32Array, rows: BoostedRows, scores: Float64Array, percent: number): number {
  const { target, weights, unweighted } = rows;
  const rest = Float64Array.from(members, (row) => target[row] - scores[row]);
  return weightedPercentile(rest, unweighted ? undefined : Float64Array.from(members, (row) => weights[row]), percent);
}

const squaredError: Loss = {
  ...regression,
  start: (rows) => {
    const { target, weights, unweighted } = rows;
    if (unweighted) return [pairwiseSum(target) / target.length];
    return [sumOver(target.length, (row) => target[row] * weights[row]) / pairwiseSum(weights)];
  },
  gradients: ({ target }, [scores], _output, out) => {
    for (let row = 0; row < out.length; row++) out[row] = target[row] - scores[row];
  },
  mean: (rows, [scores]) => weightedMean(rows, (row) => (rows.target[row] - scores[row]) ** 2),
};

const absoluteError: Loss = {
  ...regression,
  start: (rows) => [percentileOf(rows, 50)],
  gradients: ({ target }, [scores], _output, out) => {
    for (let row = 0; row < out.length; row++) out[row] = target[row] - scores[row] > 0 ? 1 : -1;
  },
  leafValue: (members, rows, scores) => leafPercentile(members, rows, scores, 50),
  mean: (rows, [scores]) => weightedMean(rows, (row) => Math.abs(rows.target[row] - scores[row])),
};

function huber(alpha: number): Loss {
  /** Errors beyond this are linear; found anew in each round. */
  let limit = 0;
  return {
    ...regression,
    start: (rows) => [percentileOf(rows, 50)],
    prepare: ({ target, weights, unweighted }, [scores]) => {
      const errors = target.map((value, row) => Math.abs(value - scores[row]));
      limit = weightedPercentile(errors, unweighted ? undefined : weights, alpha * 100);
    },
    gradients: ({ target }, [scores], _output, out) => {
      for (let row = 0; row < out.length; row++) {
        const error = target[row] - scores[row];
        out[row] = Math.abs(error) <= limit ? error : limit * Math.sign(error);
      }
    },
    leafValue: (members, rows, scores) => {
      const median = leafPercentile(members, rows, scores, 50);
      const sum = sumOver(members.length, (index) => {
        const error = rows.target[members[index]] - scores[members[index]] - median;
        return Math.sign(error) * Math.min(Math.abs(error), limit);
      });
      return median + sum / members.length;
    },
    mean: (rows, [scores]) =>
      weightedMean(rows, (row) => {
        const error = Math.abs(rows.target[row] - scores[row]);
        return error <= limit ? 0.5 * error * error : limit * (error - limit / 2);
      }),
  };
}

function quantile(alpha: number): Loss {
  return {
    ...regression,
    start: (rows) => [percentileOf(rows, alpha * 100)],
    gradients: ({ target }, [scores], _output, out) => {
      for (let row = 0; row < out.length; row++) out[row] = target[row] > scores[row] ? alpha : -(1 - alpha);
    },
    leafValue: (members, rows, scores) => leafPercentile(members, rows, scores, alpha * 100),
    mean: (rows, [scores]) =>
      weightedMean(rows, (row) => {
        const error = rows.target[row] - scores[row];
        return error > 0 ? alpha * error : -(1 - alpha) * error;
      }),
  };
}

/** The weight of each class among all. */
function shares({ target, weights }: BoostedRows, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  target.forEach((label, row) => {
    sums[label] += weights[row];
  });
  const all = sums.reduce((sum, weight) => sum + weight, 0);
  return sums.map((weight) => Math.min(1 - EDGE, Math.max(EDGE, weight / all)));
}

/** One step of Newton's method, from the sums of gradients and of their derivatives, for a log loss. */
function newtonStep(factor: number, label: (row: number) => number) {
  return (members: Uint32Array, { weights }: BoostedRows, gradients: Float64Array): number => {
    const numerator = factor * sumOver(members.length, (index) => weights[members[index]] * gradients[members[index]]);
    const denominator = sumOver(members.length, (index) => {
      const row = members[index];
      const y = label(row);
      return weights[row] * (y - gradients[row]) * (1 - y + gradients[row]);
    });
    return Math.abs(denominator) < TINY ? 0 : numerator / denominator;
  };
}

const binomial: Loss = {
  outputs: 1,
  decision: 'logistic',
  factor: 1,
  start: (rows) => {
    const share = shares(rows, 2)[1];
    return [log(share / (1 - share))];
  },
  prepare: () => {},
  gradients: ({ target }, [scores], _output, out) => {
    for (let row = 0; row < out.length; row++) out[row] = target[row] - 1 / (1 + exp(-scores[row]));
  },
  leafValue: (members, rows, _scores, gradients) => newtonStep(1, (row) => rows.target[row])(members, rows, gradients),
  mean: (rows, [scores]) => {
    const { target, weights } = rows;
    const sum = sumOver(target.length, (row) => {
      const score = scores[row];
      const logOfBoth = score > 0 ? score + log1p(exp(-score)) : log1p(exp(score));
      return weights[row] * (target[row] * score - logOfBoth);
    });
    return (-2 / pairwiseSum(weights)) * sum;
  },
};

const exponential: Loss = {
  outputs: 1,
  decision: 'logistic',
  // The probability of the second class is logistic in twice the score.
  factor: 2,
  start: (rows) => {
    const share = shares(rows, 2)[1];
    return [0.5 * log(share / (1 - share))];
  },
  prepare: () => {},
  gradients: ({ target }, [scores], _output, out) => {
    for (let row = 0; row < out.length; row++) {
      const side = 2 * target[row] - 1;
      out[row] = side * exp(-side * scores[row]);
    }
  },
  leafValue: (members, { target, weights }, scores) => {
    const pull = (row: number) => exp(-(2 * target[row] - 1) * scores[row]);
    const numerator = sumOver(members.length, (index) => {
      const row = members[index];
      return (2 * target[row] - 1) * weights[row] * pull(row);
    });
    const denominator = sumOver(members.length, (index) => weights[members[index]] * pull(members[index]));
    return Math.abs(denominator) < TINY ? 0 : numerator / denominator;
  },
  mean: (rows, [scores]) => weightedMean(rows, (row) => exp(-(2 * rows.target[row] - 1) * scores[row])),
};

function multinomial(classes: number): Loss {
  let logSums = new Float64Array(0);
  const logSum = (scores: readonly Float64Array[], row: number): number => {
    let largest = -Infinity;
    for (const score of scores) largest = Math.max(largest, score[row]);
    let sum = 0;
    for (const score of scores) sum += exp(score[row] - largest);
    return log(sum) + largest;
  };
  return {
    outputs: classes,
    decision: 'softmax',
    factor: 1,
    start: (rows) => Array.from(shares(rows, classes), log),
    prepare: ({ target }, scores) => {
      if (logSums.length !== target.length) logSums = new Float64Array(target.length);
      for (let row = 0; row < target.length; row++) logSums[row] = logSum(scores, row);
    },
    gradients: ({ target }, scores, output, out) => {
      for (let row = 0; row < out.length; row++)
        out[row] = Number(target[row] === output) - exp(scores[output][row] - logSums[row]);
    },
    leafValue: (members, rows, _scores, gradients, output) =>
      newtonStep((classes - 1) / classes, (row) => Number(rows.target[row] === output))(members, rows, gradients),
    mean: (rows, scores) =>
      sumOver(rows.target.length, (row) => rows.weights[row] * (logSum(scores, row) - scores[rows.target[row]][row])) /
      pairwiseSum(rows.weights),
  };
}
