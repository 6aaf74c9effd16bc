// Mean shift with a flat kernel: a point moves to the mean of the rows within the radius, again and again. Rows are found
// by the tree of kd-tree.ts (Euclidean); points are f64, for means are no float32.
// @ts-ignore: decorator
@inline
function word(search: usize, index: usize): u32 {
  return load<u32>(search + (index << 2));
}

/**
 * Moves the points from … to-1 of f64[][features] until a step is shorter than `threshold` or `steps` have been made. Writes the
 * rows within the radius at the last step (0: there never were any) and the steps made, two u32 a point, to `out`. `scratch` is f64[features].
 */
export function shiftPoints(
  base: usize,
  search: usize,
  points: usize,
  from: u32,
  to: u32,
  threshold: f64,
  steps: u32,
  scratch: usize,
  out: usize,
): void {
  const features: usize = word(search, 1);
  const radius = load<f64>(base + <usize>word(search, 8), 8);
  for (let i = from; i < to; i++) {
    const point = points + ((<usize>i * features) << 3);
    let done: u32 = 0;
    let count: u32 = 0;
    for (;;) {
      memory.fill(scratch, 0, features << 3);
      count = sumWithin(base, search, point, 0, 0, word(search, 2), radius * radius, scratch, 0);
      if (count == 0) break;
      let moved: f64 = 0;
      for (let f: usize = 0; f < features << 3; f += 8) {
        const mean = load<f64>(scratch + f) / <f64>count;
        const difference = mean - load<f64>(point + f);
        moved += difference * difference;
        store<f64>(point + f, mean);
      }
      if (sqrt(moved) < threshold || done == steps) break;
      done++;
    }
    store<u32>(out + (<usize>i << 3), count);
    store<u32>(out + (<usize>i << 3), done, 4);
  }
}

/** Adds the rows of a node that lie within the radius to `sums`; returns `count` and their number. */
function sumWithin(base: usize, search: usize, point: usize, node: u32, from: u32, to: u32, limit: f64, sums: usize, count: u32): u32 {
  const features: usize = word(search, 1);
  const nodes = word(search, 5);
  if (nodes > 0) {
    if (distanceToBox(features, point, base + <usize>word(search, 7) + ((<usize>node * features) << 3)) > limit) return count;
    const left: u32 = 2 * node + 1;
    if (left < nodes) {
      const middle = from + ((to - from) >>> 1);
      const afterLeft = sumWithin(base, search, point, left, from, middle, limit, sums, count);
      return sumWithin(base, search, point, left + 1, middle, to, limit, sums, afterLeft);
    }
  }
  const rows = base + <usize>word(search, 4);
  for (let at = from; at < to; at++) {
    const row = rows + ((<usize>at * features) << 2);
    let squared: f64 = 0;
    for (let f: usize = 0; f < features; f++) {
      const difference = <f64>load<f32>(row + (f << 2)) - load<f64>(point + (f << 3));
      squared += difference * difference;
    }
    if (squared > limit) continue;
    for (let f: usize = 0; f < features; f++)
      store<f64>(sums + (f << 3), load<f64>(sums + (f << 3)) + <f64>load<f32>(row + (f << 2)));
    count++;
  }
  return count;
}

function distanceToBox(features: usize, point: usize, box: usize): f64 {
  const upper = box + (features << 2);
  let squared: f64 = 0;
  for (let f: usize = 0; f < features; f++) {
    const value = load<f64>(point + (f << 3));
    const outside = max(max(<f64>load<f32>(box + (f << 2)) - value, value - <f64>load<f32>(upper + (f << 2))), 0);
    squared += outside * outside;
  }
  return squared;
}
