import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import { NeighbourSearch, rowsOf } from '../../../neighbours/kd-tree.js';
import { nearestRowBlock } from '../../../neighbours/nearest-row-block.js';
import type { Checked } from '../../../parameters.js';
import { estimateBandwidth } from './bandwidth.js';
import type { MeanShiftParameters } from './parameters.js';

/** A step shorter than this part of the bandwidth is the last one. */
const STILL = 1e-3;
/** Points of one kernel call. */
const POINTS_PER_CALL = 8;
const CALLS_PER_ROUND = 16;

/**
 * Mean shift (Comaniciu & Meer 2002) with a flat kernel. Kernel memory: 8 bytes a value for the rows and their tree, and as
 * much again for the points, which begin at all rows unless seeds are given or binned.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as MeanShiftParameters;
  const { rows, features } = data;
  const values = rowsOf(data);
  const bandwidth = parameters.bandwidth ?? estimateBandwidth(values, features, context);
  if (bandwidth === 0)
    throw new FitError('the estimated bandwidth is 0, for most rows are equal', 'Give a bandwidth above 0.');
  const seeds = chooseSeeds(values, features, bandwidth, parameters);
  const points = shift(values, seeds, bandwidth, features, parameters.max_iter, context);
  if (points.length === 0)
    throw new FitError(
      `no row is within the bandwidth ${bandwidth} of any seed`,
      'Give a larger bandwidth, or seeds that lie among the rows.',
    );
  const centres = mergeNear(points, bandwidth);
  const labels = labelRows(values, features, centres, parameters.cluster_all ? Infinity : bandwidth);
  const words = Float64Array.from(centres.flatMap(({ at }) => Array.from(at)));
  const placed: Pick<Fitted, 'block' | 'clusters'> = parameters.cluster_all
    ? { block: { kind: 'centroids', outputs: centres.length, decision: 'smallest', words: [words] } }
    : // With a limit of distance, the centres are rows of which the nearest within the bandwidth counts.
      nearestRowBlock(Float32Array.from(words), features, Int32Array.from(centres.keys()), centres.length, {
        metric: 'euclidean',
        radius: bandwidth,
      });
  return {
    ...placed,
    details: {
      bandwidth,
      clusters: centres.length,
      iterations: points.reduce((most, { steps }) => Math.max(most, steps), 0),
      rows,
    },
    sections: { labels },
  };
}

/** f64[seeds][features] */
function chooseSeeds(
  values: Float32Array,
  features: number,
  bandwidth: number,
  { seeds, bin_seeding, min_bin_freq }: MeanShiftParameters,
): Float64Array {
  if (seeds) {
    const wrong = seeds.find(({ length }) => length !== features);
    if (seeds.length === 0 || wrong)
      throw new FitError(
        wrong ? `a seed has ${wrong.length} numbers, but there are ${features} features` : 'seeds is empty',
        `Give at least one array of ${features} numbers.`,
      );
    return Float64Array.from(seeds.flat());
  }
  if (!bin_seeding) return Float64Array.from(values);
  const cells = new Map<string, { cell: Float64Array; rows: number }>();
  for (let at = 0; at < values.length; at += features) {
    const cell = Float64Array.from(values.subarray(at, at + features), (value) => roundHalfEven(value / bandwidth));
    const key = cell.join();
    const known = cells.get(key);
    if (known) known.rows++;
    else cells.set(key, { cell, rows: 1 });
  }
  const chosen = [...cells.values()].filter((one) => one.rows >= min_bin_freq);
  // A cell for each row says no more than the rows.
  if (chosen.length * features === values.length) return Float64Array.from(values);
  return Float64Array.from(chosen.flatMap(({ cell }) => Array.from(cell, (value) => Math.fround(value) * bandwidth)));
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const part = value - floor;
  if (part !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

interface Mode {
  readonly at: Float64Array;
  /** Rows within the bandwidth. */
  readonly rows: number;
  readonly steps: number;
}

/** Where the seeds come to rest, without those that never had a row near. */
function shift(
  values: Float32Array,
  seeds: Float64Array,
  bandwidth: number,
  features: number,
  steps: number,
  { kernels, team, checkpoint, ...context }: FitContext,
): Mode[] {
  const options = { metric: 'euclidean', radius: bandwidth } as const;
  const search = new NeighbourSearch(values, features, options, { kernels, team, checkpoint, ...context });
  const count = seeds.length / features;
  const points = kernels.allocate(seeds.byteLength);
  kernels.f64(points, seeds.length).set(seeds);
  const scratch = kernels.allocate(8 * features * CALLS_PER_ROUND);
  const out = kernels.allocate(8 * count);
  for (let first = 0; first < count; first += POINTS_PER_CALL * CALLS_PER_ROUND) {
    checkpoint(0.2 + (0.8 * first) / count, `${first} of ${count} points`);
    const calls: number[][] = [];
    for (let from = first; from < count && calls.length < CALLS_PER_ROUND; from += POINTS_PER_CALL) {
      const to = Math.min(count, from + POINTS_PER_CALL);
      const own = scratch + 8 * features * calls.length;
      calls.push([0, search.description, points, from, to, STILL * bandwidth, steps, own, out]);
    }
    team.run('shiftPoints', calls);
  }
  const counts = kernels.u32(out, 2 * count);
  const places = kernels.f64(points, seeds.length);
  return Array.from({ length: count }, (_, index) => ({
    at: places.slice(index * features, (index + 1) * features),
    rows: counts[2 * index],
    steps: counts[2 * index + 1],
  })).filter(({ rows }) => rows > 0);
}

/** Of points nearer to each other than the bandwidth, the one with the most rows near; the densest first. */
function mergeNear(points: readonly Mode[], bandwidth: number): Mode[] {
  const densestFirst = points.toSorted((one, other) => other.rows - one.rows || compare(other.at, one.at));
  const kept: Mode[] = [];
  for (const point of densestFirst)
    if (kept.every(({ at }) => squaredDistance(at, point.at) > bandwidth * bandwidth)) kept.push(point);
  return kept;
}

/** Lexicographic. */
function compare(one: Float64Array, other: Float64Array): number {
  const different = one.findIndex((value, feature) => value !== other[feature]);
  return different < 0 ? 0 : one[different] - other[different];
}

function squaredDistance(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let f = 0; f < one.length; f++) sum += (one[f] - other[f]) ** 2;
  return sum;
}

function labelRows(values: Float32Array, features: number, centres: readonly Mode[], limit: number): Int32Array {
  return Int32Array.from({ length: values.length / features }, (_, row) => {
    const own = values.subarray(row * features, (row + 1) * features);
    let label = -1;
    let best = Infinity;
    centres.forEach(({ at }, centre) => {
      const squared = squaredDistance(own, at);
      if (squared >= best) return;
      best = squared;
      label = centre;
    });
    return Math.sqrt(best) <= limit ? label : -1;
  });
}
