// How impure a node is, and how good a split of it (Breiman, Friedman, Olshen & Stone, "Classification and Regression
// Trees", 1984; Friedman, "Greedy Function Approximation", 2001, eq. 35 for friedman_mse), with scikit-learn's order of
// operations, so that ties are broken as it breaks them.
//
// A list of samples, below, is an address and the bytes from one row number to the next: 4 for `samples`, 8 for keys.
import { log } from '../math';
import { absoluteScore, nodeAbsoluteImpurity, splitAbsoluteImpurities } from './absolute';
import { ABSOLUTE, ENTROPY, f64At, FRIEDMAN, GINI, Growth, POISSON, SQUARED, u32At } from './growth';

export const EPSILON: f64 = 2.220446049250313e-16;

export function isClassifying(g: Growth): bool {
  return g.criterion <= ENTROPY;
}

/** Adds `sign` times the samples first … last - 1 of a list to sums[outputs]; returns their weight. */
function addSamples(g: Growth, sums: usize, list: usize, stride: usize, first: usize, last: usize): f64 {
  const weights: usize = g.weights;
  const targets: usize = g.targets;
  let weight: f64 = g.leftWeight;
  const end = list + last * stride;
  if (isClassifying(g)) {
    for (let at = list + first * stride; at < end; at += stride) {
      const row = <usize>load<u32>(at);
      const w = f64At(weights, row);
      const cell = sums + (<usize>u32At(targets, row) << 3);
      store<f64>(cell, load<f64>(cell) + w);
      weight += w;
    }
    return weight;
  }
  const outputs: usize = g.outputs;
  if (outputs == 1) {
    let sum = load<f64>(sums);
    for (let at = list + first * stride; at < end; at += stride) {
      const row = <usize>load<u32>(at);
      const w = f64At(weights, row);
      sum += w * f64At(targets, row);
      weight += w;
    }
    store<f64>(sums, sum);
    return weight;
  }
  for (let at = list + first * stride; at < end; at += stride) {
    const row = <usize>load<u32>(at);
    const w = f64At(weights, row);
    const y = targets + ((row * outputs) << 3);
    for (let k: usize = 0; k < outputs << 3; k += 8) store<f64>(sums + k, load<f64>(sums + k) + w * load<f64>(y + k));
    weight += w;
  }
  return weight;
}

/** Takes samples last - 1 … first of a list from the sums; returns what is left of `leftWeight`. */
function takeSamples(g: Growth, sums: usize, list: usize, stride: usize, first: usize, last: usize): f64 {
  const weights: usize = g.weights;
  const targets: usize = g.targets;
  const outputs: usize = g.outputs;
  const classifying = isClassifying(g);
  let weight: f64 = g.leftWeight;
  for (let i = last; i > first; i--) {
    const row = <usize>load<u32>(list + (i - 1) * stride);
    const w = f64At(weights, row);
    if (classifying) {
      const cell = sums + (<usize>u32At(targets, row) << 3);
      store<f64>(cell, load<f64>(cell) - w);
    } else {
      const y = targets + ((row * outputs) << 3);
      for (let k: usize = 0; k < outputs << 3; k += 8) store<f64>(sums + k, load<f64>(sums + k) - w * load<f64>(y + k));
    }
    weight -= w;
  }
  return weight;
}

/** Weight, sums and squares of the node's samples. */
export function sumNode(g: Growth): void {
  const outputs: usize = g.outputs;
  const sums: usize = g.sums;
  for (let k: usize = 0; k < outputs; k++) store<f64>(sums + (k << 3), 0);
  g.leftWeight = 0;
  g.nodeWeight = addSamples(g, sums, g.samples, 4, g.start, g.end);
  g.squares = 0;
  if (!isClassifying(g)) g.squares = sumOfSquares(g, g.start, g.end);
}

function sumOfSquares(g: Growth, first: usize, last: usize): f64 {
  const outputs: usize = g.outputs;
  const samples: usize = g.samples;
  const weights: usize = g.weights;
  const targets: usize = g.targets;
  let squares: f64 = 0;
  for (let i = first; i < last; i++) {
    const row = <usize>u32At(samples, i);
    const w = f64At(weights, row);
    for (let k: usize = 0; k < outputs; k++) {
      const y = f64At(targets, row * outputs + k);
      squares += w * y * y;
    }
  }
  return squares;
}

