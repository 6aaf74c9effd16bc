import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReport } from './report.js';

const base = { severity: 'ERROR', sqlstate: '42601', message: 'no' } as const;
const report = (query: string, position: number) =>
  formatReport({ ...base, position }, query)
    .split('\n')
    .slice(1, -1);

test('the parts of an error, in order', () => {
  const fields = {
    ...base,
    detail: 'd',
    hint: 'h',
    where: 'w',
    internalQuery: 'select nope',
    internalPosition: 8,
  };
  assert.equal(
    formatReport(fields, ''),
    'ERROR:  no\nLINE 1: select nope\n               ^\nDETAIL:  d\nHINT:  h\nQUERY:  select nope\nCONTEXT:  w\n',
  );
});

test('a notice has no context', () => {
  assert.equal(formatReport({ severity: 'NOTICE', sqlstate: '00000', message: 'm', where: 'w' }, ''), 'NOTICE:  m\n');
});

test('the caret stands under the character', () => {
  assert.deepEqual(report('select nope', 8), ['LINE 1: select nope', '               ^']);
  assert.deepEqual(report('select\n\tnope\nfrom', 9), ['LINE 2:  nope', '         ^']);
  assert.deepEqual(report("select '日本', nope", 14), ["LINE 1: select '日本', nope", '                       ^']);
  assert.deepEqual(report("select '😀', nope", 13), ["LINE 1: select '😀', nope", '                     ^']);
  assert.deepEqual(report('select', 7), ['LINE 1: select', '              ^']);
  assert.deepEqual(report('select', 99), []);
});

test('a long line is cut so that the caret stays', () => {
  const query = `select ${'a'.repeat(100)}, nope, ${'b'.repeat(100)}`;
  const [line, caret] = report(query, 110);
  assert.ok(line.startsWith('LINE 1: ...aaa') && line.endsWith('...'));
  assert.equal(line.slice(caret.indexOf('^')).slice(0, 4), 'nope');
  const [early, earlyCaret] = report(`nope ${'a'.repeat(100)}`, 1);
  assert.ok(early.startsWith('LINE 1: nope aaa') && early.endsWith('...'));
  assert.equal(earlyCaret, '        ^');
});
