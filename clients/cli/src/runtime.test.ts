import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** Only turns waiting for ever into a failure. */
const limit = { timeout: 60_000 };
const program = fileURLToPath(new URL('../bin/pgml.mjs', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-cli-runtime-'));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, 'runtime', ...words],
      { env: { ...process.env, ...environment }, timeout: limit.timeout },
      (_, stdout, stderr) => resolve({ status: child.exitCode, stdout, stderr }),
    );
  });

/** Starts the command in the foreground, and waits for what it prints when clients can connect. */
async function start(words: readonly string[]) {
  const child = spawn(process.execPath, [program, 'runtime', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
      if (stdout.includes('pgml.sock\n')) resolve();
    });
    child.once('exit', () => reject(new Error(stderr)));
  });
  const port = Number(/^ +postgres +127\.0\.0\.1:(\d+)$/m.exec(stdout)![1]);
  return { child, port, stdout: () => stdout, stderr: () => stderr };
}

async function connect(port: number, password: string): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'pgml', password, database: 'any' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

test(
  'it serves until it is told to stop; SIGHUP reads the file again; a second one says what is in its way',
  limit,
  async () => {
    const state = path.join(folder, 'state');
    const config = path.join(folder, 'runtime.toml');
    const write = (more: string) =>
      fs.writeFileSync(config, `port = 0\nworkers = 1\nstate_directory = ${JSON.stringify(state)}\n${more}`, {
        mode: 0o600,
      });
    write('');
    const { child, port, stdout, stderr } = await start(['--config', config, '--log-format', 'text']);
    assert.match(stdout(), /^pgml runtime ready\n {2}postgres {2}127\.0\.0\.1:\d+\n/);
    const made = fs.readFileSync(path.join(state, 'password'), 'utf8').trimEnd();
    const client = await connect(port, made);
    assert.equal((await client.query('SELECT 1')).rows.length, 1);

    const second = await run(['--config', config]);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /^pgml: another runtime uses the state directory .*--state-directory\n$/);

    const waitFor = async (text: string) => {
      for (let wait = 0; !stderr().includes(text) && wait < 2000; wait++)
        await new Promise((resolve) => setTimeout(resolve, 5));
      assert.ok(stderr().includes(text), stderr());
    };
    write('wrokers = 3');
    child.kill('SIGHUP');
    await waitFor('the configuration stays as it is: ');
    assert.match(stderr(), /unknown setting wrokers \(did you mean workers\?\)/);
    write('password = "new"\n');
    child.kill('SIGHUP');
    await waitFor('were read again');
    await assert.rejects(connect(port, made), { code: '28P01' });
    const later = await connect(port, 'new');

    const ended = new Promise((resolve) => later.once('end', resolve));
    const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])));
    child.kill('SIGTERM');
    await ended;
    assert.deepEqual(await exited, [0, null]);
    assert.ok(!stderr().includes(made));
  },
);

test('mistakes are one line, with exit status', limit, async () => {
  const config = path.join(folder, 'wrong.toml');
  fs.writeFileSync(config, 'worker_memory = "lots"\n');
  const mistakes: readonly (readonly [string[], number, RegExp])[] = [
    [
      ['--config', config],
      1,
      /^pgml: worker_memory in .*wrong\.toml must be a size of at least 128MB.*, not "lots"\n$/,
    ],
    [['--config', '/nowhere/x.toml'], 1, /^pgml: cannot read the configuration file \/nowhere\/x\.toml \(ENOENT\)\n$/],
    [['--host', '0.0.0.0'], 1, /^pgml: other machines can reach 0\.0\.0\.0, so TLS is required: /m],
    [['--prot', '1'], 2, /^pgml: unknown flag --prot \(did you mean --port\?\)/],
    [['--password', 'x'], 2, /^pgml: unknown flag --password/],
  ];
  for (const [words, status, message] of mistakes) {
    const ended = await run([...words, '--state-directory', path.join(folder, 'mistakes')]);
    assert.match(ended.stderr, message);
    assert.equal(ended.status, status, words.join(' '));
  }
});

test('help tells every setting; the unit runs this program with the flags that were given', limit, async () => {
  const { stdout: help } = await run(['--help']);
  assert.match(help, /^ {2}--worker-memory SIZE +.*\(default 5GB, environment PGML_RUNTIME_WORKER_MEMORY\)$/m);
  assert.ok(!/^ {2}--password /m.test(help));
  const { stdout: unit } = await run(['--print-systemd-unit', '--config', 'a b%.toml', '--socket-directory', '/srv/x']);
  const command = /^ExecStart=(.*)$/m.exec(unit)![1];
  assert.equal(
    command,
    `${process.execPath} ${program} runtime --state-directory /var/lib/pgml --socket-directory /srv/x --config "${process.cwd()}/a b%%.toml"`,
  );
  for (const line of [
    'ExecReload=/bin/kill -HUP $MAINPID',
    'KillMode=mixed',
    'RuntimeDirectoryMode=0750',
    'Restart=on-failure',
  ])
    assert.ok(unit.includes(`\n${line}\n`), line);
});
