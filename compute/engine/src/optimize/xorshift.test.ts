import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Xorshift } from './xorshift.js';

test('the same numbers as the definition in exact integers', () => {
  for (const seed of [1, 42, 0x7fffffff, 0xffffffff]) {
    const random = new Xorshift(seed);
    let state = BigInt(seed);
    const word = (value: bigint) => BigInt.asUintN(32, value);
    for (let i = 0; i < 100; i++) {
      state ^= word(state << 13n);
      state ^= state >> 17n;
      state ^= word(state << 5n);
      assert.equal(random.below(1000), Number((state % 2n ** 31n) % 1000n));
    }
  }
  assert.equal(new Xorshift(0).below(2 ** 31), new Xorshift(1).below(2 ** 31));
});