/** All samples on the right. */
export function resetSplit(g: Growth): void {
  const bytes = <usize>g.outputs << 3;
  const left = <usize>g.sums + bytes;
  // A loop, here and elsewhere: filling and copying memory by an instruction costs more for so few bytes.
  for (let k: usize = 0; k < bytes; k += 8) store<f64>(left + k, 0);
  g.leftWeight = 0;
}

/**
 * Moves the split of a list of `count` samples on from `from` to `to`: forwards, or by taking those after `to` from all,
 * whatever is less work.
 */
export function advanceSplit(g: Growth, list: usize, stride: usize, count: usize, from: usize, to: usize): void {
  const bytes = <usize>g.outputs << 3;
  const sums: usize = g.sums;
  const left = sums + bytes;
  if (to - from <= count - to) g.leftWeight = addSamples(g, left, list, stride, from, to);
  else {
    for (let k: usize = 0; k < bytes; k += 8) store<f64>(left + k, load<f64>(sums + k));
    g.leftWeight = g.nodeWeight;
    g.leftWeight = takeSamples(g, left, list, stride, to, count);
  }
  g.rightWeight = g.nodeWeight - g.leftWeight;
  const right = left + bytes;
  for (let k: usize = 0; k < bytes; k += 8) store<f64>(right + k, load<f64>(sums + k) - load<f64>(left + k));
}

/** What splits of the node are compared by: larger is better. The samples on the left are the first of the stretch. */
export function splitScore(g: Growth, list: usize, stride: usize, position: usize): f64 {
  switch (g.criterion) {
    case SQUARED:
      return squaredScore(g);
    case FRIEDMAN:
      return friedmanScore(g);
    case POISSON:
      return poissonScore(g);
    case ABSOLUTE:
      return absoluteScore(g, list, stride, position);
    default:
      splitClassImpurities(g);
      return -g.rightWeight * g.rightImpurity - g.leftWeight * g.leftImpurity;
  }
}

function squaredScore(g: Growth): f64 {
  const bytes = <usize>g.outputs << 3;
  const left = <usize>g.sums + bytes;
  let scoreLeft: f64 = 0;
  let scoreRight: f64 = 0;
  for (let at = left; at < left + bytes; at += 8) {
    const l = load<f64>(at);
    const r = load<f64>(at + bytes);
    scoreLeft += l * l;
    scoreRight += r * r;
  }
  return scoreLeft / g.leftWeight + scoreRight / g.rightWeight;
}

/** The difference of the weighted sums of both sides. */
function friedmanDifference(g: Growth): f64 {
  const bytes = <usize>g.outputs << 3;
  const left = <usize>g.sums + bytes;
  let sumLeft: f64 = 0;
  let sumRight: f64 = 0;
  for (let at = left; at < left + bytes; at += 8) {
    sumLeft += load<f64>(at);
    sumRight += load<f64>(at + bytes);
  }
  return g.rightWeight * sumLeft - g.leftWeight * sumRight;
}

function friedmanScore(g: Growth): f64 {
  const difference = friedmanDifference(g);
  return (difference * difference) / (g.leftWeight * g.rightWeight);
}

function poissonScore(g: Growth): f64 {
  const bytes = <usize>g.outputs << 3;
  const left = <usize>g.sums + bytes;
  let scoreLeft: f64 = 0;
  let scoreRight: f64 = 0;
  for (let at = left; at < left + bytes; at += 8) {
    const l = load<f64>(at);
    const r = load<f64>(at + bytes);
    if (l <= EPSILON || r <= EPSILON) return -Infinity;
    scoreLeft -= l * log2(l / g.leftWeight);
    scoreRight -= r * log2(r / g.rightWeight);
  }
  return -scoreLeft - scoreRight;
}

function log2(x: f64): f64 {
  return log(x) / 0.6931471805599453;
}

