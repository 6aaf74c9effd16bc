// Answers from the nearest training rows. Scores are f64[k] distances, ascending, then f64[k] numbers of rows, -1 where
// there are fewer neighbours. A neighbour's weight is 1 (mode 0), or 1 / its distance (mode 1) unless there are neighbours
// at distance 0: then theirs is 1, and that of others 0.
//
//   numbers of the decision 13: mode, then the target of each row
//           of the decision 14: mode, the class where there is no neighbour (-1: none), then the class of each row

// @ts-ignore: decorator
@inline
function rowAt(scores: usize, k: u32, i: u32): f64 {
  return load<f64>(scores + (<usize>(k + i) << 3));
}

/** The weight of neighbour i. The nearest is the first. */
function weightOf(scores: usize, i: u32, mode: f64): f64 {
  const distance = load<f64>(scores + (<usize>i << 3));
  if (mode == 0) return 1;
  if (load<f64>(scores) == 0) return distance == 0 ? 1 : 0;
  return 1 / distance;
}

/** NaN without any neighbour. */
export function neighbourMean(scores: usize, k: u32, numbers: usize): f64 {
  const mode = load<f64>(numbers);
  let sum: f64 = 0;
  let weights: f64 = 0;
  for (let i: u32 = 0; i < k && rowAt(scores, k, i) >= 0; i++) {
    const weight = weightOf(scores, i, mode);
    sum += weight * load<f64>(numbers + (<usize>rowAt(scores, k, i) << 3), 8);
    weights += weight;
  }
  return sum / weights;
}

/** The sum of the weights of neighbours in a class. */
function votesOf(scores: usize, k: u32, c: u32, numbers: usize): f64 {
  const mode = load<f64>(numbers);
  let votes: f64 = 0;
  for (let i: u32 = 0; i < k && rowAt(scores, k, i) >= 0; i++)
    if (load<f64>(numbers + (<usize>rowAt(scores, k, i) << 3), 16) == <f64>c) votes += weightOf(scores, i, mode);
  return votes;
}

export function neighbourVote(scores: usize, k: u32, classes: u32, numbers: usize): u32 {
  if (rowAt(scores, k, 0) < 0) return <u32>max<f64>(0, load<f64>(numbers, 8));
  let best: u32 = 0;
  let most: f64 = 0;
  for (let c: u32 = 0; c < classes; c++) {
    const votes = votesOf(scores, k, c, numbers);
    if (votes > most) {
      most = votes;
      best = c;
    }
  }
  return best;
}

/** Without any neighbour: 1 for the class that is said for this, or 0 for all if none is. */
export function neighbourProbabilities(scores: usize, k: u32, classes: u32, numbers: usize, out: usize): void {
  const none = rowAt(scores, k, 0) < 0;
  const mode = load<f64>(numbers);
  let sum: f64 = 0;
  for (let i: u32 = 0; i < k && rowAt(scores, k, i) >= 0; i++) sum += weightOf(scores, i, mode);
  for (let c: u32 = 0; c < classes; c++) {
    const p = none ? <f64>(load<f64>(numbers, 8) == <f64>c) : votesOf(scores, k, c, numbers) / sum;
    store<f32>(out + (<usize>c << 2), <f32>p);
  }
}
