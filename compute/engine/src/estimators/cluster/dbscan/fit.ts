import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { NeighbourSearch, rowsOf } from '../../../neighbours/kd-tree.js';
import { nearestRowBlock, NOISE } from '../../../neighbours/nearest-row-block.js';
import { searchOptions } from '../../../neighbours/parameters.js';
import type { Checked } from '../../../parameters.js';
import type { DbscanParameters } from './parameters.js';

const UNSEEN = -2;

/**
 * DBSCAN (Ester, Kriegel, Sander & Xu 1996): rows with enough neighbours are cores, neighbouring cores are a cluster, and
 * so are the neighbours of cores. Predicting gives a row the cluster of its nearest core, if that is a neighbour, or -1.
 *
 * Kernel memory: 8 bytes for each value, 12 for each row. No list of all neighbours is kept: each core's are looked up once.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { eps, min_samples, metric, p } = checked as unknown as DbscanParameters;
  const { rows, features } = data;
  const options = { ...searchOptions(metric, p), radius: eps };
  const values = rowsOf(data);
  const search = new NeighbourSearch(values, features, options, context);
  const isCore = data.weights
    ? coresByWeight(search, data.weights, min_samples, context)
    : Uint8Array.from(search.counts(min_samples, [0, 0.5]), (count) => Number(count >= min_samples));
  const labels = new Int32Array(rows).fill(UNSEEN);
  let clusters = 0;
  for (let row = 0; row < rows; row++) {
    if (isCore[row] === 0 || labels[row] !== UNSEEN) continue;
    spread(row, clusters++, labels, isCore, search, () =>
      context.checkpoint(0.5 + (0.5 * row) / rows, 'joining cores'),
    );
  }
  for (let row = 0; row < rows; row++) if (labels[row] === UNSEEN) labels[row] = NOISE;
  const cores = Uint32Array.from(isCore.keys()).filter((row) => isCore[row] === 1);
  return {
    ...nearestRowBlock(values, features, labels, clusters, options, cores),
    details: { clusters, cores: cores.length, noise: labels.reduce((sum, label) => sum + Number(label === NOISE), 0) },
    sections: { labels },
  };
}

function coresByWeight(search: NeighbourSearch, weights: Float32Array, least: number, context: FitContext): Uint8Array {
  return Uint8Array.from({ length: search.count }, (_, row) => {
    if (row % 256 === 0) context.checkpoint((0.5 * row) / search.count, 'looking for neighbours');
    let sum = 0;
    for (const other of search.within(row)) sum += weights[other];
    return Number(sum >= least);
  });
}

/** Gives the cluster to a core, its neighbours, and the neighbours of the cores among them. */
function spread(
  core: number,
  cluster: number,
  labels: Int32Array,
  isCore: Uint8Array,
  search: NeighbourSearch,
  checkpoint: () => void,
): void {
  labels[core] = cluster;
  const open = [core];
  for (let row = open.pop(), seen = 0; row !== undefined; row = open.pop(), seen++) {
    if (seen % 64 === 0) checkpoint();
    for (const other of search.within(row)) {
      if (labels[other] !== UNSEEN) continue;
      labels[other] = cluster;
      if (isCore[other] === 1) open.push(other);
    }
  }
}
