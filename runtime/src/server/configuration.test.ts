import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { formatVerifier, makeVerifier, verifyPassword } from '@pgml/protocol';
import { checked, readConfiguration } from './configuration.js';
import { defaults, defaultText, settingNames, settings, spellings, type Setting } from './settings.js';
import { mustUseTls } from './tls.js';
import { loadUsers } from './users.js';
import { splitWorkerMemory } from './worker-memory.js';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-configuration-'));
after(() => fs.rmSync(folder, { recursive: true }));

let files = 0;
/** A new file with this text and these rights. */
function file(text: string, mode = 0o600): string {
  const name = path.join(folder, `file-${++files}`);
  fs.writeFileSync(name, text);
  fs.chmodSync(name, mode);
  return name;
}

interface Given {
  readonly flags?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly toml?: string;
  readonly mode?: number;
}

const read = ({ flags = {}, environment = {}, toml, mode }: Given) =>
  readConfiguration({
    flags: new Map(Object.entries(flags)),
    environment,
    file: toml === undefined ? undefined : file(toml, mode),
  });

const refuses = (given: Given, message: RegExp) =>
  assert.throws(() => read(given), { name: 'ConfigurationError', message });

test('flags win over the environment, that over the file, that over the default', () => {
  const toml = 'workers = 3\nthreads = 3\nmax_connections = 3\n';
  const environment = { PGML_RUNTIME_THREADS: '5', PGML_RUNTIME_MAX_CONNECTIONS: '5', PGML_RUNTIME_PORT: '' };
  const { port, workers, threads, maxConnections } = read({ flags: { 'max-connections': '7' }, environment, toml });
  assert.deepEqual(
    { port, workers, threads, maxConnections },
    { port: 6433, workers: 3, threads: 5, maxConnections: 7 },
  );
  assert.deepEqual(read({}), defaults);
});

test('every setting can be given in every way, as people read its default', () => {
  for (const name of settingNames) {
    const setting = settings[name] as Setting;
    const text = setting.kind.print(setting.default);
    assert.deepEqual(setting.kind.parse(text), setting.default, name);
    if (text === '' || name === 'password') continue;
    const without = { ...defaults, [name]: setting.default };
    assert.deepEqual(read({ flags: { [spellings.flag(name)]: text } }), without);
    assert.deepEqual(read({ environment: { [spellings.environment(name)]: text } }), without);
    assert.deepEqual(read({ toml: `${spellings.file(name)} = ${JSON.stringify(text)}` }), without);
  }
  assert.deepEqual(
    [spellings.flag('workerMemory'), spellings.environment('workerMemory'), spellings.file('workerMemory')],
    ['worker-memory', 'PGML_RUNTIME_WORKER_MEMORY', 'worker_memory'],
  );
  assert.equal(defaultText('workerMemory'), '5GB');
  assert.equal(defaultText('shutdownTimeout'), '30s');
  assert.equal(defaultText('password'), undefined);
});

test('sizes, times, permissions and choices', () => {
  const { workerMemory, modelCache, shutdownTimeout, socketMode, requireTls, port } = read({
    toml: 'worker_memory = "1.5GB"\nmodel_cache = "512 MB"\nshutdown_timeout = "2min"\nsocket_mode = "0600"\nrequire_tls = false\nport = 0',
  });
  assert.deepEqual(
    [workerMemory, modelCache, shutdownTimeout, socketMode, requireTls, port],
    [1.5 * 2 ** 30, 2 ** 29, 120_000, 0o600, 'no', 0],
  );
  assert.deepEqual(splitWorkerMemory(5 * 2 ** 30), { kernelMegabytes: 4096, heapMegabytes: 1024 });
  assert.deepEqual(splitWorkerMemory(2 ** 30), { kernelMegabytes: 820, heapMegabytes: 204 });
  assert.deepEqual(splitWorkerMemory(2 ** 27), { kernelMegabytes: 64, heapMegabytes: 64 });
  assert.deepEqual(splitWorkerMemory(8 * 2 ** 30), { kernelMegabytes: 4096, heapMegabytes: 4096 });
});

