/**
 * Grows regression trees level by level, trying every split of every feature (Chen & Guestrin, "XGBoost: A Scalable Tree
 * Boosting System", 2016, § 3.1), as xgboost's `exact` method does it: thresholds lie half-way between values, splits
 * that gain too little are taken back from the leaves up once the tree is grown.
 *
 * Working memory: 24 bytes for each row and 4 for each value, beside the sorted columns.
 */
import type { Kernels } from '@pgml/kernels';
import type { FitContext, TrainingData } from '../estimator.js';
import type { SortedColumn } from './bins.js';
import { Dispatch } from './dispatch.js';
import type { GrowthRule, TreeTask } from './grower.js';
import { type GrownTree, GrownTreeBuilder } from './grown-tree.js';
import { type Bounds, LeafWeights, type Sums, UNBOUNDED } from './leaf-weights.js';
import { LEAST_GAIN } from './split-search.js';
import { pieces } from './stretch.js';

/** Bytes of the kernels' sorted.ts: of a node, of what a scan keeps and finds for it, and of where its rows go. */
const NODE_BYTES = 32;
const STATE_BYTES = 64;
const MOVE_BYTES = 32;
/** Features whose results are kept at once. */
const FEATURES_AT_ONCE = 16;

interface LevelNode {
  readonly node: GrowingNode;
  readonly features: ReadonlySet<number>;
}

interface GrowingNode {
  readonly sums: Sums;
  readonly bounds: Bounds;
  readonly path: readonly number[];
  /** Where it is split; it is a leaf if nowhere. */
  split?: ExactSplit;
  /** The number of its left child; the right one follows. */
  left: number;
}

interface ExactSplit {
  readonly gain: number;
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
  readonly left: Sums;
  readonly right: Sums;
}

export class ExactGrower {
  readonly #data: TrainingData;
  readonly #columns: readonly SortedColumn[];
  /** By feature: whether to scan from below as well, as where values are missing and others differ. */
  readonly #forward: readonly boolean[];
  /** For each column the address of its values in ascending order. */
  readonly #values: readonly number[];
  readonly #rule: GrowthRule;
  readonly #weights: LeafWeights;
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #ruleWords: number;
  readonly #position: number;
  /** {gradient, hessian, position} of each row, for the scans of a level. */
  readonly #packed: number;
  readonly #leaf: number;

