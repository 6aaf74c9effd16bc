// The data of the benchmark: 28 float32 features that resemble measurements of particle collisions (positive, signed,
// angular, few-valued, and derived from others) and a target that depends on them through products and waves, so that a
// single split says little. The same numbers on every machine.
import fs from 'node:fs';

export const FEATURES = 28;
const RAW = 21;

/** The small fast counting generator sfc32: uniform in (0, 1). */
function uniform() {
  let [a, b, c, counter] = [0x9e3779b9 | 0, 0x243f6a88 | 0, 0xb7e15162 | 0, 1];
  return () => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return ((out >>> 0) + 0.5) / 4294967296;
  };
}

/** Writes `rows` rows: f32[rows][FEATURES] to `x`, f32[rows] of 0 and 1 to `y`. */
export function writeData(rows, x, y) {
  const random = uniform();
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const values = new Float32Array(rows * FEATURES);
  const labels = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * FEATURES, (r + 1) * FEATURES);
    for (let f = 0; f < RAW; f++) {
      if (f % 4 === 0) row[f] = Math.exp(0.5 * normal());
      else if (f % 4 === 1) row[f] = normal();
      else if (f % 4 === 2) row[f] = (2 * random() - 1) * 1.74;
      else if (f % 8 === 3) row[f] = [0, 1.086, 2.173][Math.floor(3 * random())];
      else row[f] = 0.7 * normal() + 0.3 * row[1];
    }
    for (let f = RAW; f < FEATURES; f++) {
      const k = f - RAW;
      row[f] = Math.sqrt(Math.abs(row[k] * row[k + 4] + 0.3 * row[k + 8] * row[k + 1])) + 0.2 * normal();
    }
    const score =
      0.8 * Math.sin(2 * row[1]) * row[0] +
      0.6 * row[21] * row[22] -
      0.7 * row[24] +
      0.5 * Math.cos(2 * row[2] - row[6]) +
      0.4 * (row[3] > 1 ? 1 : -1) * row[5] +
      0.5 * row[9] * row[13] -
      0.3 * Math.abs(row[17]) +
      0.25 * row[4] -
      0.3;
    labels[r] = random() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  }
  fs.writeFileSync(x, values);
  fs.writeFileSync(y, labels);
}
