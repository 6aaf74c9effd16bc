// How scores become what SQL answers. `decision` is word 3 of the block, K its word 4, `numbers` f64[] at word 15. Those
// marked P give probabilities, f32[K]. Where the largest or smallest of something wins, it is the first of equals.
//
//   0 value                the first score itself (regression)
//   1 logistic           P one score, two classes; class 1 if the score is above 0; probabilities 1-p, p with p = 1/(1+e^-s)
//   2 softmax            P one score per class; the largest wins; probabilities e^s / sum
//   3 largest              as softmax, but the scores say nothing about probabilities
//   4 smallest             one score per class; the smallest wins (distances)
//   5 one versus rest    P one score per class, each from its own two-class model; the largest wins;
//                          probabilities 1/(1+e^-s), divided by their sum
//   6 sign                 as logistic, but the score says nothing about probabilities
//   7 shares             P one score of at least 0 per class; the largest wins; probabilities are s / sum
//   8 clipped            P one score and two classes, or a score per class; answers as logistic or largest; probabilities by
//                          c = (min(1, max(-1, s)) + 1) / 2 (modified Huber loss): 1-c, c; or each c / sum
//   9 one versus one       scores of the pairs (0,1), (0,2) … (1,2) …: pairwise.ts
//  10 pairwise coupling  P the same with probabilities: pairwise.ts
//  11 laplace            P means and variances of Gaussian processes: laplace.ts
//  12 weighted median      numbers f64[outputs] are weights of the scores: weighted-median.ts
//  13 neighbour mean       of neighbours' targets: neighbour-answers.ts
//  14 neighbour vote     P of neighbours' classes: neighbour-answers.ts
//  15 vector               the first K scores are all answers; `predict` gives the first, `predictProbabilities` all of them
//  16 exponential          e to the first score (a logarithmic link)
//  17 sigmoid              1/(1+e^-s) of the first score (a logistic link)
import { exp } from '../math';
import { at, word } from './block';
import { laplaceClass, laplaceProbabilities } from './laplace';
import { neighbourMean, neighbourProbabilities, neighbourVote } from './neighbour-answers';
import { coupledProbabilities, mostVotes } from './pairwise';
import { weightedMedian } from './weighted-median';

export const VALUE: u32 = 0;
export const LOGISTIC: u32 = 1;
export const SOFTMAX: u32 = 2;
export const LARGEST: u32 = 3;
export const SMALLEST: u32 = 4;
export const ONE_VERSUS_REST: u32 = 5;
export const SIGN: u32 = 6;
export const SHARES: u32 = 7;
export const CLIPPED: u32 = 8;
export const ONE_VERSUS_ONE: u32 = 9;
export const PAIRWISE_COUPLING: u32 = 10;
export const LAPLACE: u32 = 11;
export const WEIGHTED_MEDIAN: u32 = 12;
export const NEIGHBOUR_MEAN: u32 = 13;
export const NEIGHBOUR_VOTE: u32 = 14;
export const VECTOR: u32 = 15;
export const EXPONENTIAL: u32 = 16;
export const SIGMOID: u32 = 17;

/** The answer for one row, from its scores. */
export function decide(model: usize, scores: usize): f32 {
  return <f32>answerOf(model, scores);
}

/** The same, before it is rounded. */
export function answerOf(model: usize, scores: usize): f64 {
  const decision = word(model, 3);
  if (decision == VALUE || decision == VECTOR) return load<f64>(scores);
  if (decision == WEIGHTED_MEDIAN) return weightedMedian(scores, word(model, 2), at(model, 15));
  if (decision == NEIGHBOUR_MEAN) return neighbourMean(scores, word(model, 2) >>> 1, at(model, 15));
  if (decision == EXPONENTIAL) return exp(load<f64>(scores));
  if (decision == SIGMOID) return 1 / (1 + exp(-load<f64>(scores)));
  return <f64>load<f32>(at(model, 5) + (<usize>classOf(model, scores) << 2));
}

