/** The histograms of a growing tree's open leaves: building, subtracting, and the memory they lie in. */
import type { Kernels } from '@pgml/kernels';
import type { BinnedData } from './bins.js';
import type { Dispatch } from './dispatch.js';
import { pieces, type Stretch } from './stretch.js';

/** Rows are summed in pieces of this many, but no histogram in more than PIECES: bounds that depend on the data alone. */
const PIECE_ROWS = 16384;
const PIECES = 16;
/** What histograms may take in all; with few features and leaves they take far less. */
const MEMORY = 256 << 20;

/** 4 KiB per feature and histogram. */
export class Histograms {
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #bins: BinnedData;
  /** A multiple of 4. */
  readonly #features: number;
  readonly #bytes: number;
  readonly #pieceRows: number;
  /** Where pieces but the first are summed before they are added to it. */
  readonly #partial: readonly number[];
  readonly #free: number[] = [];
  /** Histograms that may still be allocated. */
  #unallocated: number;

  constructor(bins: BinnedData, kernels: Kernels, dispatch: Dispatch) {
    this.#bins = bins;
    this.#kernels = kernels;
    this.#dispatch = dispatch;
    this.#features = Math.ceil(bins.features / 4) * 4;
    this.#bytes = kernels.run.histogramBytes(this.#features, bins.stride) as number;
    this.#pieceRows = Math.max(PIECE_ROWS, Math.ceil(bins.rows / PIECES));
    this.#partial = Array.from({ length: Math.ceil(bins.rows / this.#pieceRows) - 1 }, () =>
      kernels.allocate(this.#bytes),
    );
    this.#unallocated = Math.max(4, Math.floor(MEMORY / this.#bytes));
  }

  /** How many can be acquired before some must be released. */
  get available(): number {
    return this.#free.length + this.#unallocated;
  }

  /** The address of a histogram with unknown content. */
  acquire(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#unallocated === 0) throw new RangeError('all histograms are in use');
    this.#unallocated--;
    return this.#kernels.allocate(this.#bytes);
  }

  release(histogram: number): void {
    this.#free.push(histogram);
  }

  /** Sums the gradients (f32[rows][2]) of all rows; returns the sums over all bins. */
  buildRoot(histogram: number, gradients: number): { gradient: number; hessian: number } {
    const { byRow, stride, rows } = this.#bins;
    this.#build(
      'buildHistogramInOrder',
      [byRow, stride, this.#features, gradients],
      [{ histogram, from: 0, to: rows }],
    );
    const cells = this.#kernels.f64(histogram, 512);
    const sums = { gradient: 0, hessian: 0 };
    for (let bin = 0; bin < 256; bin++) {
      sums.gradient += cells[2 * bin];
      sums.hessian += cells[2 * bin + 1];
    }
    return sums;
  }

  /** Sums the gradients of the rows of each stretch, which are disjoint. */
  build(gradients: number, permutation: number, requests: readonly (Stretch & { histogram: number })[]): void {
    const { byRow, stride } = this.#bins;
    this.#build('buildHistogram', [byRow, stride, this.#features, gradients, permutation], requests);
  }

  #build(kernel: string, common: readonly number[], requests: readonly (Stretch & { histogram: number })[]): void {
    const calls: number[][] = [];
    const additions: [target: number, source: number][] = [];
    let work = 0;
    for (const request of requests) {
      work += (request.to - request.from) * this.#features;
      pieces(request, this.#pieceRows).forEach(({ from, to }, piece) => {
        const target = piece === 0 ? request.histogram : this.#partial[additions.length];
        calls.push([...common, from, to, target]);
        if (piece > 0) additions.push([request.histogram, target]);
      });
    }
    this.#dispatch.run(kernel, calls, work);
    for (const [target, source] of additions) this.#kernels.run.addHistogram(target, source, this.#features);
  }

  /** Makes parents into the larger children, by taking the smaller ones away. */
  subtract(pairs: readonly { readonly parent: number; readonly child: number }[]): void {
    this.#dispatch.run(
      'subtractHistogram',
      pairs.map(({ parent, child }) => [parent, child, this.#features]),
      pairs.length * this.#features * 256,
    );
  }
}
