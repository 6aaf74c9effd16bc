/** Grows exact trees: several at a time, each by its own calls of the kernel, so that a team shares the work. */
import { type Kernels, RandomState } from '@pgml/kernels';
import { type FitContext, FitError } from '../../estimator.js';
import { criteria, type GrowthRule } from './rule.js';
import type { ExactTable } from './table.js';
import { type GrownTree, prune } from './tree.js';

/** The fields of the kernels' cart/growth.ts in their order: those of 4 bytes, then those of 8. */
const words: readonly string[] = [
  ...['rows', 'features', 'columns', 'ranks', 'values', 'distinct', 'traits', 'orders'],
  ...['matrix', 'rowBytes', 'places', 'targets', 'weights'],
  ...['outputs', 'criterion', 'random', 'bestFirst', 'mostFeatures', 'mostDepth', 'leastSplit', 'leastLeaf'],
  ...['ordered', 'repeated', 'samples', 'sampleCount', 'keys', 'spareKeys', 'counts', 'marks', 'featureOrder'],
  ...['constants', 'sums', 'medians', 'nodes', 'nodeValues', 'entries', 'capacity', 'status', 'searching', 'seed'],
  ...['nodeCount', 'entryCount', 'splitsLeft', 'waiting'],
];
const STATE_WORDS = 58;
const STATE_NUMBERS = 13;
const STATE_BYTES = 4 * STATE_WORDS + 8 * STATE_NUMBERS;
const NODE_BYTES = 48;
const ENTRY_BYTES = 48;
const DONE = 1;
const FULL = 2;

/** Samples times features that a call of the kernel looks at: some 20 ms. */
const BUDGET = 2_000_000;
const FIRST_CAPACITY = 256;

/** Seeds are below this. */
export const SEED_LIMIT = 2 ** 31 - 1;

/** The seed that a tree draws for its splits when its own seed is given. */
export const firstDraw = (seed: number): number => new RandomState(seed).integer(0, SEED_LIMIT);

/** What a tree is grown from. */
export interface TreeTask {
  /** The 31 bits that seed its draws. */
  readonly seed: number;
  /** What each row counts; rows of weight 0 are left out. */
  readonly weights: ArrayLike<number>;
  /** Rows, perhaps some of them more than once, instead of all with a weight above 0; no more than there are rows. */
  readonly samples?: Uint32Array | undefined;
  /** The features that it sees; all unless given. */
  readonly features?: Uint32Array | undefined;
  /** Where its targets lie, if not where those of the grower do. */
  readonly targets?: number | undefined;
  /** Whether sums may round, so that the order of samples matters; see areSumsExact. */
  readonly ordered: boolean;
}

/** A tree, and the rows whose stretches its nodes are (valid until the next tree is grown). */
export interface Grown {
  readonly tree: GrownTree;
  readonly samples: Uint32Array;
}

export interface GrowerOptions {
  readonly table: ExactTable;
  readonly rule: GrowthRule;
  /** Classes, or targets. */
  readonly outputs: number;
  /** Where the targets lie: u32[rows] classes, or f64[rows][outputs]. */
  readonly targets: number;
  /** Trees that will be grown at most. */
  readonly trees: number;
}

/**
 * Kernel memory for each tree that is under way: 28 bytes for each row; 96 bytes and 8 for each class or target for each
 * node, twice while it grows; for absolute_error another 76 bytes for each row and target.
 */
export class ExactGrower {
  readonly #rooms: Room[];
  readonly #context: Pick<FitContext, 'kernels' | 'team'>;

  constructor(options: GrowerOptions, context: Pick<FitContext, 'kernels' | 'team'>) {
    this.#context = context;
    const { size } = context.team;
    const count = size === 1 ? 1 : Math.min(options.trees, 2 * size);
    const medians = options.rule.criterion === 'absolute_error' ? rankTargets(options, context.kernels) : undefined;
    this.#rooms = Array.from({ length: count }, () => new Room(options, context.kernels, medians));
  }

