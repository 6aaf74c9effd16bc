// `pgml up` as a user meets it: one process, signals, and every way in which it cannot start.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pgml, type RunningServer, startServer, temporaryDirectory } from '../testing/server.js';

const directory = temporaryDirectory();
const data = path.join(directory, 'data');
let server: RunningServer;
before(async () => {
  server = await startServer(data, ['--password', 'p@ss wörd']);
});
after(async () => {
  await server.stop();
  fs.rmSync(directory, { recursive: true });
});

function run(words: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, PGHOST: undefined, PGPORT: undefined, ...more };
  const options = { cwd: directory, env, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [pgml, ...words], options);
  return { status, stdout, stderr };
}

test('the URL has the password percent-encoded; every way to the server works', () => {
  const { password, port } = new URL(server.url);
  assert.equal(password, 'p%40ss%20w%C3%B6rd');
  const expected = { status: 0, stdout: ' current_user \n--------------\n pgml\n(1 row)\n\n', stderr: '' };
  const ask = ['-c', 'select current_user'];
  assert.deepEqual(run(['sql', server.url, ...ask]), expected);
  assert.deepEqual(run(['sql', '--data-dir', data, ...ask]), expected);
  assert.deepEqual(run(['sql', ...ask], { PGML_DATA_DIR: data }), expected);
  const environment = { PGHOST: '127.0.0.1', PGPORT: port, PGUSER: 'pgml', PGPASSWORD: 'p@ss wörd' };
  assert.deepEqual(run(['sql', ...ask], environment), expected);
  assert.equal(run(['sql', ...ask], { ...environment, PGPASSWORD: 'wrong' }).status, 1);
});

test('descriptions work on the embedded server', () => {
  const { status, stdout } = run([
    'sql',
    server.url,
    '-c',
    '\\d pgml.models',
    '-c',
    '\\dx',
    '-c',
    '\\l',
    '-c',
    '\\df pgml.*',
  ]);
  assert.equal(status, 0);
  assert.match(stdout, /Table "pgml\.models"/);
  assert.match(stdout, /FOREIGN KEY \(project_id\) REFERENCES/);
  assert.match(stdout, / pgml +\| predict +\| real /);
});

test('what cannot start says so in one line, with a way out', () => {
  const file = path.join(directory, 'file');
  fs.writeFileSync(file, '');
  const { port } = new URL(server.url);
  const other = path.join(directory, 'other');
  const failures: readonly (readonly [string[], number, RegExp])[] = [
    [['--port', port, '--data-dir', other], 1, /is in use: .*--port/],
    [['--port', '0', '--data-dir', data], 1, /in use by another pgml server \(process \d+\)/],
    [['--port', '0', '--data-dir', file], 1, /is not a directory .*--data-dir/],
    [['--host', '192.0.2.1', '--port', '0', '--data-dir', other], 1, /cannot listen on 192\.0\.2\.1 .*--host/],
    [['--port', '99999'], 2, /the port must be a number from 0 .* not "99999"/],
  ];
  for (const [words, expected, message] of failures) {
    const { status, stdout, stderr } = run(['up', ...words]);
    assert.equal(status, expected, stderr);
    assert.equal(stdout, '');
    const lines = stderr.trimEnd().split('\n');
    assert.match(lines.at(-1)!, message);
    assert.ok(
      lines.every((line) => line.startsWith('pgml: ')),
      stderr,
    );
  }
});

test('SIGTERM stops cleanly; a Ctrl-C that arrives twice is one; what was written is there after', async () => {
  const folder = path.join(directory, 'signals');
  const first = await startServer(folder);
  assert.equal(run(['sql', first.url, '-c', 'create table kept (a int); insert into kept values (7)']).status, 0);
  const ended = new Promise<number | null>((resolve) => first.process.once('exit', (code) => resolve(code)));
  first.process.kill('SIGTERM');
  first.process.kill('SIGINT');
  assert.equal(await ended, 0);
  assert.ok(!fs.existsSync(path.join(folder, 'server.json')));
  const second = await startServer(folder);
  assert.match(run(['sql', second.url, '-c', 'select a from kept']).stdout, /^ 7$/m);
  assert.equal(await second.stop(), 0);
});

test('a signal while it starts stops it as well', async () => {
  const child = spawn(process.execPath, [pgml, 'up', '--port', '0', '--data-dir', path.join(directory, 'early')]);
  let shown = '';
  child.stderr.on('data', (chunk) => (shown += chunk));
  // Its process listens for signals from its first lines on; the directory is made soon after.
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const seen = setInterval(() => {
    if (fs.existsSync(path.join(directory, 'early'))) {
      clearInterval(seen);
      child.kill('SIGINT');
    }
  }, 5);
  assert.equal(await ended, 0, shown);
});

const npm = spawnSync('npm', ['--version']).status === 0;
const noNpm = npm ? false : 'npm is not installed here';

test(
  'one Ctrl-C at a terminal, which npm and the server both get, leaves no process and no lock',
  { skip: noNpm },
  async () => {
    const folder = path.join(directory, 'npm');
    fs.mkdirSync(folder);
    const start = `"${process.execPath}" "${pgml}" up --port 0 --data-dir data`;
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'npm', scripts: { start } }));
    // A process group of its own, as a terminal makes for each command.
    const child = spawn('npm', ['start'], { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((resolve) => child.once('close', resolve));
    let shown = '';
    child.stderr.on('data', (chunk) => (shown += chunk));
    await new Promise<void>((resolve) =>
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes('pgml ready')) resolve();
      }),
    );
    process.kill(-child.pid!, 'SIGINT');
    await ended;
    assert.match(shown, /pgml: shutting down/);
    assert.throws(() => process.kill(-child.pid!, 0), { code: 'ESRCH' });
    assert.deepEqual(fs.readdirSync(path.join(folder, 'data')).sort(), ['cluster', 'password']);
  },
);

test('addresses to listen on: of IPv6, a name, all; never none', async () => {
  const addresses = { '::1': '[::1]', localhost: 'localhost', '0.0.0.0': '127.0.0.1' };
  for (const [host, shown] of Object.entries(addresses)) {
    const started = await startServer(path.join(directory, 'addresses'), ['--host', host]);
    assert.equal(new URL(started.url).hostname, shown);
    assert.equal(run(['sql', started.url, '-c', 'select 1']).status, 0);
    assert.equal(await started.stop(), 0);
  }
  assert.equal(run(['up', '--host', '']).status, 2);
});
