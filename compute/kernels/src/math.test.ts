import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadKernels } from './load.js';
import { erf, exp, log, log1p, tanh } from './math.js';
import { RandomState } from './random.js';

type Reference = Record<string, { x: number[]; high: number[]; low: number[] }>;
const reference: Reference = JSON.parse(
  readFileSync(new URL('../../../proof/reference/math.json', import.meta.url), 'utf8'),
);
const { run } = loadKernels();
type RealFunction = (x: number) => number;
const functions: [name: string, twin: RealFunction, kernel: RealFunction, ulps: number, host?: RealFunction][] = [
  ['exp', exp, run.exp as RealFunction, 1, Math.exp],
  ['log', log, run.log as RealFunction, 1, Math.log],
  ['log1p', log1p, run.log1p as RealFunction, 1, Math.log1p],
  ['tanh', tanh, run.tanh as RealFunction, 2, Math.tanh],
  ['erf', erf, run.erf as RealFunction, 6],
];

/** The distance between neighbouring doubles at `x`. */
function ulp(x: number): number {
  return 2 ** Math.max(-1074, Math.floor(Math.log2(Math.abs(x))) - 52);
}

const edges = [0, -0, 1, -1, 2, 0.5, -0.5, 709.782712893384, 709.79, -745.1332191019411, -745.14, -740, -708.5, 5e-324];
edges.push(2.2250738585072014e-308, 1.7976931348623157e308, Infinity, -Infinity, Number.NaN, 1e-300, 1e-17, -1e-17);
edges.push(Math.SQRT2, Math.SQRT1_2, Math.SQRT2 - 1, Math.SQRT1_2 - 1, 1 - 2 ** -53, 1 + 2 ** -52, 2 ** -53 - 1);

for (const [name, twin, kernel, ulps, host] of functions) {
  test(`${name} is within ${ulps} ulp of the exact value`, () => {
    const { x, high, low } = reference[name];
    let worst = 0;
    for (const [i, point] of x.entries())
      worst = Math.max(worst, Math.abs(twin(point) - high[i] - low[i]) / ulp(high[i]));
    assert.ok(worst < ulps, `${worst} ulp`);
  });

  test(`${name} gives the same bits in WebAssembly and TypeScript, and the host's limits`, () => {
    const random = new RandomState(7);
    const points = [...edges, ...reference[name].x];
    for (let i = 0; i < 50_000; i++) points.push((random.double() - 0.5) * 2 ** Math.floor(random.double() * 80 - 60));
    for (const x of points) assert.ok(Object.is(twin(x), kernel(x)), `${name}(${x}): ${twin(x)}, ${kernel(x)}`);
    if (!host) return;
    for (const x of edges) {
      const expected = host(x);
      const same = Object.is(twin(x), expected) || Math.abs(twin(x) - expected) <= 2 * ulp(expected);
      assert.ok(same, `${name}(${x}) = ${twin(x)}, the host says ${expected}`);
    }
  });
}
