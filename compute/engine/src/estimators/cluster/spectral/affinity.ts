/** How near all rows are to each other: a symmetric matrix, f64[rows][rows], of which the lower triangle is filled. */
import type { KernelFunction } from '@pgml/kernels';
import { rowOf } from '../../../algebra/matrix.js';
import { type FitContext, FitError, type TrainingData } from '../../../estimator.js';
import { kernelMatrix, placeKernel, placeRows } from '../../../kernel-matrix/kernel-matrix.js';
import { NeighbourSearch, rowsOf } from '../../../neighbours/kd-tree.js';
import type { SpectralParameters } from './parameters.js';

const kernelOf: Readonly<Record<Exclude<SpectralParameters['affinity'], 'nearest_neighbors'>, KernelFunction>> = {
  rbf: 'rbf',
  linear: 'linear',
  poly: 'polynomial',
  polynomial: 'polynomial',
  sigmoid: 'sigmoid',
  laplacian: 'laplacian',
  cosine: 'cosine',
};

export function affinityMatrix(data: TrainingData, parameters: SpectralParameters, context: FitContext): Float64Array {
  const { affinity, gamma, coef0, degree } = parameters;
  if (affinity === 'nearest_neighbors') return sharedNeighbours(data, parameters.n_neighbors, context);
  const { kernels } = context;
  const { rows } = data;
  const mark = kernels.mark();
  const placed = placeKernel(kernels, kernelOf[affinity], [gamma, coef0, degree]);
  const matrix = kernelMatrix(context, placed, placeRows(kernels, data), 0.1);
  const numbers = new Float64Array(rows * rows);
  for (let row = 0; row < rows; row++) numbers.set(rowOf(kernels, matrix, row), row * rows);
  kernels.release(mark);
  return numbers;
}

/** 1 for rows that are among the nearest of each other, 1/2 if only one is of the other. */
function sharedNeighbours(data: TrainingData, neighbours: number, context: FitContext): Float64Array {
  const { rows, features } = data;
  if (neighbours > rows)
    throw new FitError(
      `n_neighbors is ${neighbours}, but there are only ${rows} rows to train on`,
      'Give at most as many neighbours as there are rows.',
    );
  const mark = context.kernels.mark();
  const search = new NeighbourSearch(rowsOf(data), features, { metric: 'euclidean' }, context);
  const found = search.nearest(neighbours, false, [0, 0.2]);
  const numbers = new Float64Array(rows * rows);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < neighbours; k++) {
      const other = found[(2 * row + 1) * neighbours + k];
      numbers[Math.max(row, other) * rows + Math.min(row, other)] += row === other ? 1 : 0.5;
    }
  context.kernels.release(mark);
  return numbers;
}
