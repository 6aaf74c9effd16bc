/**
 * Which trees dart drops out in a round, and what each then weighs (Rashmi & Gilad-Bachrach, "DART: Dropouts meet
 * Multiple Additive Regression Trees", 2015). Draws as xgboost does, from the stream that rows and features are drawn from.
 */
import type { RandomState } from '@pgml/kernels';
import type { XgboostParameters } from './parameters.js';
import { below, uniform } from './sampling.js';

type DropoutParameters = Pick<
  XgboostParameters,
  'rate_drop' | 'skip_drop' | 'one_drop' | 'sample_type' | 'normalize_type'
>;

export class Dropout {
  readonly #parameters: DropoutParameters;
  readonly #random: RandomState;
  #dropped = new Set<number>();
  /** What each tree's leaves are multiplied by. */
  readonly weights: number[] = [];

  constructor(parameters: DropoutParameters, random: RandomState) {
    this.#parameters = parameters;
    this.#random = random;
  }

  isDropped(tree: number): boolean {
    return this.#dropped.has(tree);
  }

  /** Chooses what the next round is fitted without. */
  drop(): void {
    const { rate_drop, skip_drop, one_drop, sample_type } = this.#parameters;
    const { weights } = this;
    this.#dropped = new Set();
    if (skip_drop > 0 && uniform(this.#random) < Math.fround(skip_drop)) return;
    const sum = weights.reduce((total, weight) => Math.fround(total + weight), 0);
    weights.forEach((weight, tree) => {
      const rate = sample_type === 'uniform' ? rate_drop : (rate_drop * weights.length * weight) / sum;
      if (uniform(this.#random) < Math.fround(rate)) this.#dropped.add(tree);
    });
    if (Number(one_drop) === 1 && this.#dropped.size === 0 && weights.length > 0) this.#dropped.add(this.#one(sum));
  }

  /** The round has grown `count` trees. */
  add(count: number, learningRate: number): void {
    const { normalize_type } = this.#parameters;
    const rate = learningRate / count;
    const dropped = this.#dropped.size;
    const grown = dropped === 0 ? 1 : normalize_type === 'forest' ? 1 / (1 + rate) : 1 / (dropped + rate);
    const factor = normalize_type === 'forest' ? grown : grown * dropped;
    for (const tree of this.#dropped) this.weights[tree] = Math.fround(this.weights[tree] * Math.fround(factor));
    for (let tree = 0; tree < count; tree++) this.weights.push(Math.fround(grown));
  }

  #one(sum: number): number {
    if (this.#parameters.sample_type === 'uniform') return below(this.#random, this.weights.length);
    if (this.weights.length === 1) return 0;
    let left = uniform(this.#random) * sum;
    const tree = this.weights.findIndex((weight) => (left -= weight) < 0);
    return tree < 0 ? this.weights.length - 1 : tree;
  }
}
