// Answers from a two-class model for each pair of classes. Scores stand in the order of the pairs (0,1), (0,2) … (0,K-1),
// (1,2) …; a score above 0 speaks for the first class of its pair, others for the second.
//
// Probabilities (decision 10): `numbers` is f64[pairs][2], A and B of r = 1 / (1 + e^(A s + B)), which is the probability
// of the pair's first class, kept between 1e-7 and 1 - 1e-7. From them come the probabilities of all classes by the second
// method of Wu, Lin and Weng, "Probability estimates for multi-class classification by pairwise coupling" (2004), stopped
// as libsvm stops it. For that the row's outputs have room for 2 K more numbers behind the scores when K > 2.
import { exp } from '../math';

/** The number of the pair a < b. */
// @ts-ignore: decorator
@inline
function pairOf(a: usize, b: usize, classes: usize): usize {
  return a * classes - ((a * (a + 1)) >> 1) + b - a - 1;
}

/** The class that wins most of its pairs, the first of equals. */
export function mostVotes(scores: usize, classes: u32): u32 {
  let best: u32 = 0;
  let most: u32 = 0;
  for (let c: u32 = 0; c < classes; c++) {
    let votes: u32 = 0;
    for (let other: u32 = 0; other < classes; other++) {
      if (other < c) votes += <u32>!(load<f64>(scores + (pairOf(other, c, classes) << 3)) > 0);
      if (other > c) votes += <u32>(load<f64>(scores + (pairOf(c, other, classes) << 3)) > 0);
    }
    if (votes > most) {
      most = votes;
      best = c;
    }
  }
  return best;
}

/** The probability of class a against class b, from those of the pairs' first classes. */
function against(firsts: usize, a: usize, b: usize, classes: usize): f64 {
  if (a < b) return load<f64>(firsts + (pairOf(a, b, classes) << 3));
  return 1 - load<f64>(firsts + (pairOf(b, a, classes) << 3));
}

export function coupledProbabilities(scores: usize, classes: u32, numbers: usize, out: usize): void {
  const pairs: usize = (classes * (classes - 1)) >>> 1;
  for (let pair: usize = 0; pair < pairs; pair++) {
    const slope = load<f64>(numbers + (pair << 4));
    const shift = load<f64>(numbers + (pair << 4), 8);
    const r = 1 / (1 + exp(slope * load<f64>(scores + (pair << 3)) + shift));
    store<f64>(scores + (pair << 3), min<f64>(1 - 1e-7, max<f64>(1e-7, r)));
  }
  if (classes == 2) {
    const r = load<f64>(scores);
    store<f32>(out, <f32>r);
    store<f32>(out, <f32>(1 - r), 4);
    return;
  }
  const p = scores + (pairs << 3);
  couple(scores, classes, p, p + (<usize>classes << 3));
  for (let c: usize = 0; c < <usize>classes; c++) store<f32>(out + (c << 2), <f32>load<f64>(p + (c << 3)));
}

/** Algorithm 2 of the paper: p is found where Q p is the same for all classes. Q_tt = sum of r_jt², Q_tj = -r_jt r_tj. */
function couple(firsts: usize, classes: usize, p: usize, products: usize): void {
  const end = classes << 3;
  for (let t: usize = 0; t < end; t += 8) store<f64>(p + t, 1 / <f64>classes);
  const tolerance = 0.005 / <f64>classes;
  const rounds = max<usize>(100, classes);
  for (let round: usize = 0; round < rounds; round++) {
    let total: f64 = 0;
    for (let t: usize = 0; t < classes; t++) {
      let product: f64 = 0;
      for (let j: usize = 0; j < classes; j++) product += element(firsts, t, j, classes) * load<f64>(p + (j << 3));
      store<f64>(products + (t << 3), product);
      total += load<f64>(p + (t << 3)) * product;
    }
    let largest: f64 = 0;
    for (let t: usize = 0; t < end; t += 8) largest = max(largest, abs(load<f64>(products + t) - total));
    if (largest < tolerance) return;
    for (let t: usize = 0; t < classes; t++) {
      const diagonal = element(firsts, t, t, classes);
      const step = (total - load<f64>(products + (t << 3))) / diagonal;
      store<f64>(p + (t << 3), load<f64>(p + (t << 3)) + step);
      total = (total + step * (step * diagonal + 2 * load<f64>(products + (t << 3)))) / (1 + step) / (1 + step);
      for (let j: usize = 0; j < classes; j++) {
        const product = load<f64>(products + (j << 3)) + step * element(firsts, t, j, classes);
        store<f64>(products + (j << 3), product / (1 + step));
        store<f64>(p + (j << 3), load<f64>(p + (j << 3)) / (1 + step));
      }
    }
  }
}

function element(firsts: usize, t: usize, j: usize, classes: usize): f64 {
  if (t != j) return -against(firsts, j, t, classes) * against(firsts, t, j, classes);
  let sum: f64 = 0;
  for (let other: usize = 0; other < classes; other++) {
    if (other == t) continue;
    const r = against(firsts, other, t, classes);
    sum += r * r;
  }
  return sum;
}
