import type { FitContext } from '../estimator.js';

/** Points to be clustered, each by its coordinates. */
export type Points = readonly (Float32Array | Float64Array)[];

/** By number as the kernel knows them. */
const metrics = { euclidean: 0, manhattan: 1, cosine: 2 } as const;
export type Metric = keyof typeof metrics;

/**
 * Distances of all pairs of points, count × width in kernel memory; the width is even, the diagonal and what is padded
 * Infinity.
 */
export interface Distances {
  readonly count: number;
  readonly width: number;
  readonly pointer: number;
  readonly values: Float64Array;
}

/** Dimensions taken at a time, so that the points' coordinates stay in a near cache. */
const DIMENSIONS_AT_ONCE = 512;

/** Some tenths of a millisecond of work. */
const OPERATIONS_PER_CALL = 5e5;

/** Allocates 8 bytes for each pair of points in each order. `progress` is reported while it runs. */
export function distancesOf(points: Points, metric: Metric, context: FitContext, progress = 0): Distances {
  const { kernels } = context;
  const count = points.length;
  const width = count + (count % 2);
  const pointer = kernels.allocate(8 * count * width);
  const values = kernels.f64(pointer, count * width);
  const distances = { count, width, pointer, values };
  const mark = kernels.mark();
  for (let first = 0; first < points[0].length; first += DIMENSIONS_AT_ONCE) {
    addDimensions(distances, points, first, metric, context, progress);
    kernels.release(mark);
  }
  const norms = metric === 'cosine' ? points.map(lengthOf) : [];
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const sum = values[i * width + j];
      const distance =
        metric === 'euclidean' ? Math.sqrt(sum) : metric === 'cosine' ? 1 - sum / (norms[i] * norms[j]) : sum;
      values[i * width + j] = distance;
      values[j * width + i] = distance;
    }
    values.fill(Infinity, i * width + count, (i + 1) * width);
    values[i * width + i] = Infinity;
  }
  return distances;
}

/** Adds what some dimensions contribute below the diagonal. */
function addDimensions(
  { count, width, pointer }: Distances,
  points: Points,
  first: number,
  metric: Metric,
  { kernels, team, checkpoint }: FitContext,
  progress: number,
): void {
  const dimensions = Math.min(DIMENSIONS_AT_ONCE, points[0].length - first);
  const padded = dimensions + (dimensions % 2);
  const copy = kernels.allocate(8 * count * padded);
  const coordinates = kernels.f64(copy, count * padded);
  for (const [i, point] of points.entries()) coordinates.set(point.subarray(first, first + dimensions), i * padded);
  let calls: number[][] = [];
  let operations = 0;
  for (let start = 0; start < count;) {
    let end = start;
    for (let own = 0; end < count && own < OPERATIONS_PER_CALL; end++) own += end * padded;
    calls.push([copy, padded, metrics[metric], start, end, pointer, width]);
    operations += OPERATIONS_PER_CALL;
    start = end;
    if (operations < 32 * OPERATIONS_PER_CALL && start < count) continue;
    team.run('addPairs', calls);
    checkpoint(progress);
    [calls, operations] = [[], 0];
  }
}

function lengthOf(point: Points[number]): number {
  let squares = 0;
  for (let k = 0; k < point.length; k++) squares += point[k] * point[k];
  return Math.sqrt(squares);
}
