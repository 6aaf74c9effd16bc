import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ScriptItem, StatementScanner } from './statements.js';

function scan(script: string): string[] {
  const scanner = new StatementScanner();
  const items: ScriptItem[] = script.split(/(?<=\n)/).flatMap((line) => scanner.push(line));
  const last = scanner.finish();
  return [...items, ...(last ? [last] : [])].map(({ kind, text }) => (kind === 'command' ? `\\${text}` : text));
}

const table: readonly (readonly [string, readonly string[]])[] = [
  ['select 1; select 2', ['select 1;', 'select 2']],
  ['select 1;select 2;', ['select 1;', 'select 2;']],
  ['\n\n  select\n1\n;\n', ['select\n1\n;']],
  ['', []],
  [' \n', []],
  [';', [';']],
  [`select ';', ''';'; x`, [`select ';', ''';';`, 'x']],
  ["select 'a\n;b'; x", ["select 'a\n;b';", 'x']],
  [String.raw`select '\'; select E'\'; x'; y`, [String.raw`select '\';`, String.raw`select E'\'; x';`, 'y']],
  [String.raw`select e'''\'; x'; y`, [String.raw`select e'''\'; x';`, 'y']],
  [String.raw`select type'\'; y`, [String.raw`select type'\';`, 'y']],
  ['select "a;""b"; x', ['select "a;""b";', 'x']],
  ['select $$;$$, $a$;$$;$a$; x', ['select $$;$$, $a$;$$;$a$;', 'x']],
  ['select $1; select a$b$; x', ['select $1;', 'select a$b$;', 'x']],
  ['select $ä$;$ä$; x', ['select $ä$;$ä$;', 'x']],
  ['select 1 -- ;\n; x', ['select 1 -- ;\n;', 'x']],
  ["-- it's\nselect 1;", ['select 1;']],
  ['/* ; /* ; */ ; */ select 1; x', ['/* ; /* ; */ ; */ select 1;', 'x']],
  ['select (1;2); x', ['select (1;2);', 'x']],
  ['select 1); x', ['select 1);', 'x']],
  ['\\d t\nselect 1;', ['\\d t', 'select 1;']],
  ['select 1 \\x\n+ 1;', ['\\x', 'select 1 + 1;']],
  [`select '\\d';`, [`select '\\d';`]],
  [
    'create or replace function f() returns int begin atomic select case when a then 1 end; select 2; end; x',
    ['create or replace function f() returns int begin atomic select case when a then 1 end; select 2; end;', 'x'],
  ],
  ['begin; select case 1 when 1 then 2 end; end; x', ['begin;', 'select case 1 when 1 then 2 end;', 'end;', 'x']],
  ['create table function_begin (begin int); x', ['create table function_begin (begin int);', 'x']],
];

for (const [script, expected] of table) test(JSON.stringify(script), () => assert.deepEqual(scan(script), expected));

test('lines are counted where a statement begins', () => {
  const scanner = new StatementScanner();
  const items = ['-- comment\n', '\n', 'select\n', '1; select\n', '2;\n', '\\x\n'].flatMap((line) =>
    scanner.push(line),
  );
  assert.deepEqual(
    items.map(({ line }) => line),
    [3, 4, 6],
  );
});

test('what is unfinished', () => {
  const states: readonly (readonly [string, string])[] = [
    ['', '='],
    ['select 1;', '='],
    ['-- x', '='],
    ['select', '-'],
    ["select 'a", "'"],
    ['select "a', '"'],
    ['select $x$ $$', '$'],
    ['select /* /* */', '*'],
    ['select (1', '('],
  ];
  for (const [text, expected] of states) {
    const scanner = new StatementScanner();
    scanner.push(`${text}\n`);
    assert.equal(scanner.unfinished, expected, text);
    scanner.reset();
    assert.equal(scanner.unfinished, '=');
    assert.deepEqual(scanner.push('select 1;')[0]?.text, 'select 1;');
  }
});
