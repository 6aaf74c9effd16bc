import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementCount, readElements } from './array-image.js';
import { type Column, readRecords } from './record-images.js';
import { arrayImage, type Field, recordImage } from './testing/images.js';

const named = (...names: string[]): Column[] => names.map((name) => ({ name, type: undefined, width: undefined }));

const images = (rows: readonly Field[][]) => Buffer.concat(rows.map(recordImage));

const floats = (...values: number[]) => Float32Array.from(values);

test('an array: its elements in storage order, NaN for NULL', () => {
  const read = (bytes: Buffer) => {
    // In the midst of others, as in a message.
    const around = Buffer.concat([Buffer.from([1, 2, 3]), bytes, Buffer.from([4])]);
    const view = new DataView(around.buffer, around.byteOffset, around.length);
    const image = { view, start: 3, end: 3 + bytes.length };
    const values = new Float32Array(elementCount(image));
    return { values, nulls: readElements(image, values.length, values, 0) };
  };
  assert.deepEqual(read(arrayImage([])), { values: floats(), nulls: 0 });
  assert.deepEqual(read(arrayImage([1.5, null, -0, 3e38])), { values: floats(1.5, NaN, -0, 3e38), nulls: 1 });
  assert.deepEqual(read(arrayImage([1, 2, 3, 4, 5, 6], [2, 3])), { values: floats(1, 2, 3, 4, 5, 6), nulls: 0 });
});

test('what is no image of a real[] is refused, and nothing is allocated for what it claims', () => {
  const refused = (bytes: Buffer, detail: RegExp) => {
    const image = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start: 0, end: bytes.length };
    const read = () => {
      const count = elementCount(image);
      readElements(image, count, new Float32Array(count), 0);
    };
    assert.throws(read, { sqlstate: '22P03', detail }, detail.source);
  };
  const whole = arrayImage([1, 2]);
  const changed = (offset: number, value: number) => {
    const bytes = Buffer.from(whole);
    bytes.writeInt32BE(value, offset);
    return bytes;
  };
  refused(Buffer.alloc(11), /no header/);
  refused(changed(0, 7), /7 dimensions/);
  refused(changed(0, -1), /-1 dimensions/);
  refused(changed(8, 701), /type 701/);
  refused(whole.subarray(0, 15), /dimensions are cut off/);
  refused(changed(12, -1), /the length -1/);
  refused(changed(12, 2 ** 31 - 1), /2147483647 elements do not fit/);
  refused(changed(20, 8), /an element has 8 bytes/);
  refused(changed(12, 1), /8 bytes follow/);
  refused(whole.subarray(0, whole.length - 1), /an element has 4 bytes/);
  refused(whole.subarray(0, whole.length - 6), /cut off/);
});

test('rows become columns', () => {
  const columns = named('n', 'words', 'list');
  const { rows, batches } = readRecords(
    columns,
    images([
      [1.5, '', [1, 2]],
      [{ nullOf: 700 }, 'größe ☃ 😀 \ufffd', { nullOf: 1021 }],
      [-Infinity, { nullOf: 25 }, [3, null]],
    ]),
  );
  assert.equal(rows, 3);
  assert.deepEqual(batches, [
    { name: 'n', type: 'real', width: 1, values: floats(1.5, NaN, -Infinity) },
    { name: 'words', type: 'text', width: 1, values: ['', 'größe ☃ 😀 \ufffd', null] },
    { name: 'list', type: 'real', width: 2, values: floats(1, 2, NaN, NaN, 3, NaN) },
  ]);
  assert.deepEqual(columns, [
    { name: 'n', type: 700, width: 1 },
    { name: 'words', type: 25, width: 1 },
    { name: 'list', type: 1021, width: 2 },
  ]);
});

test('a later push knows the columns of the first', () => {
  const columns = named('list');
  readRecords(columns, images([[[1, 2]]]));
  assert.deepEqual(readRecords(columns, images([[{ nullOf: 1021 }]])).batches[0].values, floats(NaN, NaN));
  assert.deepEqual(readRecords(columns, Buffer.alloc(0)).batches[0].values, floats());
  assert.throws(() => readRecords(columns, images([[[1, 2, 3]]])), {
    sqlstate: '22023',
    message: 'Mismatched array length for feature `list`. Expected: 2 Received: 3',
  });
  assert.throws(() => readRecords(columns, images([[1]])), {
    sqlstate: '22023',
    message: /is real after it was real\[]/,
  });
});

test('without rows a column has what is said of it', () => {
  const columns: Column[] = [
    { name: 'n', type: 700, width: 1 },
    { name: 't', type: 25, width: 1 },
    { name: 'l', type: 1021, width: undefined },
  ];
  assert.deepEqual(readRecords(columns, Buffer.alloc(0)), {
    rows: 0,
    batches: [
      { name: 'n', type: 'real', width: 1, values: floats() },
      { name: 't', type: 'text', width: 1, values: [] },
      { name: 'l', type: 'real', width: 0, values: floats() },
    ],
  });
  assert.throws(() => readRecords(named('x'), Buffer.alloc(0)), { sqlstate: '22023', message: /"x"/, hint: /type/ });
});

test('other types, arrays of different lengths and arrays that never come are refused', () => {
  const bigint = Buffer.from('00000001' + '00000014' + '00000008' + '0000000000000001', 'hex');
  assert.throws(() => readRecords(named('id'), bigint), { sqlstate: '42804', message: /"id"/, hint: /Cast/ });
  assert.throws(() => readRecords(named('x'), images([[[1, 2]], [[1, 2, 3]]])), {
    sqlstate: '22023',
    message: /2 Received: 3/,
  });
  assert.throws(() => readRecords(named('x'), images([[{ nullOf: 1021 }]])), {
    sqlstate: '22004',
    message: /only NULL/,
  });
  assert.throws(() => readRecords(named('x'), images([[1], ['a']])), {
    sqlstate: '22023',
    message: /is text after it was real/,
  });
  const latin = Buffer.from('00000001' + '00000019' + '00000001' + 'e9', 'hex');
  assert.throws(() => readRecords(named('x'), latin), { sqlstate: '22021' });
});

test('few bytes cannot ask for much memory', () => {
  const wide = recordImage([new Array<number>(10_000).fill(1)]);
  const nulls = Array.from({ length: 10_000 }, () => recordImage([{ nullOf: 1021 }]));
  assert.throws(() => readRecords(named('x'), Buffer.concat([wide, ...nulls])), {
    sqlstate: '54000',
    message: '10001 rows of 10000 values are too many for one push',
  });
});

test('every way of cutting off or lengthening rows is refused, or cuts between rows', () => {
  const row = recordImage([1, 'text', [1, 2]]);
  const bytes = Buffer.concat([row, row]);
  for (let length = 1; length < bytes.length; length++) {
    const read = () => readRecords(named('a', 'b', 'c'), bytes.subarray(0, length)).rows;
    if (length === row.length) assert.equal(read(), 1);
    else assert.throws(read, { sqlstate: '22P03' }, `${length} bytes`);
  }
  assert.throws(() => readRecords(named('a', 'b'), bytes), { sqlstate: '22P03', detail: /3 columns, but 2/ });
  const wrong = Buffer.from(bytes);
  wrong.writeInt32BE(-2, 8);
  assert.throws(() => readRecords(named('a', 'b', 'c'), wrong), { sqlstate: '22P03', message: /row 1/ });
  wrong.writeInt32BE(3, 8);
  assert.throws(() => readRecords(named('a', 'b', 'c'), wrong), { sqlstate: '22P03' });
});
