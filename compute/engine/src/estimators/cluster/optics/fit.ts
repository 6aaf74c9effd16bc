import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import { rowsOf } from '../../../neighbours/kd-tree.js';
import { nearestRowBlock, NOISE } from '../../../neighbours/nearest-row-block.js';
import { searchOptions } from '../../../neighbours/parameters.js';
import type { Checked } from '../../../parameters.js';
import { order, type Reachability } from './ordering.js';
import type { OpticsParameters } from './parameters.js';
import { labelClusters, xiClusters } from './xi.js';

/**
 * OPTICS: an ordering of the rows by density, and clusters cut from it. Predicting gives a row the label of the nearest
 * training row, noise included. Kernel memory: 8 bytes a value, and 16 times min_samples a row.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as OpticsParameters;
  const { metric, p, cluster_method } = parameters;
  const { rows, features } = data;
  const minimum = rowCount(parameters.min_samples, rows, 'min_samples');
  const largest = parameters.max_eps ?? Infinity;
  const eps = parameters.eps ?? largest;
  if (cluster_method === 'dbscan' && eps > largest)
    throw new FitError(`eps is ${eps}, but max_eps is only ${largest}`, 'Give an eps of at most max_eps.');
  const options = searchOptions(metric, p);
  const values = rowsOf(data);
  const reach = order(values, features, minimum, largest, options, context);
  const { labels, count } =
    cluster_method === 'dbscan' ? cutAt(eps, reach) : cutSteep(reach, parameters, minimum, rows);
  return {
    ...nearestRowBlock(values, features, labels, count, options),
    details: { clusters: count, noise: labels.reduce((sum, label) => sum + Number(label === NOISE), 0) },
    sections: { labels },
  };
}

/** A number of rows that may be given as a part of all; at least 2, at most all. */
function rowCount(given: number, rows: number, name: string): number {
  const count = given <= 1 ? Math.max(2, Math.trunc(given * rows)) : given;
  if (count > rows)
    throw new FitError(`${name} is ${count}, but there are only ${rows} rows to train on`, `Give a smaller ${name}.`);
  return count;
}

function cutSteep(
  { ordering, reachability, predecessor }: Reachability,
  { xi, min_cluster_size, predecessor_correction }: OpticsParameters,
  minimum: number,
  rows: number,
): { labels: Int32Array; count: number } {
  const clusters = xiClusters(
    Float64Array.from(ordering, (row) => reachability[row]),
    ordering.map((row) => predecessor[row]),
    ordering,
    {
      xi,
      minimumRows: minimum,
      minimumClusterSize: min_cluster_size === null ? minimum : rowCount(min_cluster_size, rows, 'min_cluster_size'),
      predecessorCorrection: predecessor_correction,
    },
  );
  return labelClusters(ordering, clusters);
}

/** What DBSCAN with this eps would find, but for rows at the rim of clusters. */
function cutAt(
  eps: number,
  { ordering, reachability, coreDistances }: Reachability,
): { labels: Int32Array; count: number } {
  const labels = new Int32Array(ordering.length);
  let cluster = -1;
  for (const row of ordering) {
    const isFar = reachability[row] > eps;
    const isCore = coreDistances[row] <= eps;
    if (isFar && isCore) cluster++;
    labels[row] = isFar && !isCore ? NOISE : cluster;
  }
  return { labels, count: cluster + 1 };
}
