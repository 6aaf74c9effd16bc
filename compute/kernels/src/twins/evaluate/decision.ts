import type { Decision } from '../../block/block.js';
import { erf, exp } from '../../math.js';

/** What a block says of its answers. */
export interface Answering {
  readonly decision: Decision;
  readonly classes: number;
  readonly classValues: readonly number[];
  readonly numbers: Float64Array;
}

/** The answer of one row, from its outputs. */
export function decide(model: Answering, outputs: Float64Array): number {
  return Math.fround(answerOf(model, outputs));
}

/** The same, before it is rounded. */
export function answerOf(model: Answering, outputs: Float64Array): number {
  return valueOf(model, outputs) ?? Math.fround(model.classValues[classOf(model, outputs)]);
}

/** The answer of a decision without classes. */
function valueOf({ decision, numbers }: Answering, outputs: Float64Array): number | undefined {
  switch (decision) {
    case 'value':
    case 'vector':
      return outputs[0];
    case 'exponential':
      return exp(outputs[0]);
    case 'sigmoid':
      return sigmoid(outputs[0]);
    case 'weightedMedian':
      return weightedMedian(outputs, numbers);
    case 'neighbourMean': {
      const targets = numbers.subarray(1);
      const near = neighbours(outputs, numbers[0]);
      const sum = near.reduce((total, { row, weight }) => total + weight * targets[row], 0);
      return sum / near.reduce((total, { weight }) => total + weight, 0);
    }
    default:
      return undefined;
  }
}

/** The first index of the largest number. */
function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((best, value, index, all) => (value > all[best] ? index : best), 0);
}

function classOf({ decision, classes, numbers }: Answering, outputs: Float64Array): number {
  switch (decision) {
    case 'logistic':
    case 'sign':
      return Number(outputs[0] > 0);
    case 'smallest':
      return largest(outputs.map((distance) => -distance));
    case 'oneVersusOne':
    case 'pairwiseCoupling': {
      const votes = new Uint32Array(classes);
      pairsOf(classes).forEach(([first, second], pair) => votes[outputs[pair] > 0 ? first : second]++);
      return largest(votes);
    }
    case 'laplace':
      return classes === 2 ? Number(outputs[0] > 0) : largest(latentProbabilities(outputs, classes));
    case 'neighbourVote': {
      const near = neighbours(outputs, numbers[0]);
      return near.length === 0 ? Math.max(0, numbers[1]) : largest(votesOf(near, classes, numbers));
    }
    case 'clipped':
      return outputs.length === 1 ? Number(outputs[0] > 0) : largest(outputs);
    default:
      return largest(outputs);
  }
}

/** The probability of each class of one row, or the values of a vector; only for the decisions that have them. */
export function probabilities({ decision, classes, numbers }: Answering, outputs: Float64Array): Float32Array {
  switch (decision) {
    case 'vector':
      return Float32Array.from(outputs.subarray(0, classes));
    case 'logistic':
      return ofSecond(sigmoid(outputs[0]));
    case 'softmax':
      return divided(exponentials(outputs));
    case 'oneVersusRest':
      return divided(Math.max(...outputs) < -40 ? exponentials(outputs) : outputs.map(sigmoid));
    case 'shares':
      return dividedOrUniform(outputs);
    case 'clipped':
      return outputs.length === 1 ? ofSecond(clipped(outputs[0])) : dividedOrUniform(outputs.map(clipped));
    case 'pairwiseCoupling':
      return coupled(outputs, classes, numbers);
    case 'laplace': {
      const latent = latentProbabilities(outputs, classes);
      return classes === 2 ? ofSecond(latent[0]) : dividedOrUniform(latent);
    }
    case 'neighbourVote': {
      const near = neighbours(outputs, numbers[0]);
      if (near.length === 0) return Float32Array.from({ length: classes }, (_, index) => Number(index === numbers[1]));
      const sum = near.reduce((total, { weight }) => total + weight, 0);
      return Float32Array.from(votesOf(near, classes, numbers), (votes) => votes / sum);
    }
    default:
      throw new Error(`${decision} has no probabilities`);
  }
}

const sigmoid = (score: number): number => 1 / (1 + exp(-score));
const clipped = (score: number): number => (Math.min(1, Math.max(-1, score)) + 1) / 2;
const sumOf = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
const ofSecond = (p: number): Float32Array => Float32Array.of(1 - p, p);

function exponentials(scores: Float64Array): Float64Array {
  const most = Math.max(...scores);
  return scores.map((score) => exp(score - most));
}

