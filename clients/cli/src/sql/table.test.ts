import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTable } from './table.js';
import { displayLines, displayWidth } from './width.js';

test('columns of a terminal', () => {
  const widths: readonly (readonly [string, number])[] = [
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    ['ｱ', 1],
    ['Ａ', 2],
    ['😀', 2],
    ['한', 2],
    ['\u200b', 0],
  ];
  for (const [text, width] of widths) assert.equal(displayWidth(text), width, JSON.stringify(text));
});

test('control characters cannot reach the terminal', () => {
  assert.deepEqual(displayLines('a\tb\nc\r\u0007\u001b[31m\u009b'), ['a       b', 'c\\r\\x07\\x1B[31m\\u009B']);
  assert.deepEqual(displayLines(''), ['']);
});

const sample = {
  columns: [
    { name: 'number', align: 'right' },
    { name: 'text', align: 'left' },
  ],
  rows: [
    ['1', 'two\nlines'],
    [null, '日本'],
    ['1000000', ''],
  ],
} as const;

test('aligned columns', () => {
  const expected = [
    ' number  | text  ',
    '---------+-------',
    '       1 | two  +',
    '         | lines',
    '         | 日本',
    ' 1000000 | ',
    '(3 rows)',
    '',
    '',
  ];
  assert.equal(formatTable(sample, false), expected.join('\n'));
});

test('records', () => {
  const expected = [
    '-[ RECORD 1 ]---',
    'number | 1',
    'text   | two    +',
    '       | lines',
    '-[ RECORD 2 ]---',
    'number | ',
    'text   | 日本',
    '-[ RECORD 3 ]---',
    'number | 1000000',
    'text   | ',
    '',
    '',
  ];
  assert.equal(formatTable(sample, true), expected.join('\n'));
});

test('one row, no rows, no columns, a title and a footer', () => {
  const columns = [{ name: 'a', align: 'left' }] as const;
  assert.equal(formatTable({ columns, rows: [['x']] }, false), ' a \n---\n x\n(1 row)\n\n');
  assert.equal(formatTable({ columns, rows: [] }, false), ' a \n---\n(0 rows)\n\n');
  assert.equal(formatTable({ columns, rows: [] }, true), '(0 rows)\n\n');
  assert.equal(formatTable({ columns: [], rows: [[], []] }, false), '--\n(2 rows)\n\n');
  assert.equal(
    formatTable({ title: 'T', columns, rows: [['xyz']], footer: ['end'] }, false),
    '  T\n  a  \n-----\n xyz\nend\n\n',
  );
});

test('a hundred thousand rows', () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => [String(index)]);
  const lines = formatTable({ columns: [{ name: 'n', align: 'right' }], rows }, false).split('\n');
  assert.equal(lines.length, 100_005);
  assert.equal(lines[2], '     0');
});
