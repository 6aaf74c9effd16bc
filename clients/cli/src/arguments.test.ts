import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, parseArguments } from './arguments.js';
import { commands, type Flag } from './commands.js';
import { help } from './help.js';

function flagsOf(words: readonly string[], environment: Environment = {}): Record<string, readonly string[]> {
  const invocation = parseArguments(words, environment);
  assert.equal(invocation.kind, 'run');
  assert.ok(invocation.kind === 'run');
  return Object.fromEntries([...invocation.flags].map(([name, { values }]) => [name, values]));
}

test('defaults, environment, flags: the later wins', () => {
  assert.deepEqual(flagsOf(['up']), { host: ['127.0.0.1'], port: ['5433'], 'data-dir': ['./pgml-data'] });
  const environment = { PGML_HOST: '::1', PGML_PORT: '6000', PGML_DATA_DIR: '/d', PGML_PASSWORD: 'p' };
  assert.deepEqual(flagsOf(['up'], environment), {
    host: ['::1'],
    port: ['6000'],
    'data-dir': ['/d'],
    password: ['p'],
  });
  assert.deepEqual(flagsOf(['up', '--port', '7000', '--password=a=b', '--host', 'h', '--data-dir', 'x'], environment), {
    host: ['h'],
    port: ['7000'],
    'data-dir': ['x'],
    password: ['a=b'],
  });
  assert.deepEqual(flagsOf(['up'], { PGML_PORT: '' }).port, ['5433']);
});

test('a flag that may be repeated keeps its values in order; the URL stands anywhere', () => {
  const invocation = parseArguments(['sql', '-c', 'select 1', 'postgres://h', '--command', '\\d', '-f-'], {});
  assert.ok(invocation.kind === 'run');
  assert.equal(invocation.argument, 'postgres://h');
  assert.deepEqual(invocation.flags.get('command')?.values, ['select 1', '\\d']);
  assert.deepEqual(invocation.flags.get('file')?.values, ['-']);
});

test('a switch is there or not', () => {
  assert.deepEqual(flagsOf(['up', '--postgres']).postgres, ['true']);
  assert.equal(flagsOf(['up']).postgres, undefined);
  assert.match(help('up'), /^ +--postgres +run a /m);
});

test('mistakes name the nearest', () => {
  const mistakes: readonly (readonly [string[], RegExp])[] = [
    [['upp'], /unknown command "upp" \(did you mean up\?\)/],
    [['slq'], /did you mean sql\?/],
    [['frobnicate'], /^unknown command "frobnicate"; see pgml --help$/],
    [['up', '--prot', '1'], /unknown flag --prot \(did you mean --port\?\); see pgml up --help/],
    [['up', '--port'], /--port needs a value: --port NUMBER/],
    [['up', '--port', '1', '--port', '2'], /--port is given twice/],
    [['up', '--postgres=15'], /--postgres takes no value/],
    [['up', 'now'], /does not know what to do with "now"/],
    [['sql', 'a', 'b'], /does not know what to do with "b"/],
    [['version', '--port', '1'], /unknown flag --port/],
    [['--port', '1'], /the first word must be a command/],
    [['toString'], /unknown command/],
  ];
  for (const [words, message] of mistakes)
    assert.throws(() => parseArguments(words, {}), { name: 'UsageError', message }, words.join(' '));
});

test('help is asked for in every usual way, and says all there is', () => {
  for (const words of [[], ['--help'], ['-h'], ['help']])
    assert.deepEqual(parseArguments(words, {}), { kind: 'help', command: undefined });
  for (const words of [
    ['up', '--help'],
    ['up', '--port', '1', '-h'],
    ['help', 'up'],
  ])
    assert.deepEqual(parseArguments(words, {}), { kind: 'help', command: 'up' });
  for (const name of Object.keys(commands)) assert.match(help(undefined), new RegExp(`^  ${name} `, 'm'));
  const flags: readonly Flag[] = commands.up.flags;
  for (const { name, environment, default: value } of flags) {
    const line = help('up')
      .split('\n')
      .find((text) => text.includes(`--${name} `));
    assert.ok(line !== undefined);
    if (environment !== undefined) assert.ok(line.includes(`environment ${environment}`), name);
    if (value !== undefined) assert.ok(line.includes(`default ${value}`), name);
  }
});