  constructor(
    data: TrainingData,
    columns: readonly SortedColumn[],
    rule: GrowthRule,
    { kernels, team }: Pick<FitContext, 'kernels' | 'team'>,
  ) {
    this.#data = data;
    this.#columns = columns;
    this.#forward = columns.map(({ order, count }, feature) => {
      const column = data.column(feature);
      const rows = kernels.u32(order, count);
      return count > 0 && count < data.rows && column[rows[0]] !== column[rows[count - 1]];
    });
    this.#values = columns.map(({ count }) => kernels.allocate(4 * count));
    this.#rule = rule;
    this.#weights = new LeafWeights(rule);
    this.#kernels = kernels;
    this.#dispatch = new Dispatch(kernels, team);
    this.#dispatch.run(
      'gatherColumn',
      columns.map(({ order, count }, feature) => [order, count, data.columnPointer(feature), this.#values[feature]]),
      data.rows * data.features,
    );
    this.#ruleWords = kernels.allocate(32);
    this.#weights.write(kernels.f64(this.#ruleWords, 4));
    this.#position = kernels.allocate(4 * data.rows);
    this.#leaf = kernels.allocate(4 * data.rows);
    this.#packed = kernels.allocate(16 * data.rows);
  }

  grow(task: TreeTask): GrownTree {
    const { rows } = this.#data;
    this.#kernels.i32(this.#position, rows).fill(0);
    this.#kernels.u32(this.#leaf, rows).fill(0);
    const root: GrowingNode = { sums: this.#sumAll(task.gradients), bounds: UNBOUNDED, path: [], left: -1 };
    const nodes = [root];
    let level = [root];
    for (let depth = 0; level.length > 0 && this.#mayGrow(depth); depth++)
      level = this.#split(level, depth, nodes, task);
    return this.#build(nodes, task);
  }

  #mayGrow(depth: number): boolean {
    return this.#rule.maximumDepth === 0 || depth < this.#rule.maximumDepth;
  }

  #sumAll(gradients: number): Sums {
    const pairs = this.#kernels.f32(gradients, 2 * this.#data.rows);
    let gradient = 0;
    let hessian = 0;
    for (let i = 0; i < pairs.length; i += 2) {
      gradient += pairs[i];
      hessian += pairs[i + 1];
    }
    return { gradient, hessian };
  }

  /** Splits the nodes of a level; appends their children to `nodes` and returns them. */
  #split(level: readonly GrowingNode[], depth: number, nodes: GrowingNode[], task: TreeTask): GrowingNode[] {
    const mark = this.#kernels.mark();
    const { interactions } = this.#rule;
    const features = task.featuresOf(depth);
    const searched = level.map((node) => ({
      node,
      features: new Set(interactions?.allowed(features, node.path) ?? features),
    }));
    this.#search(searched, task);
    const children: GrowingNode[] = [];
    const moves = this.#kernels.allocate(MOVE_BYTES * level.length);
    level.forEach((node, index) => {
      const { split } = node;
      if (!split) return;
      const { feature, threshold, missingLeft } = split;
      const bounds = this.#weights.boundsBelow(split, node.bounds);
      const path = node.path.includes(feature) ? node.path : [...node.path, feature];
      node.left = nodes.length;
      const place = children.length;
      for (const [sums, within] of [
        [split.left, bounds[0]],
        [split.right, bounds[1]],
      ] as const) {
        const child = { sums, bounds: within, path, left: -1 };
        children.push(child);
        nodes.push(child);
      }
      const move = moves + MOVE_BYTES * index;
      this.#kernels.f32(move, 2)[1] = threshold;
      const words = this.#kernels.u32(move, 6);
      words[0] = this.#data.columnPointer(feature);
      words.set([place, place + 1, node.left, Number(missingLeft)], 2);
    });
    const { rows } = this.#data;
    const calls = pieces({ from: 0, to: rows }).map(({ from, to }) => [this.#position, this.#leaf, moves, from, to]);
    this.#dispatch.run('descendRows', calls, 2 * rows);
    this.#kernels.release(mark);
    return children;
  }

  /** Finds the best split of each node of a level. */
  #search(level: readonly LevelNode[], task: TreeTask): void {
    const { features, rows } = this.#data;
    const kernels = this.#kernels;
    this.#dispatch.run(
      'packRows',
      pieces({ from: 0, to: rows }).map(({ from, to }) => [task.gradients, this.#position, this.#packed, from, to]),
      2 * rows,
    );
    const table = kernels.allocate(NODE_BYTES * level.length);
    level.forEach(({ node: { sums, bounds } }, index) => {
      kernels.f64(table + NODE_BYTES * index, 2).set([sums.gradient, sums.hessian]);
      const gain = this.#weights.gain(sums, bounds);
      kernels.f32(table + NODE_BYTES * index + 16, 3).set([gain, bounds.lower, bounds.upper]);
    });
    const allowed = kernels.allocate(FEATURES_AT_ONCE * level.length);
    const states = kernels.allocate(FEATURES_AT_ONCE * STATE_BYTES * level.length);
    const tried = Array.from({ length: features }, (_, feature) => feature).filter((feature) =>
      level.some((node) => node.features.has(feature)),
    );
    const constrained = Number(this.#rule.monotone !== undefined);
    for (let first = 0; first < tried.length; first += FEATURES_AT_ONCE) {
      task.checkpoint();
      const here = tried.slice(first, first + FEATURES_AT_ONCE);
      const calls = here.map((feature, index) => {
        const { order, count } = this.#columns[feature];
        const values = this.#values[feature];
        const mask = allowed + level.length * index;
        kernels.u8(mask, level.length).set(level.map((node) => Number(node.features.has(feature))));
        return [
          ...[order, count, values, this.#packed, table, level.length],
          ...[mask, states + STATE_BYTES * level.length * index, this.#ruleWords, constrained],
          ...[this.#rule.monotone?.[feature] ?? 0, Number(this.#forward[feature])],
        ];
      });
      this.#dispatch.run('scanColumn', calls, 2 * rows * here.length);
      here.forEach((feature, index) => {
        level.forEach(({ node }, place) => {
          const split = this.#read(states + STATE_BYTES * (level.length * index + place), feature, node.sums);
          if (split.gain > (node.split?.gain ?? LEAST_GAIN)) node.split = split;
        });
      });
    }
  }

  #read(state: number, feature: number, { gradient, hessian }: Sums): ExactSplit {
    const left = this.#kernels.f64(state + 32, 2);
    const [gain, threshold] = this.#kernels.f32(state + 48, 2);
    return {
      ...{ gain, feature, threshold, missingLeft: this.#kernels.i32(state + 56, 1)[0] === 1 },
      left: { gradient: left[0], hessian: left[1] },
      right: { gradient: gradient - left[0], hessian: hessian - left[1] },
    };
  }

  /** Takes splits back, then builds the tree of those that remain and adds its leaves to the margins. */
  #build(nodes: readonly GrowingNode[], task: TreeTask): GrownTree {
    // Children come after their parents.
    for (const node of nodes.toReversed())
      if (
        node.split &&
        node.split.gain < this.#weights.rule.minimumGain &&
        !nodes[node.left].split &&
        !nodes[node.left + 1].split
      )
        delete node.split;
    const tree = new GrownTreeBuilder();
    // By grown node, the node of the tree that its rows end in or pass; those below a split that was taken back have none
    // of their own.
    const places = new Uint32Array(nodes.length);
    const absorbed = new Uint8Array(nodes.length);
    const leaves = new Map<number, GrowingNode>();
    nodes.forEach((node, index) => {
      const place = places[index];
      if (node.split) {
        const child = tree.split(place, node.split);
        tree.setGain(place, node.split.gain);
        places.set([child, child + 1], node.left);
      } else if (node.left >= 0) {
        places.fill(place, node.left, node.left + 2);
        absorbed.fill(1, node.left, node.left + 2);
      }
      if (absorbed[index]) return;
      tree.setCover(place, node.sums.hessian);
      if (!node.split) leaves.set(place, node);
    });
    this.#setValues(tree, leaves, places, task);
    return tree.build();
  }

  #setValues(
    tree: GrownTreeBuilder,
    leaves: ReadonlyMap<number, GrowingNode>,
    places: Uint32Array,
    task: TreeTask,
  ): void {
    const { rows } = this.#data;
    const kernels = this.#kernels;
    const rate = Math.fround(this.#rule.learningRate);
    const rowsOf = task.leafValue ? this.#rowsByPlace(places) : undefined;
    const values = new Map<number, number>();
    for (const [place, { sums, bounds }] of leaves) {
      const best = Math.fround(this.#weights.weight(sums, bounds) * rate);
      const value = rowsOf ? Math.fround(task.leafValue!(rowsOf.get(place) ?? new Uint32Array(), best)) : best;
      tree.setValue(place, value);
      values.set(place, value);
    }
    const mark = kernels.mark();
    const table = kernels.allocate(4 * places.length);
    kernels.f32(table, places.length).set(Array.from(places, (place) => values.get(place) ?? 0));
    const calls = pieces({ from: 0, to: rows }).map(({ from, to }) => [task.margins, this.#leaf, table, from, to]);
    this.#dispatch.run('addLeaves', calls, rows);
    kernels.release(mark);
  }

  /** The rows of each leaf, ascending, by its place in the tree. */
  #rowsByPlace(places: Uint32Array): Map<number, Uint32Array> {
    const lists = new Map<number, number[]>();
    this.#kernels.u32(this.#leaf, this.#data.rows).forEach((node, row) => {
      const place = places[node];
      const list = lists.get(place);
      if (list) list.push(row);
      else lists.set(place, [row]);
    });
    return new Map(Array.from(lists, ([place, list]) => [place, Uint32Array.from(list)]));
  }
}
