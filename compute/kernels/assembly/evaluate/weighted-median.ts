/** The smallest score for which the weights of the scores up to it are at least half of all weights. */
export function weightedMedian(scores: usize, count: u32, weights: usize): f64 {
  const end: usize = <usize>count << 3;
  let above = load<f64>(scores);
  let half: f64 = 0;
  for (let i: usize = 0; i < end; i += 8) {
    half += load<f64>(weights + i);
    above = max(above, load<f64>(scores + i));
  }
  half /= 2;
  // The answer lies above `below`, and is at most `above`. The middle one, by place, of those between comes closer.
  let below: f64 = -Infinity;
  for (let left = countBetween(scores, end, below, above); left > 0; left = countBetween(scores, end, below, above)) {
    const pivot = nthBetween(scores, end, below, above, left >>> 1);
    let sum: f64 = 0;
    for (let i: usize = 0; i < end; i += 8) if (load<f64>(scores + i) <= pivot) sum += load<f64>(weights + i);
    if (sum >= half) above = pivot;
    else below = pivot;
  }
  return above;
}

function countBetween(scores: usize, end: usize, below: f64, above: f64): u32 {
  let count: u32 = 0;
  for (let i: usize = 0; i < end; i += 8) {
    const score = load<f64>(scores + i);
    count += <u32>(score > below) & <u32>(score < above);
  }
  return count;
}

function nthBetween(scores: usize, end: usize, below: f64, above: f64, n: u32): f64 {
  let i: usize = 0;
  for (; i < end; i += 8) {
    const score = load<f64>(scores + i);
    if (score > below && score < above && n-- == 0) break;
  }
  return load<f64>(scores + i);
}
