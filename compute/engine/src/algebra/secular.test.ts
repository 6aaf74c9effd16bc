import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { secularRoot } from './secular.js';

test('secularRoot: a change of sign between poles, to the last digits, for weights and gaps of any size', () => {
  for (let round = 0; round < 300; round++) {
    const random = new RandomState(round);
    const count = random.integer(1, 12);
    const spread = random.integer(0, 12);
    let pole = random.normal();
    const poles = Float64Array.from({ length: count }, () => (pole += 10 ** (-spread * random.double())));
    const squares = Float64Array.from({ length: count }, () => 10 ** (-2 * spread * random.double()));
    const rho = 10 ** random.integer(-3, 3);
    for (let i = 0; i < count; i++) {
      const { origin, offset } = secularRoot(poles, squares, rho, i);
      assert.ok(origin === i || origin === i + 1);
      // The function rises from pole to pole. Beside the root, by a little more than rounding, it has both signs.
      const value = (x: number) => poles.reduce((sum, p, j) => sum + (rho * squares[j]) / (p - poles[origin] - x), 1);
      const sizes = (x: number) =>
        poles.reduce((sum, p, j) => sum + Math.abs((rho * squares[j]) / (p - poles[origin] - x)), 1);
      const step = Math.abs(offset) * 1e-13;
      const slack = 1e-14 * sizes(offset);
      assert.ok(value(offset - step) < slack, `round ${round}, root ${i}`);
      assert.ok(value(offset + step) > -slack, `round ${round}, root ${i}`);
      const [low, high] = [poles[i] - poles[origin], i < count - 1 ? poles[i + 1] - poles[origin] : Infinity];
      assert.ok(offset > low && offset < high, `round ${round}, root ${i}: ${offset} is not in ${low} … ${high}`);
    }
  }
});
