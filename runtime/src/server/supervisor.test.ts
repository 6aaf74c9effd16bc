import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TestClient } from '../doors/postgres/testing/client.js';
import { until } from '../doors/postgres/testing/door.js';
import { defaults } from './settings.js';
import { type Supervisor, type SupervisorOptions, superviseRuntime } from './supervisor.js';
import { connect, loadModel, PASSWORD, portOf, predictOne, train } from './testing/client.js';

/** Only turns waiting for ever into a failure. */
const limit = { timeout: 60_000 };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-supervisor-'));
const running: Supervisor[] = [];
after(async () => {
  for (const supervisor of running) await supervisor.close();
  fs.rmSync(folder, { recursive: true });
});

let directories = 0;
const common = () => ({
  port: 0,
  password: PASSWORD,
  workers: 1,
  threads: 1,
  stateDirectory: path.join(folder, `state-${++directories}`),
});

async function start(given: SupervisorOptions = {}): Promise<{ supervisor: Supervisor; log: () => string }> {
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk) => (text += String(chunk)));
  const supervisor = await superviseRuntime({ ...common(), output, ...given });
  running.push(supervisor);
  return { supervisor, log: () => text };
}

/** Kills the serving process and returns when that is known. */
async function killServing(supervisor: Supervisor): Promise<void> {
  await until(() => supervisor.pid !== undefined, 'there is one');
  const { pid, restarts } = supervisor;
  process.kill(pid!, 'SIGKILL');
  await until(() => supervisor.restarts > restarts, 'the death is noticed');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a serving process that is killed is replaced, and who connects meanwhile is served', limit, async () => {
  const { supervisor, log } = await start();
  const { endpoints, pid } = supervisor;
  const busy = await connect(endpoints);
  const training = train(busy, 2000, 100_000).catch((error: Error) => error);
  const idle = await connect(endpoints);
  await killServing(supervisor);
  const tcp = connect(endpoints);
  const local = new TestClient(net.connect((endpoints[1].address as { path: string }).path));
  const frames = net.connect((endpoints[2].address as { path: string }).path);
  const hello = new Promise((resolve) => frames.once('data', resolve));
  await local.login({ password: PASSWORD });
  const client = await tcp;
  await hello;
  frames.destroy();
  await client.rows(predictOne(await loadModel(client)));
  assert.notEqual(supervisor.pid, pid);
  assert.ok((await training) instanceof Error);
  await assert.rejects(idle.query('SELECT 1'));
  const line = log()
    .split('\n')
    .find((text) => text.includes('was killed by SIGKILL'))!;
  assert.deepEqual(
    { ...(JSON.parse(line) as object), time: '' },
    {
      time: '',
      level: 'error',
      message: 'the serving process was killed by SIGKILL',
      pid,
      reason: null,
      restarts: 0,
    },
  );
  // Dying again and again is no reason not to come back.
  for (let death = 0; death < 3; death++) await killServing(supervisor);
  await connect(endpoints);
  await supervisor.close();
  await assert.rejects(connect(endpoints), { code: 'ECONNREFUSED' });
  for (const { address } of endpoints) if ('path' in address) assert.ok(!fs.existsSync(address.path));
});

test('a serving process that does not answer is replaced, and who connects meanwhile is served', limit, async () => {
  const { supervisor, log } = await start({ heartbeat: 1000 });
  const { endpoints, pid } = supervisor;
  const idle = await connect(endpoints);
  process.kill(pid!, 'SIGSTOP');
  const client = await connect(endpoints);
  await client.rows(predictOne(await loadModel(client)));
  assert.notEqual(supervisor.pid, pid);
  assert.equal(supervisor.restarts, 1);
  await assert.rejects(idle.query('SELECT 1'));
  assert.match(log(), /was killed by SIGKILL.*"reason":"it did not answer for 1s, the setting heartbeat"/);
});

