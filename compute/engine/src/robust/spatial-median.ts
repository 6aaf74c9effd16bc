import { median } from './median.js';

export interface SpatialMedianOptions {
  readonly maximumIterations: number;
  /** The median has settled when it moves less than this. */
  readonly tolerance: number;
  /** Called before each iteration. */
  checkpoint(): void;
}

export interface SpatialMedian {
  readonly point: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Points nearer than this count as the same. */
const NEAR = Number.EPSILON;

/**
 * The point with the least sum of distances to the given ones, points × dimensions; of one dimension, their median.
 * Weiszfeld's algorithm, modified for estimates that meet a point (Kärkkäinen & Äyrämö, "On Computation of Spatial Median
 * for Robust Data Mining", 2005).
 */
export function spatialMedian(
  points: Float64Array,
  dimensions: number,
  { maximumIterations, tolerance, checkpoint }: SpatialMedianOptions,
): SpatialMedian {
  if (dimensions === 1) return { point: Float64Array.of(median(points)), iterations: 1, converged: true };
  let point = meanOf(points, dimensions);
  for (let iteration = 0; iteration < maximumIterations; iteration++) {
    checkpoint();
    const next = weiszfeldStep(points, point);
    const moved = next.reduce((sum, value, i) => sum + (value - point[i]) ** 2, 0);
    point = next;
    if (moved < tolerance * tolerance) return { point, iterations: iteration, converged: true };
  }
  return { point, iterations: maximumIterations, converged: false };
}

function meanOf(points: Float64Array, dimensions: number): Float64Array {
  const mean = new Float64Array(dimensions);
  for (let at = 0; at < points.length; at += dimensions) for (let i = 0; i < dimensions; i++) mean[i] += points[at + i];
  return mean.map((sum) => sum / (points.length / dimensions));
}

function weiszfeldStep(points: Float64Array, from: Float64Array): Float64Array {
  const dimensions = from.length;
  const pull = new Float64Array(dimensions);
  const weighted = new Float64Array(dimensions);
  let weights = 0;
  let meets = 0;
  for (let at = 0; at < points.length; at += dimensions) {
    let squared = 0;
    for (let i = 0; i < dimensions; i++) squared += (points[at + i] - from[i]) ** 2;
    const distance = Math.sqrt(squared);
    if (distance < NEAR) {
      meets = 1;
      continue;
    }
    const weight = 1 / distance;
    weights += weight;
    for (let i = 0; i < dimensions; i++) {
      pull[i] += (points[at + i] - from[i]) * weight;
      weighted[i] += points[at + i] * weight;
    }
  }
  const strength = Math.sqrt(pull.reduce((sum, value) => sum + value * value, 0));
  // Nothing pulls: this is the median.
  if (strength <= NEAR) return from;
  const stay = Math.min(1, meets / strength);
  return from.map((value, i) => (1 - stay) * (weighted[i] / weights) + stay * value);
}
