/**
 * rank:pairwise, rank:ndcg and rank:map: LambdaMART (Burges, "From RankNet to LambdaRank to LambdaMART: An Overview",
 * 2010) with one random partner for each row, drawn as xgboost draws it in one thread.
 */
import { exp, log } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';
import { MinimalStandard } from './minimal-standard.js';
import type { Objective } from './objective.js';
import type { XgboostParameters } from './parameters.js';

type Data = Pick<TrainingData, 'rows' | 'target' | 'groups' | 'weights'>;

/** Rows that are ranked among themselves. */
export interface Group {
  readonly rows: Uint32Array;
  readonly weight: number;
}

/** A row that should stand above another, both by their places in the present ranking. */
interface Pair {
  readonly above: number;
  readonly below: number;
}

/** How much the metric changes when two rows of a ranking change places. */
type Importance = (above: number, below: number) => number;

/** The rows of each group, groups by their number; one group where there are none. Throws FitError for unequal weights. */
export function groupsOf({ rows, groups, weights }: Data): Group[] {
  const lists: number[][] = [];
  for (let row = 0; row < rows; row++) (lists[groups ? groups[row] : 0] ??= []).push(row);
  return lists
    .filter((list) => list.length > 0)
    .map((list) => {
      const weight = weights ? weights[list[0]] : 1;
      if (weights && list.some((row) => weights[row] !== weight))
        throw new FitError(
          'rows of one group have different weights',
          'When ranking it is groups that have weights: give all rows of a group the same.',
        );
      return { rows: Uint32Array.from(list), weight };
    });
}

export function rankingObjective(
  name: string,
  { num_pairsample, fix_list_weight }: XgboostParameters,
  data: Data,
  baseMargin: number,
): Objective {
  const { rows, target } = data;
  if (name === 'rank:ndcg') checkRelevance(target);
  const groups = groupsOf(data);
  const factor = groups.length / groups.reduce((sum, { weight }) => sum + weight, 0);
  return {
    name,
    outputs: 1,
    decision: 'value',
    baseMargin,
    metric: name === 'rank:ndcg' ? 'ndcg' : 'map',
    constantHessian: false,
    weighed: true,
    setGradients: (arrays, { kernels }, round) => {
      const margins = kernels.f32(arrays.margins, rows);
      const pairs = kernels.f32(arrays.gradients, 2 * rows).fill(0);
      const random = new MinimalStandard((round + 1) * 1111);
      for (const { rows: group, weight } of groups) {
        const ranking = group.toSorted((a, b) => margins[b] - margins[a]);
        const importance = importanceOf(name, ranking, target);
        let scale = Math.fround((weight * factor) / num_pairsample);
        if (fix_list_weight !== 0) scale = Math.fround((scale * fix_list_weight) / group.length);
        for (const { above, below } of drawPairs(ranking, target, num_pairsample, random)) {
          const [better, worse] = [ranking[above], ranking[below]];
          const weighed = Math.fround(scale * importance(above, below));
          const p = Math.fround(1 / (1 + exp(Math.fround(margins[worse] - margins[better]))));
          const gradient = Math.fround((p - 1) * weighed);
          const hessian = Math.fround(2 * weighed * Math.max(p * (1 - p), 1e-16));
          pairs[2 * better] += gradient;
          pairs[2 * better + 1] += hessian;
          pairs[2 * worse] -= gradient;
          pairs[2 * worse + 1] += hessian;
        }
      }
    },
  };
}

function checkRelevance(target: Float32Array): void {
  const wrong = target.find((value) => !(Number.isInteger(value) && value >= 0 && value <= 31));
  if (wrong !== undefined)
    throw new FitError(
      `objective rank:ndcg: targets must be grades 0, 1 … 31, but ${wrong} was given`,
      'Use rank:pairwise, which only compares targets.',
    );
}

/** For each row a partner with another target, at random: the rows of each target, largest first, are served in turn. */
function* drawPairs(
  ranking: Uint32Array,
  target: Float32Array,
  samples: number,
  random: MinimalStandard,
): Generator<Pair, void, void> {
  const byTarget = Uint32Array.from(ranking, (_, place) => place).sort(
    (a, b) => target[ranking[b]] - target[ranking[a]] || a - b,
  );
  const targetAt = (index: number) => target[ranking[byTarget[index]]];
  const { length } = byTarget;
  for (let from = 0, to = 0; from < length; from = to) {
    while (to < length && targetAt(to) === targetAt(from)) to++;
    const others = from + length - to;
    if (others === 0) return;
    for (let sample = 0; sample < samples; sample++)
      for (let index = from; index < to; index++) {
        const other = random.below(others);
        if (other < from) yield { above: byTarget[other], below: byTarget[index] };
        else yield { above: byTarget[index], below: byTarget[other + to - from] };
      }
  }
}

function importanceOf(name: string, ranking: Uint32Array, target: Float32Array): Importance {
  if (name === 'rank:ndcg') return discountedGain(ranking, target);
  if (name === 'rank:map') return averagePrecision(ranking, target);
  return () => 1;
}

/** The change of the normalized discounted cumulative gain (Järvelin & Kekäläinen 2002), with gains 2^grade - 1. */
function discountedGain(ranking: Uint32Array, target: Float32Array): Importance {
  const gain = (place: number) => 2 ** target[ranking[place]] - 1;
  const ideal = Float32Array.from(ranking, (row) => target[row])
    .sort()
    .reverse()
    .reduce((sum, grade, place) => sum + (2 ** grade - 1) * discount(place), 0);
  if (ideal === 0) return () => 0;
  return (above, below) => Math.abs(((gain(above) - gain(below)) * (discount(above) - discount(below))) / ideal);
}

/** What a place in a ranking counts, from 0. */
export const discount = (place: number): number => Math.LN2 / log(place + 2);

/** The change of the average precision; targets above 0 are relevant. */
function averagePrecision(ranking: Uint32Array, target: Float32Array): Importance {
  const { length } = ranking;
  const relevant = (place: number) => target[ranking[place]] > 0;
  // Up to each place: relevant rows, and the sum of precisions at them, were there one fewer or one more before.
  const hits = new Float32Array(length + 1);
  const sums = [0, -1, 1].map((more) => {
    const sum = new Float32Array(length + 1);
    for (let place = 0; place < length; place++) {
      hits[place + 1] = hits[place] + Number(relevant(place));
      sum[place + 1] = sum[place] + (relevant(place) ? (hits[place + 1] + more) / (place + 1) : 0);
    }
    return sum;
  });
  const [precision, fewer, more] = sums;
  return (above, below) => {
    const [first, second] = above < below ? [above, below] : [below, above];
    if (hits[length] === 0 || relevant(first) === relevant(second)) return 0;
    const before = precision[second + 1] - precision[first];
    const after = relevant(second)
      ? more[second] - more[first + 1] + (hits[first + 1] + 1) / (first + 1)
      : fewer[second] - fewer[first + 1] + hits[second + 1] / (second + 1);
    return Math.abs((after - before) / hits[length]);
  };
}