test('the silence of a serving process does not count while the supervisor sleeps as well', limit, async () => {
  const { supervisor } = await start({ heartbeat: 1000 });
  const client = await connect(supervisor.endpoints);
  process.kill(supervisor.pid!, 'SIGSTOP');
  // Nothing of this process runs meanwhile, the supervisor neither.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  process.kill(supervisor.pid!, 'SIGCONT');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal((await client.rows('SELECT 1'))[0][0], '1');
  assert.equal(supervisor.restarts, 0);
});

test('a stop lets the statement that runs finish', limit, async () => {
  const { supervisor } = await start();
  const [busy, idle] = [await connect(supervisor.endpoints), await connect(supervisor.endpoints)];
  const training = train(busy, 5000, 200);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const closed = supervisor.close();
  assert.equal((await idle.fatal()).sqlstate, '57P01');
  assert.equal((await training).error, undefined);
  await closed;
  assert.equal(supervisor.pid, undefined);
});

test(
  'a supervisor that is killed takes its serving process along, and another can begin in its place',
  limit,
  async () => {
    const configuration = { ...common(), port: await freePort() };
    const source = `
    import { superviseRuntime } from ${JSON.stringify(new URL('./supervisor.js', import.meta.url).href)};
    const supervisor = await superviseRuntime(${JSON.stringify(configuration)});
    console.log(supervisor.pid);
    setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
    assert.ok(isAlive(pid));
    child.kill('SIGKILL');
    await until(() => !isAlive(pid), 'the serving process ends');
    const { supervisor } = await start(configuration);
    assert.equal(portOf(supervisor.endpoints), configuration.port);
    await connect(supervisor.endpoints);
  },
);

// Node does not tell of a channel that closes while the process at its end starts.
test('a serving process whose supervisor goes while it starts ends as well', limit, async () => {
  const script = fileURLToPath(new URL('./serving-process.js', import.meta.url));
  for (const milliseconds of [60, 120, 180, 240, 300]) {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const configuration = { ...defaults, ...common(), port: 0 };
    child.send(
      { type: 'serve', configuration, endpoints: undefined, predecessors: { restarts: 0, hangs: 0 } },
      () => {},
    );
    const ended = once(child, 'exit');
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    if (child.connected) child.disconnect();
    await ended;
  }
});

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('what keeps the first serving process from serving is told, and leaves nothing locked', limit, async () => {
  const given = { ...common(), passwordFile: '/nowhere/password', password: '' };
  const wrong = { name: 'ConfigurationError', message: /cannot read \/nowhere\/password \(ENOENT\)/ };
  await assert.rejects(start(given), wrong);
  await assert.rejects(start(given), wrong);
});

test('users are read again while it runs, what needs a restart is said; later processes have both', limit, async () => {
  const given = common();
  const { supervisor, log } = await start(given);
  const { endpoints } = supervisor;
  const before = await connect(endpoints);
  supervisor.reload({ ...defaults, ...given, password: 'another', workers: 7, logLevel: 'warning' });
  await until(() => log().includes('were read again') || log().includes('need a restart'), 'the reload');
  let client: TestClient | undefined;
  for (let wait = 0; !client && wait < 200; wait++) client = await connect(endpoints, 'another').catch(() => undefined);
  assert.ok(client);
  await assert.rejects(connect(endpoints), /28P01/);
  assert.equal((await before.rows('SELECT 1'))[0][0], '1');
  assert.match(log(), /"message":"these settings need a restart","settings":"workers"/);
  await killServing(supervisor);
  await connect(endpoints, 'another');

  const passwordFile = path.join(folder, 'password');
  const later = { ...defaults, ...given, password: '', passwordFile };
  const missing = /cannot read .*password \(ENOENT\)/;
  assert.throws(() => supervisor.reload(later), { name: 'ConfigurationError', message: missing });
  fs.writeFileSync(passwordFile, 'third', { mode: 0o600 });
  supervisor.reload(later);
  fs.rmSync(passwordFile);
  // Without the file no process can begin any more, and after some attempts the supervisor says so.
  process.kill(supervisor.pid!, 'SIGKILL');
  assert.match((await supervisor.failed).message, missing);
  await assert.rejects(connect(endpoints), { code: 'ECONNREFUSED' });
});
