import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { PythonHeap } from './python-heap.js';

test('items come out in order', () => {
  const random = new RandomState(1);
  const heap = new PythonHeap<number>((a, b) => a < b);
  const values = Array.from({ length: 200 }, () => random.double());
  for (const value of values) heap.push(value);
  assert.equal(heap.size, 200);
  assert.deepEqual(
    values.map(() => heap.pop()),
    values.toSorted((a, b) => a - b),
  );
  assert.equal(heap.pop(), undefined);
});

test('equals come out as Python gives them out', () => {
  // Python 3.11: heappush (1, name) for name in "abcdefghij" ordered by the number alone, then heappop until empty.
  const heap = new PythonHeap<string>(() => false);
  for (const name of 'abcdefghij') heap.push(name);
  const order: string[] = [];
  for (let name = heap.pop(); name !== undefined; name = heap.pop()) order.push(name);
  assert.equal(order.join(''), 'acgjifhebd');
});
