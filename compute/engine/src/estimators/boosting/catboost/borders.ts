/** Where the borders between the bins of a numeric feature lie. */
import { log } from '@pgml/kernels';
import { PriorityQueue } from '../../../trees/queue.js';

export const borderTypes = ['GreedyLogSum', 'Median', 'Uniform', 'UniformAndQuantiles'] as const;
export type BorderType = (typeof borderTypes)[number];

/** At most `count` borders between ascending values: values below a border are on its left. */
export function chooseBorders(sorted: Float32Array, type: BorderType, count: number): Float32Array {
  if (sorted.length === 0 || sorted[0] === sorted[sorted.length - 1]) return new Float32Array(0);
  const borders = new Set<number>();
  const parts = { GreedyLogSum: 0, Median: count, Uniform: 0, UniformAndQuantiles: count - (count >> 1) }[type];
  if (type === 'GreedyLogSum') for (const place of greedyPlaces(sorted, count)) borders.add(between(sorted, place));
  for (let part = 1; part <= parts; part++) {
    const place = Math.floor((part * sorted.length) / (parts + 1));
    const first = firstAtLeast(sorted, sorted[place], 0, sorted.length);
    if (first > 0) borders.add(between(sorted, first));
  }
  const even = type === 'Uniform' ? count : type === 'UniformAndQuantiles' ? count >> 1 : 0;
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  for (let part = 1; part <= even; part++) borders.add(Math.fround(least + ((most - least) * part) / (even + 1)));
  return Float32Array.from(borders).sort();
}

/** Half way between the values before and after a place, and above the one before. */
function between(sorted: Float32Array, place: number): number {
  const [below, above] = [sorted[place - 1], sorted[place]];
  const middle = Math.fround(0.5 * below + 0.5 * above);
  return middle > below ? middle : above;
}

function firstAtLeast(sorted: Float32Array, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAbove(sorted: Float32Array, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Divides again and again the bin that adds most to the sum of the logarithms of bins' sizes, next to its median: places
 * between different values.
 */
function greedyPlaces(sorted: Float32Array, count: number): number[] {
  interface Bin {
    readonly from: number;
    readonly to: number;
    readonly place: number;
    readonly gain: number;
  }
  const size = (rows: number): number => log(rows + 1e-8);
  const open = new PriorityQueue<Bin>((a, b) => (a.gain === b.gain ? a.from < b.from : a.gain > b.gain));
  const add = (from: number, to: number): void => {
    const median = sorted[from + ((to - from) >> 1)];
    let best: Bin | undefined;
    for (const place of [firstAtLeast(sorted, median, from, to), firstAbove(sorted, median, from, to)]) {
      if (place === from || place === to) continue;
      const gain = size(place - from) + size(to - place) - size(to - from);
      if (!best || gain > best.gain) best = { from, to, place, gain };
    }
    if (best) open.push(best);
  };
  add(0, sorted.length);
  const places: number[] = [];
  while (places.length < count) {
    const bin = open.pop();
    if (!bin) break;
    places.push(bin.place);
    add(bin.from, bin.place);
    add(bin.place, bin.to);
  }
  return places;
}
