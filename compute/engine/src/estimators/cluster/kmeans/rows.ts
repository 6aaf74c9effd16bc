import { featureAddresses, moments, type PlacedColumns, placeColumns } from '../../../algebra/columns.js';
import type { FitContext, TrainingData } from '../../../estimator.js';

/** The rows to be clustered, less their mean: distances come out more precisely near the origin. */
export class CenteredRows {
  readonly count: number;
  readonly features: number;
  readonly means: Float64Array;
  /** The mean over the features of their variances. */
  readonly meanVariance: number;
  readonly columns: PlacedColumns;
  readonly weights: Float32Array | undefined;
  readonly #data: TrainingData;

  constructor(data: TrainingData, context: FitContext) {
    const { means, deviations } = moments(data, context);
    this.#data = data;
    this.weights = data.weights;
    this.count = data.rows;
    this.features = data.features;
    this.means = means;
    this.meanVariance = deviations.reduce((sum, deviation) => sum + deviation * deviation, 0) / data.features;
    const scales = new Float64Array(data.features).fill(1);
    this.columns = placeColumns(context.kernels, data.rows, featureAddresses(data), means, scales);
  }

  /** Copies one row. */
  row(row: number): Float64Array {
    return this.means.map((mean, feature) => this.#data.column(feature)[row] - mean);
  }
}
