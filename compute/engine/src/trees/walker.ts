/** Adds grown trees to the margins of rows by walking down them. */
import type { FitContext, TrainingData } from '../estimator.js';
import { Dispatch } from './dispatch.js';
import { chainedTree } from './layout.js';
import { pieces } from './stretch.js';
import type { DecisionTree } from './tree.js';

/** A tree laid out for walking. Addresses are in kernel memory. */
export interface PlacedTree {
  readonly nodes: number;
  readonly sets: number;
}

/** Rows whose margins are wanted. */
export class TreeWalker {
  readonly #rows: number;
  readonly #columns: number;
  readonly #dispatch: Dispatch;

  constructor(data: TrainingData, { kernels, team }: Pick<FitContext, 'kernels' | 'team'>) {
    const { rows, features } = data;
    this.#rows = rows;
    this.#dispatch = new Dispatch(kernels, team);
    this.#columns = kernels.allocate(4 * features);
    kernels
      .u32(this.#columns, features)
      .set(Array.from({ length: features }, (_, feature) => data.columnPointer(feature)));
  }

  /** Adds to each row's margin (f32[rows]) `scale` times the value of the leaf that it falls into. */
  add({ nodes, sets }: PlacedTree, margins: number, scale: number): void {
    const calls = pieces({ from: 0, to: this.#rows }).map(({ from, to }) => [
      ...[nodes, sets, this.#columns, margins, from, to, scale],
    ]);
    this.#dispatch.run('addTree', calls, 8 * this.#rows);
  }
}

/** Lays a tree out in kernel memory, 16 bytes for each node. */
export function placeTree(tree: DecisionTree, { kernels }: Pick<FitContext, 'kernels'>): PlacedTree {
  const { nodes, sets } = chainedTree(tree);
  const place = (words: Uint32Array): number => {
    const pointer = kernels.allocate(words.byteLength);
    kernels.u32(pointer, words.length).set(words);
    return pointer;
  };
  return { nodes: place(nodes), sets: place(sets) };
}