test('mistakes say what was given, what is allowed and where', () => {
  refuses({ toml: 'worker = 3' }, /file-\d+ has an unknown setting worker \(did you mean workers\?\)$/);
  refuses({ toml: '[user]\na = "b"' }, /unknown setting user \(did you mean users\?\)/);
  refuses({ flags: { port: '65536' } }, /^--port must be a port from 0 \(any free one\) to 65535, not "65536"$/);
  refuses(
    { environment: { PGML_RUNTIME_WORKERS: '0' } },
    /^PGML_RUNTIME_WORKERS must be an integer from 1 to 1024, not "0"$/,
  );
  refuses(
    { toml: 'worker_memory = 5' },
    /^worker_memory in .* must be a size of at least 128MB such as 512MB.*, not "5"$/,
  );
  refuses({ toml: 'worker_memory = "64MB"' }, /at least 128MB/);
  refuses({ toml: 'shutdown_timeout = "2 days"' }, /a time of at most 24h/);
  refuses({ toml: 'socket_mode = 0o660' }, /file permissions in octal, with a leading zero/);
  refuses({ toml: 'log_level = "loud"' }, /debug or info or warning or error, not "loud"/);
  refuses({ toml: 'workers = [1]' }, /workers in .* must be an integer/);
  refuses({ toml: 'workers = \n' }, /is not TOML: line 1, column \d+: /);
  refuses({ toml: 'users = 3' }, /users in .* must be a table/);
  refuses({ toml: '[users]\na = 3' }, /the user "a" in .* must be a SCRAM-SHA-256 verifier in quotes, or/);
  refuses({ toml: 'tls_cert = "a"' }, /TLS needs both files/);
  refuses({ toml: 'password_file = "a"', environment: { PGML_RUNTIME_PASSWORD: 'b' } }, /both given/);
  refuses({ toml: '[users]\npgml = "x"', environment: { PGML_RUNTIME_PASSWORD: 'b' } }, /pgml has two passwords/);
  assert.throws(() => readConfiguration({ flags: new Map(), environment: {}, file: '/nowhere/x.toml' }), {
    name: 'ConfigurationError',
    message: 'cannot read the configuration file /nowhere/x.toml (ENOENT)',
  });
});

test('what is wrong with a secret is said without it', () => {
  refuses({ toml: 'password = "hush', mode: 0o600 }, /^(?!.*hush)/s);
  refuses({ toml: 'password = "hush"', mode: 0o644 }, /everybody can read .* it has a password in it: run chmod 600/);
  assert.equal(read({ toml: 'password = "hush"', mode: 0o640 }).password, 'hush');
});

const users = (given: Partial<typeof defaults>) =>
  loadUsers(checked({ ...defaults, stateDirectory: folder, ...given }));

test('users: verifiers, password files, the default user', () => {
  const verifier = formatVerifier(makeVerifier('one'));
  const table = { a: { verifier }, b: { passwordFile: file('two\n') } };
  const loaded = users({ users: table, password: 'three' });
  assert.deepEqual([...loaded.keys()].sort(), ['a', 'b', 'pgml']);
  assert.ok(verifyPassword('one', loaded.get('a')!));
  assert.ok(verifyPassword('two', loaded.get('b')!));
  assert.ok(verifyPassword('three', loaded.get('pgml')!));
  assert.deepEqual([...users({ users: table }).keys()].sort(), ['a', 'b']);
  const refusesUsers = (given: Partial<typeof defaults>, message: RegExp) =>
    assert.throws(() => users(given), { name: 'ConfigurationError', message });
  refusesUsers(
    { users: { a: { verifier: 'hush' } } },
    /^(?!.*hush).*"a" is no SCRAM-SHA-256 verifier: take it from pg_authid/s,
  );
  refusesUsers({ passwordFile: file('x', 0o604) }, /everybody can read .* it holds a password: run chmod 600/);
  refusesUsers({ passwordFile: file('\n') }, /is empty/);
  refusesUsers({ passwordFile: '/nowhere/p' }, /cannot read \/nowhere\/p \(ENOENT\)/);
});

test('without any user, a password is made once and kept for the owner alone', () => {
  const first = users({}).get('pgml')!;
  const kept = path.join(folder, 'password');
  assert.equal(fs.statSync(kept).mode & 0o777, 0o600);
  const password = fs.readFileSync(kept, 'utf8').trimEnd();
  assert.ok(password.length >= 32);
  assert.ok(verifyPassword(password, first));
  assert.ok(verifyPassword(password, users({}).get('pgml')!));
});

test('TLS is required where other machines can connect, unless said otherwise', () => {
  const must = (given: Partial<typeof defaults>) => mustUseTls({ ...defaults, ...given });
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost', '']) assert.equal(must({ host }), false, host);
  for (const host of ['0.0.0.0', '::', '192.168.1.1', 'db.example']) {
    assert.throws(() => must({ host }), {
      name: 'ConfigurationError',
      message: /^other machines can reach .*: give tls_cert and tls_key, or say require_tls = "no"/,
    });
    assert.equal(must({ host, requireTls: 'no' }), false);
    assert.equal(must({ host, tlsCert: 'c', tlsKey: 'k' }), true);
  }
  assert.equal(must({ requireTls: 'yes', tlsCert: 'c', tlsKey: 'k' }), true);
  assert.throws(() => must({ requireTls: 'yes' }), /TLS is required but there is no certificate/);
});
