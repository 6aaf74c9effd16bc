/**
 * Ordered boosting (Prokhorenkova et al., 2018, § 4): the gradient of a row comes from a model that was not fitted to it, but
 * only to rows before it in a random order. One such model is kept for beginnings of the order that double in length.
 */
import type { Kernels } from '@pgml/kernels';
import type { TrainingData } from '../../../estimator.js';
import type { Dispatch } from '../../../trees/dispatch.js';
import type { LossArrays } from '../../../trees/margin-losses.js';
import type { EstimationMethod, Loss } from './losses.js';

interface Prefix {
  /** Rows that the model is fitted to, and those that it predicts: both from the beginning of the order. */
  readonly body: number;
  readonly end: number;
  readonly arrays: LossArrays;
}

/** Kernel memory: about 32 bytes a row, and 8 more with weights. */
export class OrderedModels {
  readonly #order: Uint32Array;
  readonly #prefixes: Prefix[] = [];
  readonly #loss: Loss;
  readonly #kernels: Kernels;

  constructor(
    data: TrainingData,
    weights: Float64Array | undefined,
    order: Uint32Array,
    loss: Loss,
    base: number,
    kernels: Kernels,
    dispatch: Dispatch,
  ) {
    this.#order = order;
    this.#loss = loss;
    this.#kernels = kernels;
    const { rows } = data;
    const targets = kernels.allocate(4 * rows);
    const target = kernels.f32(targets, rows);
    order.forEach((row, place) => {
      target[place] = data.target[row]!;
    });
    const weightsPointer = weights ? kernels.allocate(8 * rows) : 0;
    if (weights) kernels.f64(weightsPointer, rows).set(Float64Array.from(order, (row) => weights[row]));
    for (let body = Math.min(rows, firstBody(rows)); ; body *= 2) {
      const end = Math.min(rows, 2 * body);
      const margins = kernels.allocate(8 * end);
      kernels.f64(margins, end).fill(base);
      const gradients = kernels.allocate(8 * end);
      const arrays = { rows: end, margins, targets, weights: weightsPointer, gradients, kernels, dispatch };
      this.#prefixes.push({ body, end, arrays });
      if (end === rows) break;
    }
  }

  /** Writes to `pairs`, f32[rows][2], the derivatives of every row by the model that does not know it. */
  writeGradients(pairs: Float32Array): void {
    for (const [index, { body, end, arrays }] of this.#prefixes.entries()) {
      this.#loss.setGradients(arrays);
      const own = this.#kernels.f32(arrays.gradients, 2 * end);
      // The first rows of all have no model that does not know them.
      for (let place = index === 0 ? 0 : body; place < end; place++) {
        const row = this.#order[place];
        pairs[2 * row] = own[2 * place]!;
        pairs[2 * row + 1] = own[2 * place + 1]!;
      }
    }
  }

  /** Takes a tree's step with every model: each has values of its own in the leaves. Gradients must be those just written. */
  step(leafOf: Uint32Array, leaves: number, rate: number, lambda: number, method: EstimationMethod): void {
    for (const { body, end, arrays } of this.#prefixes) {
      const own = this.#kernels.f32(arrays.gradients, 2 * end);
      const weights = arrays.weights === 0 ? undefined : this.#kernels.f64(arrays.weights, end);
      const gradients = new Float64Array(leaves);
      const divisors = new Float64Array(leaves).fill(lambda);
      for (let place = 0; place < body; place++) {
        const leaf = leafOf[this.#order[place]];
        gradients[leaf] += own[2 * place];
        divisors[leaf] += method === 'Newton' ? own[2 * place + 1] : weights ? weights[place] : 1;
      }
      const margins = this.#kernels.f64(arrays.margins, end);
      for (let place = 0; place < end; place++) {
        const leaf = leafOf[this.#order[place]];
        if (divisors[leaf] > 0) margins[place] -= (rate * gradients[leaf]) / divisors[leaf];
      }
    }
  }
}

/** Rows of the shortest beginning. */
function firstBody(rows: number): number {
  return rows > 500 ? Math.min(100, Math.floor(rows / 50)) : 1;
}
