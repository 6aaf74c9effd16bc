import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anything, boolean, choice, integer, list, number, optional, type Reader, record, text } from './input.js';

const order = record({
  name: text,
  size: integer(1, 10),
  part: optional(number, 0.5),
  kind: choice(['a', 'b']),
  flags: list(record({ on: boolean })),
  rest: optional(anything, null),
});
const good = { name: 'x', size: 3, kind: 'b', flags: [{ on: true }] };

test('what is right is read, with what was left out', () => {
  assert.deepEqual(order(good, 'order'), { ...good, part: 0.5, rest: null });
  assert.deepEqual(order({ ...good, part: null, rest: [1] }, 'order'), { ...good, part: 0.5, rest: [1] });
});

test('what is wrong is named by its path', () => {
  const cases: [unknown, string][] = [
    [{ ...good, name: 5 }, 'order.name must be text, but 5 was given'],
    [{ ...good, size: 11 }, 'order.size must be an integer from 1 to 10, but 11 was given'],
    [{ ...good, size: 1.5 }, 'order.size must be an integer from 1 to 10, but 1.5 was given'],
    [{ ...good, size: undefined }, 'order.size must be an integer from 1 to 10, but undefined was given'],
    [{ ...good, part: Number.NaN }, 'order.part must be a number, but NaN was given'],
    [{ ...good, kind: 'c' }, 'order.kind must be "a" or "b", but "c" was given'],
    [{ ...good, flags: {} }, 'order.flags must be an array, but {} was given'],
    [{ ...good, flags: [{ on: true }, { on: 1 }] }, 'order.flags[1].on must be true or false, but 1 was given'],
    [{ ...good, nmae: 1 }, 'order has no field "nmae"'],
    [null, 'order must be an object, but null was given'],
    [[], 'order must be an object, but [] was given'],
  ];
  for (const [given, message] of cases)
    assert.throws(() => (order as Reader<unknown>)(given, 'order'), {
      name: 'RuntimeError',
      sqlstate: '22023',
      message,
    });
});
