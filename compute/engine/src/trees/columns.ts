/** Which features a tree, a level, a node may split on: each a random part of the one before (colsample_*). */
import type { RandomState } from '@pgml/kernels';

export interface ColumnFractions {
  readonly tree: number;
  readonly level: number;
  readonly node: number;
}

/** The features for one tree. Made anew for each tree; draws in the order in which nodes are asked for. */
export class ColumnSampler {
  readonly #fractions: ColumnFractions;
  readonly #random: RandomState;
  readonly #ofTree: Uint32Array;
  readonly #ofLevel = new Map<number, Uint32Array>();

  constructor(features: number, fractions: ColumnFractions, random: RandomState) {
    this.#fractions = fractions;
    this.#random = random;
    this.#ofTree = this.#draw(
      Uint32Array.from({ length: features }, (_, feature) => feature),
      fractions.tree,
    );
  }

  /** Ascending feature numbers for a node `depth` splits below the root, at least one. */
  forNode(depth: number): Uint32Array {
    let ofLevel = this.#ofLevel.get(depth);
    if (!ofLevel) this.#ofLevel.set(depth, (ofLevel = this.#draw(this.#ofTree, this.#fractions.level)));
    return this.#draw(ofLevel, this.#fractions.node);
  }

  #draw(from: Uint32Array, fraction: number): Uint32Array {
    if (fraction >= 1) return from;
    const count = Math.max(1, Math.floor(fraction * from.length));
    return this.#random
      .choice(from.length, count)
      .map((index) => from[index])
      .sort();
  }
}
