/** Models that put a row into the cluster of the nearest training row: for clusters of any shape. */
import type { Fitted } from '../estimator.js';
import { neighbourWords, type SearchOptions } from './kd-tree.js';

/** What rows without a cluster are labelled and answered with. */
export const NOISE = -1;
const UNIFORM = 0;

/**
 * `labels` are clusters from 0 or NOISE, by row of `values` (f32[rows][features]); the rows numbered `kept` can be a nearest
 * row, all unless given. A row with none of them within the radius of `options` is NOISE.
 */
export function nearestRowBlock(
  values: Float32Array,
  features: number,
  labels: Int32Array,
  clusters: number,
  options: SearchOptions,
  kept: ArrayLike<number> = { length: labels.length },
): Pick<Fitted, 'block' | 'clusters'> {
  // A block needs a row; where there is no cluster it stands for noise.
  const count = Math.max(1, kept.length);
  const rows = new Float32Array(count * features);
  const numbers = new Float64Array(2 + count);
  numbers[0] = UNIFORM;
  numbers[1] = clusters;
  for (let index = 0; index < count; index++) {
    const row = kept[index] ?? index;
    rows.set(values.subarray(row * features, (row + 1) * features), index * features);
    numbers[2 + index] = labels[row] === NOISE ? clusters : labels[row];
  }
  return {
    block: {
      kind: 'neighbours',
      outputs: 2,
      decision: 'neighbourVote',
      classes: clusters + 1,
      words: neighbourWords(rows, features, 1, options),
      decisionNumbers: numbers,
    },
    clusters: [...Array.from({ length: clusters }, (_, cluster) => cluster), NOISE],
  };
}