function classImpurity(g: Growth, sums: usize, weight: f64): f64 {
  const end = sums + (<usize>g.outputs << 3);
  if (g.criterion == GINI) {
    let squares: f64 = 0;
    for (let at = sums; at < end; at += 8) {
      const count = load<f64>(at);
      squares += count * count;
    }
    return 1 - squares / (weight * weight);
  }
  let entropy: f64 = 0;
  for (let at = sums; at < end; at += 8) {
    const count = load<f64>(at);
    if (count <= 0) continue;
    const share = count / weight;
    entropy -= share * log2(share);
  }
  return entropy;
}

function splitClassImpurities(g: Growth): void {
  const bytes = <usize>g.outputs << 3;
  const left = <usize>g.sums + bytes;
  g.leftImpurity = classImpurity(g, left, g.leftWeight);
  g.rightImpurity = classImpurity(g, left + bytes, g.rightWeight);
}

export function nodeImpurity(g: Growth): f64 {
  if (isClassifying(g)) return classImpurity(g, g.sums, g.nodeWeight);
  if (g.criterion == POISSON) return poissonLoss(g, g.sums, g.nodeWeight, g.start, g.end);
  if (g.criterion == ABSOLUTE) return nodeAbsoluteImpurity(g);
  return squaredImpurity(g, g.squares, g.sums, g.nodeWeight);
}

function squaredImpurity(g: Growth, squares: f64, sums: usize, weight: f64): f64 {
  const outputs: usize = g.outputs;
  let impurity = squares / weight;
  for (let k: usize = 0; k < outputs; k++) {
    const mean = f64At(sums, k) / weight;
    impurity -= mean * mean;
  }
  return impurity / <f64>outputs;
}

function poissonLoss(g: Growth, sums: usize, weight: f64, first: usize, last: usize): f64 {
  const outputs: usize = g.outputs;
  let loss: f64 = 0;
  for (let k: usize = 0; k < outputs; k++) {
    const sum = f64At(sums, k);
    if (sum <= EPSILON) return Infinity;
    const mean = sum / weight;
    for (let i = first; i < last; i++) {
      const row = <usize>u32At(g.samples, i);
      const y = f64At(g.targets, row * outputs + k);
      if (y != 0) loss += f64At(g.weights, row) * (y * log(y / mean));
    }
  }
  return loss / (weight * <f64>outputs);
}

/** Impurities of both sides and the improvement, for the split that the sums describe, of samples before `position`. */
export function judgeSplit(g: Growth, position: usize): void {
  const bytes = <usize>g.outputs << 3;
  const left = <usize>g.sums + bytes;
  const right = left + bytes;
  if (isClassifying(g)) splitClassImpurities(g);
  else if (g.criterion == POISSON) {
    g.leftImpurity = poissonLoss(g, left, g.leftWeight, g.start, position);
    g.rightImpurity = poissonLoss(g, right, g.rightWeight, position, g.end);
  } else if (g.criterion == ABSOLUTE) splitAbsoluteImpurities(g, <u32>position);
  else {
    const squares = sumOfSquares(g, g.start, position);
    g.leftImpurity = squaredImpurity(g, squares, left, g.leftWeight);
    g.rightImpurity = squaredImpurity(g, g.squares - squares, right, g.rightWeight);
  }
  if (g.criterion == FRIEDMAN) {
    const difference = friedmanDifference(g) / <f64>g.outputs;
    g.improvement = (difference * difference) / (g.leftWeight * g.rightWeight * g.nodeWeight);
    return;
  }
  g.improvement =
    (g.nodeWeight / g.totalWeight) *
    (g.impurity -
      (g.rightWeight / g.nodeWeight) * g.rightImpurity -
      (g.leftWeight / g.nodeWeight) * g.leftImpurity);
}

/** What the node answers: weights of its classes, or means, or medians. */
export function storeValue(g: Growth, out: usize): void {
  const outputs: usize = g.outputs;
  if (isClassifying(g)) {
    memory.copy(out, g.sums, outputs << 3);
    return;
  }
  for (let k: usize = 0; k < outputs; k++) {
    const value = g.criterion == ABSOLUTE ? f64At(g.sums, 3 * outputs + k) : f64At(g.sums, k) / g.nodeWeight;
    store<f64>(out + (k << 3), value);
  }
}
