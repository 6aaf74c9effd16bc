// The tables of the benchmark, by task; the same numbers on every machine.
import { generator } from '../common/model.mjs';

/** f64 values, row-major, that float32 holds exactly, and a target for each row. */
export function makeTable(task, { rows, features, classes = 2 }) {
  const uniform = generator(20261123);
  const normal = () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
  const x = new Float32Array(rows * features);
  const y = new Float32Array(rows);
  if (task === 'clustering') fillBlobs(x, rows, features, uniform, normal);
  else if (task === 'decomposition') fillLowRank(x, rows, features, normal);
  else fillSupervised(x, y, { rows, features, classes: task === 'classification' ? classes : 0 }, normal);
  return { x, y };
}

const CLUSTERS = 16;

function fillBlobs(x, rows, features, uniform, normal) {
  const centres = Array.from({ length: CLUSTERS * features }, () => 4 * normal());
  for (let row = 0; row < rows; row++) {
    const cluster = Math.floor(uniform() * CLUSTERS);
    for (let f = 0; f < features; f++) x[row * features + f] = centres[cluster * features + f] + normal();
  }
}

const RANK = 10;

function fillLowRank(x, rows, features, normal) {
  const directions = Array.from({ length: RANK * features }, normal);
  for (let row = 0; row < rows; row++) {
    const factors = Array.from({ length: RANK }, (_, k) => normal() / (1 + k));
    for (let f = 0; f < features; f++) {
      let value = 0.2 * normal();
      for (let k = 0; k < RANK; k++) value += factors[k] * directions[k * features + f];
      x[row * features + f] = value;
    }
  }
}

/** Correlated features; a target that is mostly a weighted sum of them, with products and noise; classes are its quantiles. */
function fillSupervised(x, y, { rows, features, classes }, normal) {
  const weights = Array.from({ length: features }, (_, f) => (f % 3 === 2 ? 0 : normal()));
  const raw = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const shared = normal();
    let value = 0;
    for (let f = 0; f < features; f++) {
      const feature = Math.fround(0.9 * normal() + 0.4 * shared);
      x[row * features + f] = feature;
      value += weights[f] * feature;
    }
    const at = row * features;
    if (features > 3) value += x[at] * x[at + 1] + Math.sin(2 * x[at + 2]) * x[at + 3];
    raw[row] = value + normal();
  }
  if (classes === 0) return void y.set(raw);
  const sorted = raw.toSorted();
  const cuts = Array.from({ length: classes - 1 }, (_, k) => sorted[Math.floor(((k + 1) * rows) / classes)]);
  for (let row = 0; row < rows; row++) y[row] = cuts.filter((cut) => raw[row] >= cut).length;
}
