/** Trees that are dropped while a new one is learned: Rashmi & Gilad-Bachrach, "DART: Dropouts meet MART", 2015. */
import type { RandomState } from '@pgml/kernels';
import type { LightgbmParameters } from './parameters.js';

/** The weights of the rounds so far, and what dropping does to them. */
export class Dropping {
  readonly #parameters: LightgbmParameters;
  readonly #random: RandomState;
  readonly #weights: number[] = [];

  constructor(parameters: LightgbmParameters, random: RandomState) {
    this.#parameters = parameters;
    this.#random = random;
  }

  /** The rounds to drop, ascending. */
  choose(): number[] {
    const { drop_rate: rate, max_drop: most, skip_drop: skip, uniform_drop: uniform } = this.#parameters;
    const random = this.#random;
    if (random.double() < skip) return [];
    const rounds = this.#weights.length;
    const sum = this.#weights.reduce((a, b) => a + b, 0);
    const limit = most > 0 ? most : Infinity;
    const usual = Math.min(rate, limit / rounds);
    const dropped: number[] = [];
    for (let round = 0; round < rounds && dropped.length < limit; round++) {
      const chance = uniform ? usual : (usual * this.#weights[round] * rounds) / sum;
      if (random.double() < chance) dropped.push(round);
    }
    return dropped;
  }

  /** What the new trees are multiplied by. */
  rateOfNew(dropped: number): number {
    const { learning_rate: rate, xgboost_dart_mode: asXgboost } = this.#parameters;
    if (asXgboost) return dropped === 0 ? rate : rate / (rate + dropped);
    return rate / (1 + dropped);
  }

  /** What the dropped trees are multiplied by when they come back. */
  rateOfDropped(dropped: number): number {
    const { learning_rate: rate, xgboost_dart_mode: asXgboost } = this.#parameters;
    return dropped / (dropped + (asXgboost ? rate : 1));
  }

  /** To be called after each round. */
  add(dropped: readonly number[]): void {
    for (const round of dropped) this.#weights[round] *= this.rateOfDropped(dropped.length);
    this.#weights.push(this.rateOfNew(dropped.length));
  }
}
