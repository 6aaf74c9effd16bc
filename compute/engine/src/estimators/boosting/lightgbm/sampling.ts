/** Which rows a round learns from. */
import type { Kernels, RandomState } from '@pgml/kernels';
import type { TrainingData } from '../../../estimator.js';
import type { LightgbmParameters } from './parameters.js';

/** Row numbers, ascending; undefined: all. May change the gradients of the rows. */
export type RowSampler = (round: number, gradients: number, outputs: number) => Uint32Array | undefined;

export function chooseSampler(
  parameters: LightgbmParameters,
  data: Pick<TrainingData, 'rows' | 'target' | 'classes'>,
  random: RandomState,
  kernels: Kernels,
): RowSampler {
  if (parameters.data_sample_strategy === 'goss' || parameters.boosting_type === 'goss')
    return oneSideSampler(parameters, data.rows, random, kernels);
  const { subsample, subsample_freq: every, pos_bagging_fraction: one, neg_bagging_fraction: other } = parameters;
  const byClass = data.classes === 2 && (one < 1 || other < 1);
  if (every <= 0 || (subsample >= 1 && !byClass)) return () => undefined;
  let current: Uint32Array | undefined;
  return (round) => {
    if (!current || round % every === 0)
      current = byClass
        ? someOf(data.rows, random, (row) => (data.target[row] === 1 ? one : other))
        : random.choice(data.rows, Math.max(1, Math.trunc(subsample * data.rows))).sort();
    return current;
  };
}

function someOf(rows: number, random: RandomState, part: (row: number) => number): Uint32Array {
  const chosen: number[] = [];
  for (let row = 0; row < rows; row++) if (random.double() < part(row)) chosen.push(row);
  return Uint32Array.from(chosen.length > 0 ? chosen : [0]);
}

/**
 * Gradient-based one-side sampling: the rows with the largest gradients, and some of the others, which count for all of
 * them. Begins when the first 1 / learning rate rounds are over.
 */
function oneSideSampler(
  { top_rate: top, other_rate: other, learning_rate: rate }: LightgbmParameters,
  rows: number,
  random: RandomState,
  kernels: Kernels,
): RowSampler {
  const topRows = Math.max(1, Math.trunc(rows * top));
  const otherRows = Math.max(1, Math.trunc(rows * other));
  return (round, gradients, outputs) => {
    if (round < Math.trunc(1 / rate) || topRows + otherRows >= rows) return undefined;
    const pairs = kernels.f32(gradients, 2 * rows * outputs);
    const size = new Float32Array(rows);
    for (let output = 0; output < outputs; output++)
      for (let row = 0; row < rows; row++) {
        const pair = 2 * (output * rows + row);
        size[row] += Math.abs(pairs[pair] * pairs[pair + 1]);
      }
    const limit = size.slice().sort()[rows - topRows];
    const factor = (rows - topRows) / otherRows;
    const chosen: number[] = [];
    let largeLeft = topRows;
    let smallLeft = rows - topRows;
    let wanted = otherRows;
    for (let row = 0; row < rows; row++) {
      if (size[row] >= limit && largeLeft > 0) {
        largeLeft--;
        chosen.push(row);
        continue;
      }
      // Each of the rows left has the same chance of being among those still wanted.
      if (random.double() * smallLeft < wanted) {
        wanted--;
        chosen.push(row);
        for (let output = 0; output < outputs; output++) {
          const pair = 2 * (output * rows + row);
          pairs[pair] *= factor;
          pairs[pair + 1] *= factor;
        }
      }
      smallLeft--;
    }
    return Uint32Array.from(chosen);
  };
}
