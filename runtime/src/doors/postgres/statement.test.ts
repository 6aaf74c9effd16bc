import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAXIMUM_STATEMENTS, parseStatements } from './statement.js';

/** Literals as values: bytes as text. */
function parse(sql: string): unknown[] {
  return parseStatements(Buffer.from(sql)).map((statement) =>
    statement.type !== 'call'
      ? statement
      : [
          statement.name,
          ...statement.arguments.map((literal) =>
            literal.type === 'null' ? null : literal.type === 'integer' ? literal.value : literal.bytes.toString(),
          ),
        ],
  );
}

test('calls, in both forms, with all literals', () => {
  const expected = [['call', 'echo', null, -12, '']];
  assert.deepEqual(parse("SELECT call('echo', NULL, -12, '')"), expected);
  assert.deepEqual(parse(" select\n*\tFROM  Call ( 'echo',null,-12,'' ) ; "), expected);
  assert.deepEqual(parse('SELECT status()'), [['status']]);
  assert.deepEqual(parse("SELECT a('1');;SELECT b(2);"), [
    ['a', '1'],
    ['b', 2],
  ]);
});

test('quotes are doubled, a backslash stands for itself, and every other byte too', () => {
  assert.deepEqual(parse(`SELECT f('it''s', '''', '''''', '\\', '\\''', 'größe ☃ 😀', 'a;b--c/*d', E'')`), [
    ['f', "it's", "'", "''", '\\', "\\'", 'größe ☃ 😀', 'a;b--c/*d', ''],
  ]);
});

test('what quote_literal writes for text with backslashes is understood', () => {
  assert.deepEqual(parse(String.raw`SELECT f( E'\\x00', E'{"a":"it''s \\n \\" \\\\"}', e'\'')`), [
    ['f', String.raw`\x00`, String.raw`{"a":"it's \n \" \\"}`, "'"],
  ]);
  assert.throws(() => parse(String.raw`SELECT f(E'\n')`), { sqlstate: '22025', message: /"\\n"/, hint: /twice/ });
});

test('a literal is a view of the message unless it must be unescaped', () => {
  const message = Buffer.from("SELECT f('abc', 'it''s')");
  const [statement] = parseStatements(message);
  assert.equal(statement.type, 'call');
  const [plain, doubled] = (statement as { arguments: readonly { bytes: Buffer }[] }).arguments;
  assert.equal(plain.bytes.buffer, message.buffer);
  message.fill(0x7a);
  assert.equal(plain.bytes.toString(), 'zzz');
  assert.equal(doubled.bytes.toString(), "it's");
});

test('what drivers and poolers send', () => {
  const types = (sql: string) => parse(sql).map((statement) => (statement as { type: string }).type);
  assert.deepEqual(parse(''), []);
  assert.deepEqual(parse(' ; ;'), []);
  assert.deepEqual(types('SELECT 1'), ['one']);
  assert.deepEqual(
    types('begin; BEGIN ISOLATION LEVEL SERIALIZABLE; START TRANSACTION READ ONLY'),
    Array(3).fill('begin'),
  );
  assert.deepEqual(types('COMMIT; END; commit work; END TRANSACTION'), Array(4).fill('commit'));
  assert.deepEqual(types('ROLLBACK; ABORT; rollback work'), Array(3).fill('rollback'));
  assert.deepEqual(types('DISCARD ALL; DEALLOCATE ALL; RESET ALL'), ['discard', 'deallocate', 'reset']);
  assert.deepEqual(parse('SHOW Server_Version'), [{ type: 'show', name: 'server_version' }]);
  assert.deepEqual(parse("SET SESSION a.b = 'It''s', 3; SELECT 1"), [
    { type: 'set', words: ['session', 'a', '.', 'b', '=', "It's", ',', '3'] },
    { type: 'one' },
  ]);
});

test('everything else is a syntax error that quotes where it begins', () => {
  const near = (sql: string, message: string | RegExp) =>
    assert.throws(() => parse(sql), { sqlstate: '42601', message }, sql);
  near('SELECT', 'syntax error at end of input');
  near('SELECT f(', 'syntax error at end of input');
  near('SELECT f(1', 'syntax error at end of input');
  near('SELECT 2', 'syntax error at or near "2"');
  near('SELECT f(1,)', 'syntax error at or near ")"');
  near("SELECT f('a'::text)", 'syntax error at or near ":"');
  near('SELECT f(x)', 'syntax error at or near "x"');
  near('SELECT f(1) AS g', 'syntax error at or near "AS"');
  near('SELECT f(1.5)', 'syntax error at or near "1.5"');
  near('SELECT f(9007199254740993)', 'syntax error at or near "9007199254740993"');
  near('SELECT f(-1x)', 'syntax error at or near "-1x"');
  near('SELECT f(1) SELECT f(2)', 'syntax error at or near "SELECT"');
  near('SELECT * FROM t WHERE true', 'syntax error at or near "WHERE"');
  near('DISCARD PLANS', 'syntax error at or near "PLANS"');
  near('ROLLBACK TO a', 'syntax error at or near "TO"');
  near('DROP TABLE x', 'syntax error at or near "DROP"');
  near('größer', 'syntax error at or near "gr"');
  near(`SELECT f${'x'.repeat(1000)}(1)`, /near "fx{39}"$/);
  near(`SELECT f('open`, 'unterminated quoted string');
  near(`SELECT f('open''`, 'unterminated quoted string');
  near(String.raw`SELECT f(E'open\')`, 'unterminated quoted string');
  near(`SELECT f(E'open''`, 'unterminated quoted string');
});

test('a message cannot make more of itself than it is', () => {
  assert.equal(parse('SELECT 1;'.repeat(MAXIMUM_STATEMENTS)).length, MAXIMUM_STATEMENTS);
  assert.throws(() => parse('SELECT 1;'.repeat(MAXIMUM_STATEMENTS + 1)), { sqlstate: '54000', hint: /several/ });
  assert.throws(() => parse(`SELECT f(${'1,'.repeat(200)}1)`), { sqlstate: '42601' });
  assert.throws(() => parse(`SET a = ${'1,'.repeat(200)}1`), { sqlstate: '42601' });
  assert.throws(() => parse(`SET client_encoding = '\ud800\udc00'; SELECT f('\x00`), { sqlstate: '42601' });
});
