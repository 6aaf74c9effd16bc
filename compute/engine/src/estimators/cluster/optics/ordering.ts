/**
 * The order of OPTICS (Ankerst, Breunig, Kriegel & Sander, "OPTICS: ordering points to identify the clustering structure",
 * 1999): from row to row, always to the one that can be reached most closely from those visited.
 */
import type { FitContext } from '../../../estimator.js';
import { NeighbourSearch, type SearchOptions } from '../../../neighbours/kd-tree.js';

export interface Reachability {
  /** Row numbers in the order of their visit. */
  readonly ordering: Int32Array;
  /** By row: how closely it was reached; Infinity for the first of its kind. */
  readonly reachability: Float64Array;
  /** By row: from which row, -1 for none. */
  readonly predecessor: Int32Array;
  /** By row: the distance to the last of its nearest `minimum` rows; Infinity if that is beyond the largest distance. */
  readonly coreDistances: Float64Array;
}

/** Distances are rounded to so many decimals, as scikit-learn does, so that rounding does not break ties. */
const DECIMALS = 1e15;

function rounded(value: number): number {
  const scaled = value * DECIMALS;
  // Larger numbers have no such decimals.
  if (!(scaled < 2 ** 52)) return scaled === Infinity ? value : scaled / DECIMALS;
  return (scaled + 2 ** 52 - 2 ** 52) / DECIMALS;
}

/** `values` is f32[rows][features]. Time grows with the square of the rows. */
export function order(
  values: Float32Array,
  features: number,
  minimum: number,
  largest: number,
  options: SearchOptions,
  context: FitContext,
): Reachability {
  const { checkpoint } = context;
  const rows = values.length / features;
  const search = new NeighbourSearch(values, features, options, context);
  const coreDistances = Float64Array.from({ length: rows });
  const nearest = search.nearest(minimum, false, [0, 0.3]);
  for (let row = 0; row < rows; row++) {
    const distance = rounded(nearest[2 * minimum * row + minimum - 1]);
    coreDistances[row] = distance > largest ? Infinity : distance;
  }
  const reachability = new Float64Array(rows).fill(Infinity);
  const predecessor = new Int32Array(rows).fill(-1);
  const ordering = new Int32Array(rows);
  // The rows not visited yet, ascending, so that the first of equally close ones is visited first.
  const open = Int32Array.from({ length: rows }, (_, row) => row);
  const distances = search.distancesTo();
  for (let visited = 0; visited < rows; visited++) {
    if (visited % 16 === 0) checkpoint(0.3 + (0.7 * visited) / rows, 'visiting rows');
    const left = rows - visited;
    let next = 0;
    for (let index = 1; index < left; index++) if (reachability[open[index]] < reachability[open[next]]) next = index;
    const row = open[next];
    open.copyWithin(next, next + 1, left);
    ordering[visited] = row;
    const core = coreDistances[row];
    if (core === Infinity) continue;
    const found = distances(row);
    for (let index = 0; index < left - 1; index++) {
      const other = open[index];
      if (found[other] > largest) continue;
      const reached = rounded(Math.max(found[other], core));
      if (reached >= reachability[other]) continue;
      reachability[other] = reached;
      predecessor[other] = row;
    }
  }
  return { ordering, reachability, predecessor, coreDistances };
}
