import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cancelled, InputError } from '@pgml/engine';
import { KernelMemoryError } from '@pgml/kernels';
import { asRuntimeError, fromReport, toReport } from './errors.js';
import { RuntimeError } from './runtime.js';

/** What running out of memory throws in this version of V8. */
function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('every failure gets its SQLSTATE', () => {
  const cases: [unknown, string][] = [
    [new RuntimeError('12345', 'x'), '12345'],
    [new InputError('22004', 'x'), '22004'],
    [new Cancelled(), '57014'],
    [new KernelMemoryError(1, 1), '53200'],
    [thrownBy(() => new ArrayBuffer(2 ** 50)), '53200'],
    [thrownBy(() => new Float64Array(2 ** 50)), '53200'],
    [new RangeError('Maximum call stack size exceeded'), 'XX000'],
    ['a string', 'XX000'],
    [undefined, 'XX000'],
  ];
  for (const [error, sqlstate] of cases) assert.equal(asRuntimeError(error).sqlstate, sqlstate, String(error));
});

test('detail and hint survive the way through a thread', () => {
  const error = new InputError('22023', 'message', { detail: 'detail', hint: 'hint' });
  const back = fromReport(structuredClone(toReport(error)));
  assert.deepEqual([back.sqlstate, back.message, back.detail, back.hint], ['22023', 'message', 'detail', 'hint']);
  assert.deepEqual(toReport(new InputError('22023', 'message')), { sqlstate: '22023', message: 'message' });
});
