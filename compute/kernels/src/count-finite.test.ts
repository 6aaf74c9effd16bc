import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEvaluators } from './load.js';

test('countFinite stops at the first number that is not finite', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { countFinite } = loadEvaluators(memory);
  const ordinary = [0, -0, 1e-45, -3.4028234663852886e38, 3.4028234663852886e38, 1];
  // At an odd address, too: short arrays of PostgreSQL lie anywhere.
  for (const address of [64, 65, 67]) {
    const view = new DataView(memory.buffer, address);
    const count = (values: readonly number[]): number => {
      values.forEach((value, index) => {
        view.setFloat32(4 * index, value, true);
      });
      return countFinite(address, values.length);
    };
    assert.equal(count(ordinary), ordinary.length);
    assert.equal(count([]), 0);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (let place = 0; place < ordinary.length; place++) assert.equal(count(ordinary.with(place, bad)), place);
  }
});
