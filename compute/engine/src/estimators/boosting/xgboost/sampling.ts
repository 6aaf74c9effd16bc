/**
 * Which rows and which features a tree learns from, drawn as xgboost draws them: from one stream of random numbers, which
 * the methods use differently.
 */
import { type Kernels, type RandomState, RandomState as Stream } from '@pgml/kernels';
import type { XgboostParameters } from './parameters.js';

type SamplingParameters = Pick<
  XgboostParameters,
  'subsample' | 'colsample_bytree' | 'colsample_bylevel' | 'colsample_bynode' | 'tree_method'
>;

/** Uniform in [0, 1), as C++ makes it of two words, the low one first. */
export function uniform(stream: RandomState): number {
  const low = stream.uint32();
  return (stream.uint32() * 2 ** 32 + low) / 2 ** 64;
}

/** Uniform on 0 … count-1 from 32 bits: Lemire, "Fast Random Integer Generation in an Interval", 2019. */
export function below(stream: RandomState, count: number): number {
  const reject = 2 ** 32 % count;
  for (;;) {
    const word = stream.uint32();
    // The product's low and high 32 bits; it is exact up to 2^21, and in two parts beyond.
    const low = Math.imul(word, count) >>> 0;
    if (low >= reject)
      return count < 2 ** 21 ? Math.floor((word * count) / 2 ** 32) : Number((BigInt(word) * BigInt(count)) >> 32n);
  }
}

/** In the order of C++'s shuffle, which draws two places at once where one word suffices for both. */
export function shuffle(values: Uint32Array, stream: RandomState): void {
  const { length } = values;
  const swap = (i: number, j: number): void => {
    const value = values[i];
    values[i] = values[j]!;
    values[j] = value;
  };
  if (length >= 65536) {
    for (let i = 1; i < length; i++) swap(i, below(stream, i + 1));
    return;
  }
  let i = 1;
  if (length > 0 && length % 2 === 0) swap(i++, below(stream, 2));
  for (; i < length; i += 2) {
    const both = below(stream, (i + 1) * (i + 2));
    swap(i, Math.floor(both / (i + 2)));
    swap(i + 1, both % (i + 2));
  }
}

/** Draws for one tree after the other. */
export class Sampling {
  readonly #parameters: SamplingParameters;
  readonly #features: number;
  readonly #stream: RandomState;
  readonly #exact: boolean;
  #columns: RandomState | undefined;
  #ofTree: Uint32Array = new Uint32Array();
  #ofLevel = new Map<number, Uint32Array>();

  constructor(parameters: SamplingParameters, features: number, stream: RandomState) {
    this.#parameters = parameters;
    this.#features = features;
    this.#stream = stream;
    this.#exact = parameters.tree_method.endsWith('exact');
  }

  /** Begins a tree. */
  next(): void {
    if (!this.#columns || this.#exact) this.#columns = new Stream(this.#stream.uint32());
    const all = Uint32Array.from({ length: this.#features }, (_, feature) => feature);
    this.#ofTree = this.#draw(all, this.#parameters.colsample_bytree);
    this.#ofLevel = new Map();
  }

  /** Ascending feature numbers for a node `depth` splits below the root, at least one. */
  featuresOf(depth: number): Uint32Array {
    let ofLevel = this.#ofLevel.get(depth);
    if (!ofLevel) this.#ofLevel.set(depth, (ofLevel = this.#draw(this.#ofTree, this.#parameters.colsample_bylevel)));
    return this.#draw(ofLevel, this.#parameters.colsample_bynode);
  }

  #draw(from: Uint32Array, fraction: number): Uint32Array {
    if (fraction >= 1) return from;
    const shuffled = from.slice();
    shuffle(shuffled, this.#columns!);
    return shuffled.subarray(0, Math.max(1, Math.floor(Math.fround(Math.fround(fraction) * from.length)))).sort();
  }

  /** Copies gradients (f32[rows][2]) to `target`, those of rows that the tree does not learn from as 0. */
  copyRows(kernels: Kernels, gradients: number, target: number, rows: number): void {
    const part = Math.fround(this.#parameters.subsample);
    if (this.#parameters.tree_method !== 'approx' && !this.#exact) {
      kernels.run.sampleRows(gradients, target, rows, part, this.#stream.uint32());
      return;
    }
    // A pair of f32 is an f64, and a pair of zeros its 0.
    const pairs = kernels.f64(target, rows);
    pairs.set(kernels.f64(gradients, rows));
    for (let row = 0; row < rows; row++) if (!(uniform(this.#stream) < part)) pairs[row] = 0;
  }
}
