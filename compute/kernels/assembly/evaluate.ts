// The evaluators: every fitted model runs through these functions on every host.
// `rows` is f32[count][features], row-major. `scratch` holds f64[min(count, 64)][outputs].
import { KIND_CENTROIDS, KIND_JOINT, KIND_KERNEL, KIND_LINEAR, KIND_NEIGHBOURS, word } from './evaluate/block';
import { centroidScores } from './evaluate/centroids';
import { decide, probabilities } from './evaluate/decision';
import { jointScores } from './evaluate/joint';
import { kernelScores } from './evaluate/kernel';
import { linearScores } from './evaluate/linear';
import { neighbourScores } from './evaluate/neighbours';
import { treeScores } from './evaluate/trees';

export { check } from './evaluate/check';

const BLOCK: usize = 64;

/** Writes f64[count][outputs]: the value of a regression, margins, distances. */
export function scores(model: usize, rows: usize, count: usize, out: usize): void {
  const kind = word(model, 0);
  if (kind == KIND_LINEAR) linearScores(model, rows, count, out);
  else if (kind == KIND_CENTROIDS) centroidScores(model, rows, count, out);
  else if (kind == KIND_NEIGHBOURS) neighbourScores(model, rows, count, out);
  else if (kind == KIND_KERNEL) kernelScores(model, rows, count, out);
  else if (kind == KIND_JOINT) jointScores(model, rows, count, out);
  else treeScores(model, rows, count, out);
}

/** Writes f32[count]: the answer of each row. */
export function predict(model: usize, rows: usize, count: usize, out: usize, scratch: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const scoreBytes: usize = <usize>word(model, 2) << 3;
  for (let start: usize = 0; start < count; start += BLOCK) {
    const rowsHere = min(BLOCK, count - start);
    scores(model, rows + start * rowBytes, rowsHere, scratch);
    for (let r: usize = 0; r < rowsHere; r++) store<f32>(out + ((start + r) << 2), decide(model, scratch + r * scoreBytes));
  }
}

/** The answer of one row. */
export function predictRow(model: usize, row: usize, scratch: usize): f32 {
  scores(model, row, 1, scratch);
  return decide(model, scratch);
}

/** Writes f32[count][classes]: probabilities, or the values of a vector. */
export function predictProbabilities(model: usize, rows: usize, count: usize, out: usize, scratch: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const scoreBytes: usize = <usize>word(model, 2) << 3;
  const outBytes: usize = <usize>word(model, 4) << 2;
  for (let start: usize = 0; start < count; start += BLOCK) {
    const rowsHere = min(BLOCK, count - start);
    scores(model, rows + start * rowBytes, rowsHere, scratch);
    for (let r: usize = 0; r < rowsHere; r++)
      probabilities(model, scratch + r * scoreBytes, out + (start + r) * outBytes);
  }
}

/** How many of f32[count] come before the first NaN or infinity: the numbers whose exponent has all bits set. */
export function countFinite(values: usize, count: usize): usize {
  for (let i: usize = 0; i < count; i++) if ((load<u32>(values + (i << 2)) & 0x7f800000) == 0x7f800000) return i;
  return count;
}