function divided(parts: Float64Array): Float32Array {
  const sum = sumOf(parts);
  return Float32Array.from(parts, (part) => part / sum);
}

const dividedOrUniform = (parts: Float64Array): Float32Array =>
  divided(sumOf(parts) === 0 ? parts.map(() => 1) : parts);

function weightedMedian(scores: Float64Array, weights: Float64Array): number {
  const half = sumOf(weights.subarray(0, scores.length)) / 2;
  const upTo = (limit: number) =>
    scores.reduce((sum, score, index) => (score <= limit ? sum + weights[index] : sum), 0);
  return [...scores].sort((a, b) => a - b).find((score) => upTo(score) >= half)!;
}

const pairsOf = (classes: number): [number, number][] =>
  Array.from({ length: classes }, (_, first) => first).flatMap((first) =>
    Array.from({ length: classes - first - 1 }, (_, index): [number, number] => [first, first + 1 + index]),
  );

/** Wu, Lin and Weng (2004), algorithm 2, with all of its matrices. */
function coupled(scores: Float64Array, classes: number, numbers: Float64Array): Float32Array {
  const against = Array.from({ length: classes }, () => new Float64Array(classes));
  pairsOf(classes).forEach(([first, second], pair) => {
    const r = 1 / (1 + exp(numbers[2 * pair] * scores[pair] + numbers[2 * pair + 1]));
    against[first][second] = Math.min(1 - 1e-7, Math.max(1e-7, r));
    against[second][first] = 1 - against[first][second];
  });
  if (classes === 2) return Float32Array.of(against[0][1], 1 - against[0][1]);
  const q = against.map((row, t) =>
    row.map((_, j) =>
      t === j
        ? against.reduce((sum, other, index) => (index === t ? sum : sum + other[t] * other[t]), 0)
        : -against[j][t] * against[t][j],
    ),
  );
  const p = new Float64Array(classes).fill(1 / classes);
  for (let round = 0; round < Math.max(100, classes); round++) {
    let products = Float64Array.from(q, (row) => row.reduce((sum, value, j) => sum + value * p[j], 0));
    let total = p.reduce((sum, value, t) => sum + value * products[t], 0);
    if (products.every((product) => Math.abs(product - total) < 0.005 / classes)) break;
    for (let t = 0; t < classes; t++) {
      const step = (total - products[t]) / q[t][t];
      total = (total + step * (step * q[t][t] + 2 * products[t])) / (1 + step) / (1 + step);
      p[t] += step;
      products = products.map((product, j) => (product + step * q[t][j]) / (1 + step));
      p.forEach((value, j) => {
        p[j] = value / (1 + step);
      });
    }
  }
  return Float32Array.from(p);
}

/** Lambdas and weights of the five error functions. */
const ERROR_FUNCTIONS = [
  [0.41, -1854.8214151],
  [0.4, 3516.89893646],
  [0.37, 221.29346712],
  [0.44, 128.12323805],
  [0.39, -2010.49422654],
];

/** From means and variances, of class 1 alone if there are two classes. */
function latentProbabilities(outputs: Float64Array, classes: number): Float64Array {
  const count = classes === 2 ? 1 : classes;
  return Float64Array.from({ length: count }, (_, index) => {
    const [mean, variance] = [outputs[index], outputs[count + index]];
    const terms = ERROR_FUNCTIONS.map(
      ([lambda, weight]) => weight * 0.5 * (1 + erf((lambda * mean) / Math.sqrt(1 + 2 * variance * lambda * lambda))),
    );
    return Math.max(
      0,
      terms.reduce((sum, part) => sum + part),
    );
  });
}

interface Neighbour {
  readonly row: number;
  readonly weight: number;
}

function neighbours(outputs: Float64Array, mode: number): Neighbour[] {
  const k = outputs.length / 2;
  const found = Array.from({ length: k }, (_, i) => ({ distance: outputs[i], row: outputs[k + i] })).filter(
    ({ row }) => row >= 0,
  );
  const exact = found.some(({ distance }) => distance === 0);
  return found.map(({ distance, row }) => ({
    row,
    weight: mode === 0 ? 1 : exact ? Number(distance === 0) : 1 / distance,
  }));
}

function votesOf(near: readonly Neighbour[], classes: number, numbers: Float64Array): Float64Array {
  const votes = new Float64Array(classes);
  for (const { row, weight } of near) votes[numbers[2 + row]] += weight;
  return votes;
}