  /**
   * Grows `count` trees; tasks are asked for in order, trees are given in any order. `checkpoint` is called between calls
   * of kernels with the trees that are finished. Throws FitError for a task all of whose rows weigh nothing.
   */
  grow(
    count: number,
    task: (index: number) => TreeTask,
    take: (grown: Grown, index: number) => void,
    checkpoint: (finished: number) => void,
  ): void {
    const { team } = this.#context;
    const idle = [...this.#rooms];
    const busy = new Map<Room, number>();
    let begun = 0;
    let finished = 0;
    while (finished < count) {
      for (let room = idle.pop(); room; room = idle.pop()) {
        if (begun === count) break;
        busy.set(room, begun);
        room.begin(task(begun++));
      }
      checkpoint(finished);
      team.run(
        'growTree',
        [...busy.keys()].map((room) => [room.state, BUDGET]),
      );
      for (const [room, index] of busy) {
        if (room.status === FULL) room.extend();
        if (room.status !== DONE) continue;
        take(room.finish(), index);
        busy.delete(room);
        idle.push(room);
        finished++;
      }
    }
  }
}

/** Grows a single tree. */
export function growOne(grower: ExactGrower, task: TreeTask, checkpoint: () => void): Grown {
  let grown: Grown | undefined;
  grower.grow(
    1,
    () => task,
    (one) => {
      grown = one;
    },
    checkpoint,
  );
  return grown!;
}

interface TargetRanks {
  /** u32[outputs][rows]. */
  readonly ranks: number;
  /** u32[outputs]. */
  readonly distinct: number;
}

function rankTargets({ table, outputs, targets }: GrowerOptions, kernels: Kernels): TargetRanks {
  const { rows } = table;
  const ranks = kernels.allocate(4 * rows * outputs);
  const distinct = kernels.allocate(4 * outputs);
  const values = kernels.f64(targets, rows * outputs);
  for (let output = 0; output < outputs; output++) {
    const sorted = Float64Array.from({ length: rows }, (_, row) => values[row * outputs + output]).sort();
    const known = new Map<number, number>();
    for (const value of sorted) if (!known.has(value)) known.set(value, known.size);
    const list = kernels.u32(ranks + 4 * rows * output, rows);
    for (let row = 0; row < rows; row++) list[row] = known.get(values[row * outputs + output])!;
    kernels.u32(distinct, outputs)[output] = known.size;
  }
  return { ranks, distinct };
}

/** The memory of one growing tree. */
class Room {
  /** The address that the kernel is given. */
  readonly state: number;
  readonly #kernels: Kernels;
  readonly #options: GrowerOptions;
  #features: Uint32Array | undefined;

