// How scores become what SQL answers. `decision` is word 3 of the block.
//
//   0 value      the first score itself (regression)
//   1 logistic   one score, two classes; class 1 if the score is above 0; probabilities 1-p, p with p = 1/(1+e^-s)
//   2 softmax    one score per class; the largest wins, the first of equals; probabilities e^s / sum
//   3 largest    as softmax, but the scores say nothing about probabilities
//   4 smallest   one score per class; the smallest wins, the first of equals (distances)
//   5 one versus rest   one score per class, each from its own two-class model; the largest wins, the first of equals;
//                       probabilities 1/(1+e^-s), divided by their sum
import { exp } from '../math';
import { at, word } from './block';

export const VALUE: u32 = 0;
export const LOGISTIC: u32 = 1;
export const SOFTMAX: u32 = 2;
export const LARGEST: u32 = 3;
export const SMALLEST: u32 = 4;
export const ONE_VERSUS_REST: u32 = 5;

/** The answer for one row, from its scores. */
export function decide(model: usize, scores: usize): f32 {
  const decision = word(model, 3);
  if (decision == VALUE) return <f32>load<f64>(scores);
  const values = at(model, 5);
  if (decision == LOGISTIC) return load<f32>(values + (load<f64>(scores) > 0 ? 4 : 0));
  const outputs: usize = word(model, 2);
  let best: usize = 0;
  for (let o: usize = 1; o < outputs; o++) {
    const score = load<f64>(scores + (o << 3));
    const leader = load<f64>(scores + (best << 3));
    if (decision == SMALLEST ? score < leader : score > leader) best = o;
  }
  return load<f32>(values + (best << 2));
}

/** Writes f32[classes] probabilities for one row, using up its scores; decisions 1, 2 and 5 only. */
export function probabilities(model: usize, scores: usize, out: usize): void {
  const decision = word(model, 3);
  if (decision == LOGISTIC) {
    const p = 1 / (1 + exp(-load<f64>(scores)));
    store<f32>(out, <f32>(1 - p));
    store<f32>(out, <f32>p, 4);
    return;
  }
  const outputs: usize = word(model, 2);
  const sum = decision == SOFTMAX ? exponentials(scores, outputs) : sigmoids(scores, outputs);
  for (let o: usize = 0; o < outputs; o++) store<f32>(out + (o << 2), <f32>(load<f64>(scores + (o << 3)) / sum));
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

function largestOf(scores: usize, outputs: usize): f64 {
  let largest = load<f64>(scores);
  for (let o: usize = 1; o < outputs; o++) largest = max(largest, load<f64>(scores + (o << 3)));
  return largest;
}