function classOf(model: usize, scores: usize): u32 {
  const decision = word(model, 3);
  const outputs = word(model, 2);
  const classes = word(model, 4);
  if (decision == LOGISTIC || decision == SIGN || (decision == CLIPPED && outputs == 1))
    return <u32>(load<f64>(scores) > 0);
  if (decision == ONE_VERSUS_ONE || decision == PAIRWISE_COUPLING) return mostVotes(scores, classes);
  if (decision == LAPLACE) return laplaceClass(scores, classes);
  if (decision == NEIGHBOUR_VOTE) return neighbourVote(scores, outputs >>> 1, classes, at(model, 15));
  let best: usize = 0;
  for (let o: usize = 1; o < <usize>outputs; o++) {
    const score = load<f64>(scores + (o << 3));
    const leader = load<f64>(scores + (best << 3));
    if (decision == SMALLEST ? score < leader : score > leader) best = o;
  }
  return <u32>best;
}

/** Writes f32[classes] probabilities (or values of a vector) for one row, using up its scores; decisions marked P, and 15. */
export function probabilities(model: usize, scores: usize, out: usize): void {
  const decision = word(model, 3);
  const classes: usize = word(model, 4);
  if (decision == VECTOR) {
    for (let k: usize = 0; k < classes; k++) store<f32>(out + (k << 2), <f32>load<f64>(scores + (k << 3)));
    return;
  }
  if (decision == PAIRWISE_COUPLING) return coupledProbabilities(scores, <u32>classes, at(model, 15), out);
  if (decision == LAPLACE) return laplaceProbabilities(scores, <u32>classes, out);
  if (decision == NEIGHBOUR_VOTE)
    return neighbourProbabilities(scores, word(model, 2) >>> 1, <u32>classes, at(model, 15), out);
  if (decision == LOGISTIC || (decision == CLIPPED && word(model, 2) == 1)) {
    const score = load<f64>(scores);
    const p = decision == CLIPPED ? clipped(score) : 1 / (1 + exp(-score));
    store<f32>(out, <f32>(1 - p));
    store<f32>(out, <f32>p, 4);
    return;
  }
  const sum =
    decision == SOFTMAX ? exponentials(scores, classes) :
    decision == ONE_VERSUS_REST ? sigmoids(scores, classes) :
    shares(scores, classes, decision == CLIPPED);
  for (let k: usize = 0; k < classes; k++) store<f32>(out + (k << 2), <f32>(load<f64>(scores + (k << 3)) / sum));
}

/** Replaces scores by e^(score - largest score) and returns their sum. */
function exponentials(scores: usize, outputs: usize): f64 {
  const largest = largestOf(scores, outputs);
  let sum: f64 = 0;
  for (let o: usize = 0; o < outputs; o++) {
    const e = exp(load<f64>(scores + (o << 3)) - largest);
    store<f64>(scores + (o << 3), e);
    sum += e;
  }
  return sum;
}

/** Replaces scores by 1 / (1 + e^-score), or numbers in proportion to that, and returns their sum. */
function sigmoids(scores: usize, outputs: usize): f64 {
  // Down there 1 / (1 + e^-s) is e^s, and e^(s - largest) does not underflow.
  if (largestOf(scores, outputs) < -40) return exponentials(scores, outputs);
  let sum: f64 = 0;
  for (let o: usize = 0; o < outputs; o++) {
    const p = 1 / (1 + exp(-load<f64>(scores + (o << 3))));
    store<f64>(scores + (o << 3), p);
    sum += p;
  }
  return sum;
}

/** Clips scores, if they are to be, and returns their sum; where that is 0 replaces all by 1. */
function shares(scores: usize, outputs: usize, clip: bool): f64 {
  let sum: f64 = 0;
  for (let o: usize = 0; o < outputs; o++) {
    if (clip) store<f64>(scores + (o << 3), clipped(load<f64>(scores + (o << 3))));
    sum += load<f64>(scores + (o << 3));
  }
  if (sum != 0) return sum;
  for (let o: usize = 0; o < outputs; o++) store<f64>(scores + (o << 3), 1);
  return <f64>outputs;
}

function clipped(score: f64): f64 {
  return (min<f64>(1, max<f64>(-1, score)) + 1) / 2;
}

function largestOf(scores: usize, outputs: usize): f64 {
  let largest = load<f64>(scores);
  for (let o: usize = 1; o < outputs; o++) largest = max(largest, load<f64>(scores + (o << 3)));
  return largest;
}
