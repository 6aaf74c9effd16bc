/**
 * The fast path: a model and an array in, numbers out. One call of an evaluator per row or batch, on the features where
 * they lie; nothing is allocated but results.
 */
import { notFiniteFeature, noWholeRows, nullFeatures, withoutProbabilities, wrongFeatureCount } from '@pgml/engine';
import { type EvaluateExports, hasProbabilities } from '@pgml/kernels';
import type { Backend } from './backend.js';
import type { Interrupts } from './interrupts.js';
import type { LoadedModel } from './models.js';
import { Float4ArrayReader, newFloat4Array } from './values.js';

/** Rows between looks at cancel requests and timeouts. */
const ROWS_BETWEEN_CHECKS = 1024;

export class Predictor {
  readonly #backend: Backend;
  readonly #evaluators: EvaluateExports;
  readonly #interrupts: Interrupts;
  readonly #array: Float4ArrayReader;
  #rowsSinceCheck = 0;
  // A float4 Datum is its bits.
  readonly #float = new Float32Array(1);
  readonly #bits = new Int32Array(this.#float.buffer);

  constructor(backend: Backend, evaluators: EvaluateExports, interrupts: Interrupts) {
    this.#backend = backend;
    this.#evaluators = evaluators;
    this.#interrupts = interrupts;
    this.#array = new Float4ArrayReader(backend);
  }

  /** The answer for one row, as a float4 Datum. */
  predict(model: LoadedModel, features: number): number {
    this.#countRows(1);
    const row = this.#readRow(model, features);
    this.#float[0] = this.#evaluators.predictRow(model.block, row, model.scratch);
    return this.#bits[0];
  }

  /** The probabilities of the classes for one row, as a real[] Datum. */
  probabilities(model: LoadedModel, features: number): number {
    const { decision, classes } = model.facts;
    if (!hasProbabilities(decision)) throw withoutProbabilities(model);
    this.#countRows(1);
    const row = this.#readRow(model, features);
    const result = newFloat4Array(this.#backend, classes);
    this.#evaluators.predictProbabilities(model.block, row, 1, result.elements, model.scratch);
    return result.datum;
  }

  /** The answers for rows one after the other in one array, as a real[] Datum. */
  batch(model: LoadedModel, features: number): number {
    const array = this.#array;
    array.read(features);
    if (array.length % model.features !== 0) throw noWholeRows(model, array.length);
    const rows = array.length / model.features;
    const values = this.#withoutNulls(model, () => this.#backend.c.palloc(4 * array.length));
    this.#checkFinite(model, values, array.length);
    const result = newFloat4Array(this.#backend, rows);
    for (let row = 0; row < rows; row += ROWS_BETWEEN_CHECKS) {
      const here = Math.min(ROWS_BETWEEN_CHECKS, rows - row);
      this.#countRows(here);
      const first = values + 4 * row * model.features;
      this.#evaluators.predict(model.block, first, here, result.elements + 4 * row, model.scratch);
    }
    return result.datum;
  }

  #countRows(rows: number): void {
    this.#rowsSinceCheck += rows;
    if (this.#rowsSinceCheck < ROWS_BETWEEN_CHECKS) return;
    this.#rowsSinceCheck = 0;
    this.#interrupts.check(this.#interrupts.deadline());
  }

  /** The address of one row of checked features. */
  #readRow(model: LoadedModel, features: number): number {
    const array = this.#array;
    array.read(features);
    if (array.length !== model.features) throw wrongFeatureCount(model, array.length);
    const row = array.bitmap === 0 ? array.elements : this.#withoutNulls(model, () => model.row);
    this.#checkFinite(model, row, array.length);
    return row;
  }

  /** The address of the array's values, of a copy if some may be NULL: NaN for a model that learns from missing values. */
  #withoutNulls(model: LoadedModel, target: () => number): number {
    if (this.#array.bitmap === 0) return this.#array.elements;
    const copy = target();
    const { length } = this.#array;
    const missing = this.#array.copyInto(new Float32Array(this.#backend.memory.buffer, copy, length), 0);
    if (missing > 0 && !model.learnsMissing) throw nullFeatures(model, missing, length);
    return copy;
  }

  /** Infinity is refused as in training, and so is NaN unless the model learned from missing values. */
  #checkFinite(model: LoadedModel, values: number, length: number): void {
    const { countFinite } = this.#evaluators;
    for (let at = countFinite(values, length); at < length; at++, at += countFinite(values + 4 * at, length - at)) {
      const value = this.#backend.view.getFloat32(values + 4 * at, true);
      if (!(model.learnsMissing && Number.isNaN(value))) throw notFiniteFeature(model, at, value);
    }
  }
}
