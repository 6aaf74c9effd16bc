// Derivatives of composite kernels beside differences of the twin's values.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '../../load.js';
import { RandomState } from '../../random.js';
import { composite } from './kernel.js';

const FEATURES = 3;
const ROWS = 6;
const programs: Record<string, number[]> = {
  constant: [0, 3, 2],
  'white noise': [1, 3, 0.5],
  rbf: [2, 4, 1, 0.7],
  'rbf of several scales': [2, 6, 3, 0.7, 0.2, 1.1],
  'Matérn 1/2': [3, 7, 1, 3, 0.7, 0.2, 1.1],
  'Matérn 3/2': [3, 7, 3, 3, 0.7, 0.2, 1.1],
  'Matérn 5/2': [3, 5, 5, 1, 0.7],
  'rational quadratic': [4, 4, 1.5, 0.8],
  'exp sine squared': [5, 4, 1.5, 0.8],
  'dot product': [6, 3, 1.3],
  sum: [7, 9, 0, 3, 2, 2, 4, 1, 0.7],
  product: [8, 9, 6, 3, 1.3, 2, 4, 1, 0.7],
  power: [9, 7, 2.5, 2, 4, 1, 0.7],
  'all together': [7, 17, 8, 9, 0, 3, 2, 5, 4, 1.5, 0.8, 9, 6, 2, 6, 3, 1.3],
};

/** The numbers of a program that are no operations, lengths or counts. */
function isReal(program: readonly number[], place: number): boolean {
  for (let node = 0; node < program.length;) {
    const [operation, length] = program.slice(node, node + 2);
    const first = operation === 2 ? 3 : operation === 3 ? 4 : 2;
    if (operation < 7 && place < node + length) return place >= node + first;
    node += operation < 7 ? length : operation === 9 ? 3 : 2;
    if (place < node) return false;
  }
  return false;
}

for (const [name, program] of Object.entries(programs))
  test(`derivatives: ${name}`, () => {
    const kernels = loadKernels();
    const random = new RandomState(program.length);
    const rows = Array.from({ length: ROWS }, () => Float32Array.from({ length: FEATURES }, () => random.normal()));
    rows[4].set(rows[1]);
    const weights = Float64Array.from({ length: ROWS * ROWS }, () => random.normal());
    const place = (values: Float32Array | Float64Array) => {
      const pointer = kernels.allocate(values.byteLength);
      kernels.u8(pointer, values.byteLength).set(new Uint8Array(values.buffer));
      return pointer;
    };
    const out = kernels.allocate(8 * program.length);
    // Columns of 64 bytes, of which the last two numbers are padding.
    const columns = place(
      Float64Array.from({ length: 8 * FEATURES }, (_, at) => rows[at % 8]?.[Math.floor(at / 8)] ?? 0),
    );
    const scratch = kernels.allocate(512 * program.length);
    const [programAt, weightsAt] = [place(Float64Array.from(program)), place(weights)];
    const gradient = new Float64Array(program.length);
    for (const [from, to] of [
      [0, 4],
      [4, ROWS],
    ]) {
      kernels.run.compositeGradient(
        ...[programAt, program.length, columns, 64, FEATURES, weightsAt, 8 * ROWS, from, to, scratch, out],
      );
      kernels.f64(out, program.length).forEach((value, i) => {
        gradient[i] += value;
      });
    }
    const sumFor = (numbers: Float64Array): number =>
      rows.reduce((sum, x, i) => {
        for (let j = 0; j <= i; j++)
          sum += (i === j ? 1 : 2) * weights[i * ROWS + j] * composite(numbers, x, rows[j], i === j);
        return sum;
      }, 0);
    for (const index of program.keys()) {
      if (!isReal(program, index)) {
        assert.equal(gradient[index], 0);
        continue;
      }
      const at = (change: number) => sumFor(Float64Array.from(program).with(index, program[index] + change));
      const expected = (at(1e-5) - at(-1e-5)) / 2e-5;
      const allowed = 1e-6 * Math.max(1, Math.abs(expected));
      assert.ok(Math.abs(gradient[index] - expected) < allowed, `${index}: ${gradient[index]} is not ${expected}`);
    }
  });
