/** Searching rows by nearness: what the kernels' neighbours/kd-tree.ts describes, built here. */
import type { BlockDescription, Kernels } from '@pgml/kernels';
import { copyRows } from '../algebra/rows.js';
import type { FitContext, TrainingData } from '../estimator.js';

/** As the kernels' neighbours/distance.ts numbers them. */
export const metrics = { euclidean: 0, manhattan: 1, chebyshev: 2, minkowski: 3, cosine: 4 } as const;
export type Metric = keyof typeof metrics;

export interface SearchOptions {
  readonly metric: Metric;
  /** The power of the metric minkowski. */
  readonly p?: number;
  /** Rows beyond are no neighbours; it counts itself. */
  readonly radius?: number;
}

/** Above so many features boxes no longer keep rows apart, and looking at all rows is sooner done. */
const MOST_FEATURES = 40;
/** Rows of a leaf. */
const LEAF_ROWS = 24;
const SEARCH_BYTES = 36;
/** Rows of one kernel call, about a millisecond's work. */
const ROWS_PER_CALL = 64;
const CALLS_PER_ROUND = 32;

/** What a search needs, as arrays: as it may stand in a block. */
export interface SearchTree {
  /** f32[rows][features] in the order of the tree. */
  readonly rows: Float32Array;
  /** The number of each of these rows; undefined without a tree, where the order is that of the numbers. */
  readonly numbers: Uint32Array | undefined;
  /** f32[nodes][2][features]: the corners of the box around each node's rows. */
  readonly boxes: Float32Array;
}

/** Orders rows (f32[count][features]) as a tree, where that pays. Deterministic. */
export function buildTree(given: Float32Array, features: number, { metric }: SearchOptions): SearchTree {
  const count = given.length / features;
  const levels = Math.max(1, Math.floor(Math.log2(Math.max(1, count / LEAF_ROWS))) + 1);
  if (metric === 'cosine' || features > MOST_FEATURES || levels === 1)
    return { rows: given, numbers: undefined, boxes: new Float32Array(0) };
  const nodes = 2 ** levels - 1;
  const boxes = new Float32Array(2 * features * nodes);
  const numbers = Uint32Array.from({ length: count }, (_, row) => row);
  const place = (node: number, from: number, to: number): void => {
    const box = boxes.subarray(2 * features * node, 2 * features * (node + 1));
    enclose(given, features, numbers.subarray(from, to), box);
    if (2 * node + 1 >= nodes) return;
    const middle = from + ((to - from) >>> 1);
    select(given, features, widest(box, features), numbers, from, to - 1, middle);
    place(2 * node + 1, from, middle);
    place(2 * node + 2, middle, to);
  };
  place(0, 0, count);
  const rows = new Float32Array(given.length);
  numbers.forEach((number, at) => {
    rows.set(given.subarray(number * features, (number + 1) * features), at * features);
  });
  return { rows, numbers, boxes };
}

function enclose(rows: Float32Array, features: number, numbers: Uint32Array, box: Float32Array): void {
  box.fill(Number.POSITIVE_INFINITY, 0, features).fill(Number.NEGATIVE_INFINITY, features);
  for (const number of numbers)
    for (let f = 0; f < features; f++) {
      const value = rows[number * features + f];
      if (value < box[f]) box[f] = value;
      if (value > box[features + f]) box[features + f] = value;
    }
}

function widest(box: Float32Array, features: number): number {
  let best = 0;
  for (let f = 1; f < features; f++) if (box[features + f] - box[f] > box[features + best] - box[best]) best = f;
  return best;
}

/**
 * Hoare's selection: afterwards no number before `middle` has a larger value than it, none after a smaller; equals by
 * number.
 */
