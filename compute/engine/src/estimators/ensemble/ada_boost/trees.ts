/** Trees of AdaBoost, grown one after another over the same table. */
import { RandomState } from '@pgml/kernels';
import type { FitContext, TrainingData } from '../../../estimator.js';
import { ExactGrower, firstDraw, type Grown, growOne, SEED_LIMIT } from '../../../trees/cart/grower.js';
import { type Criterion, fullGrowth, growthRule } from '../../../trees/cart/rule.js';
import { rankTable } from '../../../trees/cart/table.js';
import { placeTargets } from '../../../trees/cart/targets.js';
import { pairwiseSum } from '../../../algebra/pairwise-sum.js';

/** Weights below this are lifted to it, unless they were 0 from the beginning. */
const LEAST_WEIGHT = 2 ** -52;

export class TreeSequence {
  readonly random: RandomState;
  readonly #grower: ExactGrower;

  constructor(
    data: TrainingData,
    { criterion, depth, random_state }: { criterion: Criterion; depth: number; random_state: number | null },
    context: FitContext,
  ) {
    this.random = new RandomState(random_state ?? context.seed);
    const rule = growthRule({ ...fullGrowth, criterion, max_depth: depth }, data);
    const table = rankTable(data, context);
    const targets = placeTargets(data, context.kernels);
    this.#grower = new ExactGrower({ table, rule, outputs: Math.max(1, data.classes), targets, trees: 1 }, context);
  }

  /** The seed of the next tree's splits. */
  nextSeed(): number {
    return firstDraw(this.random.integer(0, SEED_LIMIT));
  }

  grow(
    seed: number,
    weights: ArrayLike<number>,
    ordered: boolean,
    checkpoint: () => void,
    samples?: Uint32Array,
  ): Grown {
    return growOne(this.#grower, { seed, weights, samples, ordered }, checkpoint);
  }
}

/** What rows count at the beginning, summing to 1. */
export function firstWeights({ rows, weights }: TrainingData): Float64Array {
  return scaleToOne(weights ? Float64Array.from(weights) : new Float64Array(rows).fill(1));
}

/** In place, so that they sum to 1. */
export function scaleToOne(weights: Float64Array): Float64Array {
  const sum = pairwiseSum(weights);
  for (let row = 0; row < weights.length; row++) weights[row] /= sum;
  return weights;
}

/** In place: no weight so small that it could vanish; `given` are those of the beginning. */
export function liftWeights(weights: Float64Array, given: Float32Array | undefined): void {
  for (let row = 0; row < weights.length; row++)
    if (weights[row] < LEAST_WEIGHT) weights[row] = given?.[row] === 0 ? 0 : LEAST_WEIGHT;
}
