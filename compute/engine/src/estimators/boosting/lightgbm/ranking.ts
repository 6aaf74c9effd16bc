/**
 * Learning to rank rows within groups: LambdaMART (Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", 2010), and
 * the listwise cross entropy of Bruch, "An Alternative Cross Entropy Loss for Learning-to-Rank" (2021).
 */
import { exp, log, RandomState } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';
import type { LossArrays } from '../../../trees/margin-losses.js';
import type { Objective } from './objective.js';
import type { LightgbmParameters } from './parameters.js';

const LEAST = 1e-15;
/** Grades there may be where label_gain does not say what they are worth. */
const MOST_GRADES = 31;

/** For grades up to 31. */
const powerOfTwo = (grade: number): number => (1 << grade) >>> 0;

/** The rows of each group, in their order; all rows are one group if there are none. */
function groupsOf(rows: number, groups: Uint32Array | undefined): Uint32Array[] {
  const lists: number[][] = [];
  for (let row = 0; row < rows; row++) (lists[groups ? groups[row] : 0] ??= []).push(row);
  return lists.filter((list) => list.length > 0).map((list) => Uint32Array.from(list));
}

const discount = (rank: number): number => Math.LN2 / log(2 + rank);

/** Throws FitError if a target is no grade. */
export function rankingObjective(
  name: string,
  parameters: LightgbmParameters,
  data: TrainingData,
  seed: number,
): Objective {
  const given = parameters.label_gain;
  const gains = given ?? Array.from({ length: MOST_GRADES }, (_, grade) => powerOfTwo(grade) - 1);
  const wrong = data.target.find((grade) => !(Number.isInteger(grade) && grade >= 0 && grade < gains.length));
  if (wrong !== undefined)
    throw new FitError(
      `objective ${name} is for grades 0, 1 … ${gains.length - 1}, but the target ${wrong} was given`,
      'Larger grades are more relevant; label_gain says what each is worth.',
    );
  const groups = groupsOf(data.rows, data.groups);
  const ranker =
    name === 'lambdarank' ? lambdaGradients(parameters, gains) : crossEntropyGradients(new RandomState(seed));
  return {
    ...{ name, outputs: 1, decision: 'value', scale: 1 },
    baseScores: () => new Float64Array(1),
    setGradients: ({ rows, margins, targets, weights, gradients, kernels }: LossArrays) => {
      const scores = kernels.f64(margins, rows);
      const grades = kernels.f32(targets, rows);
      const pairs = kernels.f32(gradients, 2 * rows);
      const weight = weights === 0 ? undefined : kernels.f64(weights, rows);
      for (const group of groups) {
        const result = ranker(
          Float64Array.from(group, (row) => scores[row]),
          Float64Array.from(group, (row) => grades[row]),
        );
        group.forEach((row, index) => {
          const factor = weight ? weight[row] : 1;
          pairs[2 * row] = factor * result.gradients[index];
          pairs[2 * row + 1] = factor * result.hessians[index];
        });
      }
    },
    totalLoss: (margins, { target, groups: numbers }) => {
      const lists = groupsOf(target.length, numbers);
      const sum = lists.reduce((total, group) => total + (1 - normalizedGain(group, margins, target, gains)), 0);
      return sum / lists.length;
    },
  };
}

/** Rows of a group in the order of their scores, the largest first; equals in their own order. */
function ranking(scores: Float64Array): number[] {
  return Array.from(scores, (_, index) => index).sort((a, b) => scores[b] - scores[a]);
}

function discountedGain(grades: Iterable<number>, gains: readonly number[], most: number): number {
  let sum = 0;
  let rank = 0;
  for (const grade of grades) {
    if (rank === most) break;
    sum += gains[grade] * discount(rank++);
  }
  return sum;
}

/** NDCG of one group; 1 where no row is relevant. */
function normalizedGain(group: Uint32Array, margins: Float64Array, target: Float32Array, gains: readonly number[]) {
  const order = ranking(Float64Array.from(group, (row) => margins[row]));
  const best = discountedGain(
    Float32Array.from(group, (row) => target[row])
      .sort()
      .reverse(),
    gains,
    Infinity,
  );
  return best === 0
    ? 1
    : discountedGain(
        order.map((index) => target[group[index]]),
        gains,
        Infinity,
      ) / best;
}

interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

type Ranker = (scores: Float64Array, grades: Float64Array) => Derivatives;

function lambdaGradients(parameters: LightgbmParameters, gains: readonly number[]): Ranker {
  const { sigmoid, lambdarank_truncation_level: truncation, lambdarank_norm: normalizes } = parameters;
  return (scores, grades) => {
    const count = scores.length;
    const gradients = new Float64Array(count);
    const hessians = new Float64Array(count);
    const best = discountedGain(grades.slice().sort().reverse(), gains, truncation);
    if (best === 0) return { gradients, hessians };
    const order = ranking(scores);
    const spread = scores[order[0]] !== scores[order[count - 1]];
    let sum = 0;
    for (let i = 0; i < Math.min(truncation, count - 1); i++)
      for (let j = i + 1; j < count; j++) {
        const [a, b] = [order[i], order[j]];
        if (grades[a] === grades[b]) continue;
        const [high, low] = grades[a] > grades[b] ? [a, b] : [b, a];
        const difference = scores[high] - scores[low];
        let change = ((gains[grades[high]] - gains[grades[low]]) * (discount(i) - discount(j))) / best;
        if (normalizes && spread) change /= 0.01 + Math.abs(difference);
        const p = 1 / (1 + exp(sigmoid * difference));
        const gradient = -sigmoid * change * p;
        const hessian = sigmoid * sigmoid * change * p * (1 - p);
        gradients[high] += gradient;
        gradients[low] -= gradient;
        hessians[high] += hessian;
        hessians[low] += hessian;
        sum -= 2 * gradient;
      }
    if (normalizes && sum > 0) {
      const factor = log(1 + sum) / Math.LN2 / sum;
      for (let i = 0; i < count; i++) {
        gradients[i] *= factor;
        hessians[i] *= factor;
      }
    }
    return { gradients, hessians };
  };
}

function crossEntropyGradients(random: RandomState): Ranker {
  return (scores, grades) => {
    const count = scores.length;
    const gradients = new Float64Array(count);
    const hessians = new Float64Array(count);
    if (count <= 1) return { gradients, hessians };
    const largest = scores.reduce((a, b) => Math.max(a, b));
    const exponentials = scores.map((score) => exp(score - largest));
    const total = exponentials.reduce((a, b) => a + b, 0);
    const shares = exponentials.map((value) => value / total);
    // Grades are made into a distribution with some noise in it.
    const relevances = grades.map((grade) => powerOfTwo(grade) - random.double());
    const relevance = Math.max(
      LEAST,
      relevances.reduce((a, b) => a + b, 0),
    );
    // The gradient by three terms of its series, each from the ones before.
    let terms = shares.map((share, i) => share - relevances[i] / relevance);
    for (let order = 0; ; order++) {
      for (let i = 0; i < count; i++) gradients[i] += terms[i];
      if (order === 2) break;
      const scaled = terms.map((term, i) => term / Math.max(LEAST, 1 - shares[i]));
      const sum = scaled.reduce((a, b) => a + b, 0);
      terms = shares.map((share, i) => share * (sum - scaled[i]));
    }
    for (let i = 0; i < count; i++) hessians[i] = shares[i] * (1 - shares[i]);
    return { gradients, hessians };
  };
}
