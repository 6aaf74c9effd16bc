import assert from 'node:assert/strict';

/** Asserts that two labellings put the same rows together, whatever the labels are called. */
export function assertSamePartition(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  const names = new Map<number, number>();
  for (let row = 0; row < expected.length; row++) {
    const known = names.get(expected[row]);
    if (known === undefined) {
      assert.ok(![...names.values()].includes(actual[row]), `row ${row}: a cluster of its own shares another's label`);
      names.set(expected[row], actual[row]);
    } else assert.equal(actual[row], known, `row ${row}`);
  }
}
