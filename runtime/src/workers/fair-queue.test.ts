import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairQueue } from './fair-queue.js';

const drain = (queue: FairQueue<string>) =>
  Array.from({ length: queue.size }, () => queue.shift()).concat(queue.shift());

test('clients take turns, each with its items in their order', () => {
  const queue = new FairQueue<string>();
  const [greedy, modest, late] = [{}, {}, {}];
  for (const item of ['a1', 'a2', 'a3', 'a4']) queue.push(greedy, item);
  queue.push(modest, 'b1');
  assert.equal(queue.shift(), 'a1');
  queue.push(late, 'c1');
  queue.push(modest, 'b2');
  assert.deepEqual(drain(queue), ['b1', 'a2', 'c1', 'b2', 'a3', 'a4', undefined]);
});

test('an item that is taken out leaves the turns as they are', () => {
  const queue = new FairQueue<string>();
  const [one, other] = [{}, {}];
  for (const item of ['a1', 'a2', 'a3']) queue.push(one, item);
  queue.push(other, 'b1');
  assert.equal(queue.remove(one, 'a2'), true);
  assert.equal(queue.remove(one, 'a2'), false);
  assert.equal(queue.remove(other, 'a1'), false);
  assert.equal(queue.remove(other, 'b1'), true);
  assert.deepEqual(drain(queue), ['a1', 'a3', undefined]);
});
