import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { AddressSpace } from './address-space.js';

test('neighbours that are free become one gap', () => {
  const space = new AddressSpace(64);
  space.extend(64 + 96);
  const pieces = [space.take(32), space.take(17), space.take(32)];
  assert.deepEqual(pieces, [64, 96, 128]);
  assert.equal(space.take(1), undefined);
  assert.equal(space.endFor(32), 160 + 32);
  space.give(64);
  space.give(128);
  assert.equal(space.take(64), undefined);
  assert.equal(space.endFor(64), 160 + 32, 'the last gap counts');
  space.give(96);
  assert.equal(space.take(96), 64);
  assert.throws(() => space.give(96), RangeError);
});

test('pieces never overlap, are aligned, and all of them given back are one gap', () => {
  const random = new RandomState(1);
  const space = new AddressSpace(64);
  const taken: { start: number; end: number }[] = [];
  for (let step = 0; step < 3000; step++) {
    if (taken.length > 0 && random.integer(0, 5) < 2) {
      const [{ start }] = taken.splice(random.integer(0, taken.length), 1);
      space.give(start);
      continue;
    }
    const bytes = random.integer(0, 1000);
    const end = space.endFor(bytes);
    if (end > space.end) {
      assert.equal(space.take(bytes), undefined);
      space.extend(end);
    }
    const start = space.take(bytes)!;
    assert.equal(start % 16, 0);
    const piece = { start, end: start + Math.max(1, bytes) };
    assert.ok(start >= 64 && piece.end <= space.end);
    for (const other of taken) assert.ok(piece.end <= other.start || other.end <= piece.start);
    taken.push(piece);
  }
  for (const { start } of taken) space.give(start);
  assert.equal(space.take(space.end - 64), 64);
});
