import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buffersOf, type ColumnBatch, Dataset, forEachValue } from './dataset.js';

const real = (values: number[], width = 1): ColumnBatch => ({
  name: 'x',
  type: 'real',
  width,
  values: Float32Array.from(values),
});
const text = (values: (string | null)[]): ColumnBatch => ({ name: 't', type: 'text', width: 1, values });

test('batches become columns; strings are numbered once', () => {
  const dataset = new Dataset();
  dataset.append([real([1, 2, 3, 4], 2), text(['b', null])]);
  dataset.append([real([5, 6], 2), text(['a'])]);
  dataset.append([real([7, 8], 2), text(['b'])]);
  assert.equal(dataset.rows, 4);
  assert.equal(dataset.bytes, 8 * 4 + 4 * 4 + 2 * 2);
  const { rows, columns } = dataset.take();
  assert.equal(rows, 4);
  const read = columns.map((column) => {
    const values: number[] = [];
    forEachValue(column, (value, position) => {
      values[position] = value;
    });
    return values;
  });
  assert.deepEqual(read, [
    [1, 2, 3, 4, 5, 6, 7, 8],
    [1, 0, 2, 1],
  ]);
  assert.deepEqual(columns[1].type === 'text' && columns[1].dictionary, ['b', 'a']);
  assert.equal(dataset.rows, 0);
  assert.equal(dataset.bytes, 0);
});

test('every chunk has its buffer to itself', () => {
  const shared = new Float32Array(10).fill(3);
  const dataset = new Dataset();
  dataset.append([{ name: 'x', type: 'real', width: 1, values: shared.subarray(0, 2) }]);
  dataset.append([{ name: 'x', type: 'real', width: 1, values: shared.subarray(2, 5) }]);
  const buffers = buffersOf(dataset.take());
  assert.deepEqual(
    buffers.map((buffer) => buffer.byteLength),
    [8, 12],
  );
  assert.ok(!buffers.includes(shared.buffer));
});

test('a batch unlike those before it is refused', () => {
  const begun = () => {
    const dataset = new Dataset();
    dataset.append([real([1, 2, 3], 3)]);
    return dataset;
  };
  assert.throws(() => begun().append([real([1, 2], 2)]), {
    message: 'Mismatched array length for feature `x`. Expected: 3 Received: 2',
  });
  assert.throws(() => begun().append([text(['a'])]), /is text after it was real/);
  assert.throws(() => begun().append([]), /has 0 columns/);
  assert.throws(() => new Dataset().append([real([1, 2]), real([1])]), /has 1 of 2 rows/);
  assert.throws(() => new Dataset().append([real([], 0)]), /without elements/);
});