  constructor(options: GrowerOptions, kernels: Kernels, medians: TargetRanks | undefined) {
    const { table, rule, outputs } = options;
    const { rows, features } = table;
    this.#kernels = kernels;
    this.#options = options;
    this.state = kernels.allocate(STATE_BYTES);
    const list = () => kernels.allocate(4 * features);
    this.#set({
      rows,
      columns: list(),
      ranks: list(),
      values: list(),
      distinct: list(),
      traits: list(),
      orders: list(),
      matrix: table.matrix,
      rowBytes: 4 * features,
      places: list(),
      weights: kernels.allocate(8 * rows),
      outputs,
      criterion: criteria[rule.criterion],
      random: Number(rule.random),
      bestFirst: Number(rule.mostLeaves !== null),
      mostDepth: rule.mostDepth,
      leastSplit: rule.leastSplit,
      leastLeaf: rule.leastLeaf,
      samples: kernels.allocate(4 * rows),
      keys: kernels.allocate(8 * rows + 8),
      spareKeys: kernels.allocate(8 * rows + 8),
      counts: kernels.allocate(4 * 2048),
      marks: kernels.allocate(rows),
      featureOrder: list(),
      constants: list(),
      sums: kernels.allocate(8 * 4 * outputs),
      medians: medians ? this.#allocateMedians(medians, rows, outputs) : 0,
    });
    this.#allocateNodes(FIRST_CAPACITY);
  }

  #allocateMedians({ ranks, distinct }: TargetRanks, rows: number, outputs: number): number {
    const kernels = this.#kernels;
    const medians = kernels.allocate(24);
    const places = kernels.allocate(4 * rows * outputs);
    const ordered = kernels.allocate(8 * rows * outputs);
    const partial = kernels.allocate(8 * 4 * (rows + 1) * outputs);
    kernels.u32(medians, 5).set([ranks, distinct, places, ordered, partial]);
    return medians;
  }

  #get(name: string): number {
    return this.#kernels.u32(this.state, STATE_WORDS)[words.indexOf(name)];
  }

  #set(fields: Readonly<Record<string, number>>): void {
    const state = this.#kernels.u32(this.state, STATE_WORDS);
    for (const [name, value] of Object.entries(fields)) state[words.indexOf(name)] = value;
  }

  #allocateNodes(capacity: number): void {
    const kernels = this.#kernels;
    this.#set({
      nodes: kernels.allocate(NODE_BYTES * capacity),
      nodeValues: kernels.allocate(8 * this.#options.outputs * capacity),
      entries: kernels.allocate(ENTRY_BYTES * capacity),
      capacity,
    });
  }

  get status(): number {
    return this.#get('status');
  }

  /** Twice as many nodes. */
  extend(): void {
    const kernels = this.#kernels;
    const capacity = this.#get('capacity');
    const lists = { nodes: NODE_BYTES, nodeValues: 8 * this.#options.outputs, entries: ENTRY_BYTES };
    const before = Object.keys(lists).map((name) => this.#get(name));
    this.#allocateNodes(2 * capacity);
    Object.entries(lists).forEach(([name, bytes], index) => {
      kernels.u8(this.#get(name), bytes * capacity).set(kernels.u8(before[index], bytes * capacity));
    });
    // The entry whose children are being made stays the last.
    const entries = this.#get('entries');
    kernels
      .u8(entries, 2 * capacity * ENTRY_BYTES)
      .copyWithin((2 * capacity - 1) * ENTRY_BYTES, (capacity - 1) * ENTRY_BYTES, capacity * ENTRY_BYTES);
  }

  begin(task: TreeTask): void {
    const kernels = this.#kernels;
    const { table, rule, targets } = this.#options;
    const { rows } = table;
    const features = task.features ?? Uint32Array.from({ length: table.features }, (_, feature) => feature);
    this.#features = task.features;
    for (const name of ['columns', 'ranks', 'values', 'distinct', 'traits', 'orders'] as const)
      features.forEach((feature, index) => {
        kernels.u32(this.#get(name), features.length)[index] = table[name][feature];
      });
    kernels.u32(this.#get('places'), features.length).set(features.map((feature) => 4 * feature));
    for (const name of ['featureOrder', 'constants']) {
      const order = kernels.u32(this.#get(name), features.length);
      for (let index = 0; index < order.length; index++) order[index] = index;
    }
    const weights = kernels.f64(this.#get('weights'), rows);
    weights.set(task.weights);
    const samples = kernels.u32(this.#get('samples'), rows);
    let sampleCount = 0;
    let totalWeight = 0;
    if (task.samples) {
      samples.set(task.samples);
      sampleCount = totalWeight = task.samples.length;
    } else
      for (let row = 0; row < rows; row++) {
        totalWeight += weights[row];
        if (weights[row] !== 0) samples[sampleCount++] = row;
      }
    if (sampleCount === 0)
      throw new FitError(
        'all rows that a tree drew have the weight 0',
        'Leave rows of weight 0 out, or let each tree draw more rows.',
      );
    kernels
      .f64(this.state + 4 * STATE_WORDS, STATE_NUMBERS)
      .set([rule.leastLeafShare * totalWeight, rule.leastDecrease]);
    this.#set({
      features: features.length,
      mostFeatures: Math.min(rule.mostFeatures, features.length),
      targets: task.targets ?? targets,
      ordered: Number(task.ordered),
      repeated: Number(task.samples !== undefined),
      sampleCount,
      status: 0,
      searching: 0,
      seed: task.seed,
      nodeCount: 0,
      entryCount: 0,
      splitsLeft: (rule.mostLeaves ?? 1) - 1,
      waiting: 0,
    });
  }

  finish(): Grown {
    const kernels = this.#kernels;
    const { outputs, rule } = this.#options;
    const count = this.#get('nodeCount');
    const integers = kernels.u32(this.#get('nodes'), (count * NODE_BYTES) / 4);
    const numbers = kernels.f64(this.#get('nodes'), (count * NODE_BYTES) / 8);
    const integersAt = (place: number) => pick(new Uint32Array(count), integers, place);
    const numbersAt = (place: number) => pick(new Float64Array(count), numbers, place);
    const left = integersAt(0);
    const child = (children: Uint32Array) => {
      const list = new Int32Array(count).fill(-1);
      for (let node = 0; node < count; node++) if (left[node] !== 0) list[node] = children[node];
      return list;
    };
    const own = this.#features;
    const grown: GrownTree = {
      left: child(left),
      right: child(integersAt(1)),
      feature: own ? integersAt(2).map((index) => own[index]) : integersAt(2),
      threshold: numbersAt(2),
      impurity: numbersAt(3),
      weight: numbersAt(4),
      start: integersAt(10),
      end: integersAt(11),
      width: outputs,
      values: kernels.f64(this.#get('nodeValues'), count * outputs).slice(),
    };
    const samples = kernels.u32(this.#get('samples'), this.#get('sampleCount'));
    return { tree: prune(grown, rule.leafCost), samples };
  }
}

/** The entry at `place` of each node. */
function pick<List extends Uint32Array | Float64Array>(list: List, nodes: List, place: number): List {
  const each = NODE_BYTES / list.BYTES_PER_ELEMENT;
  for (let node = 0; node < list.length; node++) list[node] = nodes[each * node + place];
  return list;
}
