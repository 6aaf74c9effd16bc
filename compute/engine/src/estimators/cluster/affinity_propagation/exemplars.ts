import type { Similarities } from './similarities.js';

export interface Exemplars {
  /** Rows, ascending. */
  readonly exemplars: readonly number[];
  /** The cluster of each row. */
  readonly labels: Int32Array;
}

/** Puts rows to their most similar candidates, takes the best row of each cluster instead, and puts rows to those. */
export function refineExemplars(similarities: Similarities, candidates: readonly number[]): Exemplars {
  const clusters = assign(similarities, candidates);
  const chosen = candidates.map((_, cluster) => mostCentral(similarities, rowsOf(clusters, cluster)));
  const labels = assign(similarities, chosen);
  const exemplars = [...new Set(Array.from(labels, (cluster) => chosen[cluster]))].sort((a, b) => a - b);
  return { exemplars, labels: labels.map((cluster) => exemplars.indexOf(chosen[cluster])) };
}

/** The most similar of some rows for each row, the first of equals; they themselves belong to themselves. */
function assign({ rows, width, values }: Similarities, chosen: readonly number[]): Int32Array {
  const clusters = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let cluster = 1; cluster < chosen.length; cluster++)
      if (values[row * width + chosen[cluster]] > values[row * width + chosen[best]]) best = cluster;
    clusters[row] = best;
  }
  for (const [cluster, row] of chosen.entries()) clusters[row] = cluster;
  return clusters;
}

function rowsOf(clusters: Int32Array, cluster: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < clusters.length; row++) if (clusters[row] === cluster) rows.push(row);
  return rows;
}

/** The row to which the others are most similar together. */
function mostCentral({ width, values }: Similarities, rows: readonly number[]): number {
  const sums = new Float64Array(rows.length);
  for (const row of rows) for (const [i, other] of rows.entries()) sums[i] += values[row * width + other];
  return rows[sums.reduce((best, sum, i) => (sum > sums[best] ? i : best), 0)];
}
