/**
 * Clusters from an OPTICS ordering: the section "Automatic techniques" of the paper named in ordering.ts, figure 19, with the
 * corrections that scikit-learn documents, and the predecessor correction of Schubert & Gertz, "Improving the cluster
 * structure extracted from OPTICS plots", 2018. Positions count in the ordering.
 */
export interface XiOptions {
  readonly xi: number;
  readonly minimumRows: number;
  readonly minimumClusterSize: number;
  readonly predecessorCorrection: boolean;
}

/** A stretch in which the reachability falls steeply, and the largest value between its end and here. */
interface SteepDown {
  readonly start: number;
  readonly end: number;
  maximumBetween: number;
}

type Cluster = readonly [first: number, last: number];

/** Clusters as first and last position, smaller ones before those around them. `plot` and `predecessors` are by position. */
export function xiClusters(
  plot: Float64Array,
  predecessors: Int32Array,
  ordering: Int32Array,
  options: XiOptions,
): Cluster[] {
  const { minimumRows } = options;
  const complement = 1 - options.xi;
  const count = plot.length;
  // An end from which every cluster rises.
  const heights = Float64Array.from([...plot, Infinity]);
  const ratio = Float64Array.from({ length: count }, (_, at) => heights[at] / heights[at + 1]);
  const isSteepUp = (at: number) => ratio[at] <= complement;
  const isSteepDown = (at: number) => ratio[at] >= 1 / complement;
  const isUp = (at: number) => ratio[at] < 1;
  const isDown = (at: number) => ratio[at] > 1;

  const clusters: Cluster[] = [];
  let falls: SteepDown[] = [];
  let position = 0;
  let maximumBetween = 0;
  for (let steep = 0; steep < count; steep++) {
    if (steep < position || !(isSteepUp(steep) || isSteepDown(steep))) continue;
    for (let at = position; at <= steep; at++) maximumBetween = Math.max(maximumBetween, heights[at]);
    falls = stillOpen(falls, maximumBetween, complement, heights);
    if (isSteepDown(steep)) {
      const end = extend(isSteepDown, isUp, steep, count, minimumRows);
      falls.push({ start: steep, end, maximumBetween: 0 });
      position = end + 1;
    } else {
      const end = extend(isSteepUp, isDown, steep, count, minimumRows);
      position = end + 1;
      const found = falls
        .map((fall) => between(fall, steep, end, heights, complement, predecessors, ordering, options))
        .filter((cluster) => cluster !== undefined);
      clusters.push(...found.reverse());
    }
    maximumBetween = heights[position]!;
  }
  return clusters;
}

/** Drops the falls that something higher than their beginning lies behind, and notes the largest value behind the others. */
function stillOpen(
  falls: readonly SteepDown[],
  maximum: number,
  complement: number,
  heights: Float64Array,
): SteepDown[] {
  if (maximum === Infinity) return [];
  const open = falls.filter(({ start }) => maximum <= heights[start] * complement);
  for (const fall of open) fall.maximumBetween = Math.max(fall.maximumBetween, maximum);
  return open;
}

/**
 * The last steep position of a region that begins at `start`: with at most `most` flat ones in a row, and none of the
 * other way.
 */
function extend(
  isSteep: (at: number) => boolean,
  isOtherWay: (at: number) => boolean,
  start: number,
  count: number,
  most: number,
): number {
  let flat = 0;
  let end = start;
  for (let at = start; at < count; at++) {
    if (isSteep(at)) {
      flat = 0;
      end = at;
    } else if (isOtherWay(at)) return end;
    else if (++flat > most) return end;
  }
  return end;
}

/** The cluster from a fall to a rise (definition 11), if there is one. */
function between(
  fall: SteepDown,
  riseStart: number,
  riseEnd: number,
  heights: Float64Array,
  complement: number,
  predecessors: Int32Array,
  ordering: Int32Array,
  { minimumClusterSize, predecessorCorrection }: XiOptions,
): Cluster | undefined {
  const top = heights[fall.start];
  const after = heights[riseEnd + 1];
  if (after * complement < fall.maximumBetween) return undefined;
  let first = fall.start;
  let last = riseEnd;
  // 4: the side that is higher is cut to the height of the other.
  if (top * complement >= after) while (heights[first + 1] > after && first < fall.end) first++;
  else if (after * complement >= top) while (heights[last - 1] > top && last > riseStart) last--;
  if (predecessorCorrection) {
    const corrected = lastReachedFromWithin(first, last, heights, predecessors, ordering);
    if (corrected === undefined) return undefined;
    last = corrected;
  }
  if (last - first + 1 < minimumClusterSize || first > fall.end || last < riseStart) return undefined;
  return [first, last];
}

/** The last position of the cluster whose row was reached from a row of it, or from above. */
function lastReachedFromWithin(
  first: number,
  last: number,
  heights: Float64Array,
  predecessors: Int32Array,
  ordering: Int32Array,
): number | undefined {
  for (let end = last; end > first; end--) {
    if (heights[first] > heights[end]) return end;
    for (let at = first; at < end; at++) if (predecessors[end] === ordering[at]) return end;
  }
  return undefined;
}

/** A label for each row: clusters that overlap none before them, in order; -1 for the rest. */
export function labelClusters(
  ordering: Int32Array,
  clusters: readonly Cluster[],
): { labels: Int32Array; count: number } {
  const byPosition = new Int32Array(ordering.length).fill(-1);
  let count = 0;
  for (const [first, last] of clusters)
    if (byPosition.subarray(first, last + 1).every((label) => label === -1)) byPosition.fill(count++, first, last + 1);
  const labels = new Int32Array(ordering.length);
  ordering.forEach((row, position) => {
    labels[row] = byPosition[position]!;
  });
  return { labels, count };
}