function select(
  rows: Float32Array,
  features: number,
  feature: number,
  numbers: Uint32Array,
  first: number,
  last: number,
  middle: number,
): void {
  const before = (one: number, other: number): boolean => {
    const a = rows[one * features + feature];
    const b = rows[other * features + feature];
    return a < b || (a === b && one < other);
  };
  let low = first;
  let high = last;
  while (low < high) {
    const pivot = numbers[(low + high) >>> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (before(numbers[i], pivot)) i++;
      while (before(pivot, numbers[j])) j--;
      if (i > j) break;
      const swapped = numbers[i];
      numbers[i] = numbers[j]!;
      numbers[j] = swapped;
      i++;
      j--;
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}

const limitsOf = ({ p, radius }: SearchOptions) => Float64Array.of(p ?? 2, radius ?? Number.POSITIVE_INFINITY);

/** The words of a block of the kind `neighbours` that finds the `k` nearest of rows (f32[count][features]). */
export function neighbourWords(
  rows: Float32Array,
  features: number,
  k: number,
  options: SearchOptions,
): BlockDescription['words'] {
  const tree = buildTree(rows, features, options);
  const nodes = tree.boxes.length / (2 * features);
  return [
    metrics[options.metric],
    features,
    rows.length / features,
    k,
    tree.rows,
    nodes,
    tree.numbers ?? 0,
    tree.numbers ? tree.boxes : 0,
    limitsOf(options),
  ];
}

/** Training rows, row by row. */
export function rowsOf(data: TrainingData): Float32Array {
  const matrix = new Float32Array(data.rows * data.features);
  copyRows(data, matrix, data.features);
  return matrix;
}

/** Rows in kernel memory, ready to be searched: 8 bytes a value with the tree's copy of them, and 4 a row. */
export class NeighbourSearch {
  readonly count: number;
  readonly features: number;
  readonly #context: FitContext;
  readonly #kernels: Kernels;
  /** Address of the words that the kernels take as `search`, with the base 0. */
  readonly description: number;
  /** The rows in their own order: what is asked for. */
  readonly #asked: number;
  #found: number | undefined;

  constructor(given: Float32Array, features: number, options: SearchOptions, context: FitContext) {
    const { kernels } = context;
    this.#context = context;
    this.#kernels = kernels;
    this.features = features;
    this.count = given.length / features;
    const place = (values: Float32Array | Uint32Array): number => {
      const pointer = kernels.allocate(values.byteLength);
      new Uint8Array(kernels.memory.buffer, pointer, values.byteLength).set(
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      );
      return pointer;
    };
    const tree = buildTree(given, features, options);
    this.#asked = place(given);
    const rows = tree.numbers ? place(tree.rows) : this.#asked;
    const nodes = tree.boxes.length / (2 * features);
    this.description = kernels.allocate(SEARCH_BYTES);
    const limits = kernels.allocate(16);
    kernels.f64(limits, 2).set(limitsOf(options));
    const numbers = tree.numbers ? place(tree.numbers) : 0;
    const boxes = tree.numbers ? place(tree.boxes) : 0;
    const words = [metrics[options.metric], features, this.count, 0, rows, nodes, numbers, boxes, limits];
    kernels.u32(this.description, words.length).set(words);
  }

  /**
   * The `k` nearest rows of every row, without the row itself if so wanted: f64[rows][2][k], ascending distances, then the
   * numbers of the rows; Infinity and -1 where there are fewer. In kernel memory. `progress` from … to is reported.
   */
  nearest(k: number, withoutItself: boolean, progress: readonly [from: number, to: number]): Float64Array {
    const out = this.#kernels.allocate(16 * k * this.count);
    this.#forRows(progress, 'nearestRowsOfMany', (from, to) => [
      0,
      this.description,
      this.#asked,
      from,
      to,
      k,
      withoutItself ? 1 : 0,
      out,
    ]);
    return this.#kernels.f64(out, 2 * k * this.count);
  }

  /**
   * How many rows lie within the radius of every row, itself included; where there are `enough`, that or more. In
   * kernel memory.
   */
  counts(enough: number, progress: readonly [from: number, to: number]): Uint32Array {
    const out = this.#kernels.allocate(4 * this.count);
    this.#forRows(progress, 'countRowsWithin', (from, to) => [0, this.description, this.#asked, from, to, enough, out]);
    return this.#kernels.u32(out, this.count);
  }

  /** A function that gives the distance of a row, by number, to every row; the next call overwrites the answer. */
  distancesTo(): (row: number) => Float64Array {
    const out = this.#kernels.allocate(8 * this.count);
    const distances = this.#kernels.f64(out, this.count);
    return (row) => {
      this.#kernels.run.distancesToAll(0, this.description, this.#asked, this.#asked + 4 * this.features * row, out);
      return distances;
    };
  }

  /**
   * The numbers of the rows within the radius of one, itself included, in the order of the tree. The next call overwrites
   * them.
   */
  within(row: number): Uint32Array {
    this.#found ??= this.#kernels.allocate(4 * this.count);
    const asked = this.#asked + 4 * this.features * row;
    const count = this.#kernels.run.rowsWithin(0, this.description, asked, this.#found) as number;
    return this.#kernels.u32(this.#found, count);
  }

  #forRows(
    [begin, end]: readonly [number, number],
    kernel: string,
    call: (from: number, to: number) => number[],
  ): void {
    const stride = ROWS_PER_CALL * CALLS_PER_ROUND;
    for (let first = 0; first < this.count; first += stride) {
      this.#context.checkpoint(begin + ((end - begin) * first) / this.count, 'looking for neighbours');
      const calls: number[][] = [];
      for (let from = first; from < Math.min(this.count, first + stride); from += ROWS_PER_CALL)
        calls.push(call(from, Math.min(this.count, from + ROWS_PER_CALL)));
      this.#context.team.run(kernel, calls);
    }
  }
}
