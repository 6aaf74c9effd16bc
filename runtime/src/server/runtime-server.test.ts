import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { TestClient } from '../doors/postgres/testing/client.js';
import type { ErrorFields } from '@pgml/protocol';
import { createLog } from './log.js';
import { metricDeclarations } from './metrics.js';
import { type RunningRuntime, type RuntimeServerOptions, startRuntimeServer } from './start-runtime-server.js';
import { makeCertificate, opensslMissing } from './testing/certificate.js';
import { connect, loadModel, PASSWORD, portOf, predictMany, predictOne, train } from './testing/client.js';

/** Only turns waiting for ever into a failure. */
const limit = { timeout: 60_000 };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-runtime-'));
const running: RunningRuntime[] = [];
after(async () => {
  for (const server of running) await server.close(0);
  fs.rmSync(folder, { recursive: true });
});

let directories = 0;
const newDirectory = () => path.join(folder, `state-${++directories}`);

async function start(given: RuntimeServerOptions & { readonly lines?: string[] } = {}): Promise<RunningRuntime> {
  const { lines = [], ...options } = given;
  const server = await startRuntimeServer({
    port: 0,
    password: PASSWORD,
    workers: 1,
    threads: 1,
    stateDirectory: newDirectory(),
    log: createLog(options.logLevel ?? 'info', 'json', (line) => lines.push(line)),
    ...options,
  });
  running.push(server);
  return server;
}

/** The next port that is free now. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const refuses = (given: RuntimeServerOptions, message: RegExp) =>
  assert.rejects(start(given), { name: 'ConfigurationError', message });

test('both doors, where they are said to be, with the rights that were asked for', limit, async () => {
  // Only root may give files to groups that it is not in.
  const group = process.getuid!() === 0 ? 65_534 : process.getgid!();
  const { endpoints } = await start({ socketMode: 0o600, socketGroup: String(group) });
  const [tcp, postgres, frames] = endpoints;
  const port = portOf(endpoints);
  assert.deepEqual([tcp.door, postgres.door, frames.door], ['postgres', 'postgres', 'frames']);
  const files = [postgres, frames].map(({ address }) => (address as { path: string }).path);
  assert.deepEqual(
    files.map((file) => path.basename(file)),
    [`.s.PGSQL.${port}`, 'pgml.sock'],
  );
  for (const file of files) assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  for (const file of [...files, path.dirname(files[0])]) assert.equal(fs.statSync(file).gid, group);
  assert.equal(fs.statSync(path.dirname(files[0])).mode & 0o777, 0o750);
  const client = await connect(endpoints);
  assert.equal((await client.rows('SELECT 1'))[0][0], '1');
  const local = new TestClient(net.connect(files[0]));
  await local.login({ password: PASSWORD });
  assert.equal((await local.rows('SELECT 1'))[0][0], '1');
  await assert.rejects(connect(endpoints, 'wrong'), /28P01/);
});

test('a second runtime says what it collides with; stale sockets are replaced', limit, async () => {
  const stateDirectory = newDirectory();
  const { endpoints, close } = await start({ stateDirectory });
  const port = portOf(endpoints);
  await refuses({ stateDirectory }, /another runtime uses the state directory .*--state-directory/);
  await refuses({ port }, new RegExp(`port ${port} of 127.0.0.1 is in use: .*--port`));
  await refuses(
    { socketDirectory: stateDirectory },
    /another runtime answers on .*pgml\.sock: stop it, or choose another/,
  );
  await refuses(
    { host: '203.0.113.1', requireTls: 'no' },
    /cannot listen on 203\.0\.113\.1 \(EADDRNOTAVAIL\): .*--host/,
  );
  await refuses({ socketDirectory: path.join(folder, 'x'.repeat(100)) }, /has at most 107 bytes/);
  await refuses({ socketGroup: 'no such group' }, /there is no group no such group/);
  await refuses(
    { stateDirectory: path.join(stateDirectory, 'server.lock') },
    /cannot use the state directory .* \(EEXIST\)/,
  );
  await refuses({ metricsAddress: '9187' }, /metrics_address must be address:port/);
  await refuses({ metricsAddress: `127.0.0.1:${port}` }, /cannot listen on metrics_address .* \(EADDRINUSE\)/);
  await refuses({ host: '', port: 0 }, /without a host the port only names the unix socket/);
  await close();

  const file = path.join(stateDirectory, 'pgml.sock');
  fs.writeFileSync(file, 'a file of somebody');
  await refuses({ stateDirectory }, /pgml\.sock is there and no socket/);
  fs.rmSync(file);
  // The name of a socket that nobody listens on, as a process that was killed leaves it.
  const dead = net.createServer().listen(`${file}.dead`);
  await new Promise((resolve) => dead.once('listening', resolve));
  fs.renameSync(`${file}.dead`, file);
  await new Promise((resolve) => dead.close(resolve));
  assert.ok(fs.statSync(file).isSocket());
  await start({ stateDirectory, host: '', port: 7000 });
});

test('no more clients than allowed; who is too many is told the limit and its flag', limit, async () => {
  const metricsAddress = `127.0.0.1:${await freePort()}`;
  const { endpoints } = await start({ maxConnections: 2, metricsAddress });
  const [one] = [await connect(endpoints), await connect(endpoints)];
  const third = await TestClient.dial(portOf(endpoints));
  const refused = await third.login({ password: PASSWORD }).catch((error: Error) => error);
  assert.match(String(refused), /53300 the runtime has too many clients/);
  const { detail, hint } = (refused as Error).cause as ErrorFields;
  assert.match(`${detail} ${hint}`, /limit is 2\..*--max-connections/);
  const frames = net.connect((endpoints[2].address as { path: string }).path);
  assert.match((await frames.toArray()).join(''), /53300.*too many clients.*limit is 2\./s);
  one.close();
  const connections = async () => /^pgml_connections{door="postgres"} (\d+)$/m.exec(await read(metricsAddress))?.[1];
  for (let wait = 0; (await connections()) !== '1' && wait < 1000; wait++);
  await connect(endpoints);
  const refusals = await read(metricsAddress);
  for (const door of ['postgres', 'frames'])
    assert.match(refusals, new RegExp(`^pgml_connections_refused_total{door="${door}"} 1$`, 'm'));
});

const read = async (address: string, page = 'metrics') => (await fetch(`http://${address}/${page}`)).text();

test('every metric that is declared is told; calls are counted by method and outcome', limit, async () => {
  const metricsAddress = `127.0.0.1:${await freePort()}`;
  const lines: string[] = [];
  const { endpoints } = await start({ metricsAddress, lines, logLevel: 'debug' });
  const client = await connect(endpoints);
  const model = await loadModel(client);
  await client.rows(predictOne(model));
  assert.equal((await client.query(`SELECT call('validate', '{"hush": 1}', NULL, NULL)`)).error?.sqlstate, '22023');
  await client.query(`SELECT call('hush', '{}', NULL, NULL)`);
  const text = await read(metricsAddress);
  for (const { name, type, help } of metricDeclarations) {
    assert.ok(text.includes(`# TYPE ${name} ${type}`), name);
    assert.ok(text.includes(`# HELP ${name} ${help}`), name);
  }
  assert.match(text, /^pgml_call_seconds_count{method="predict",outcome="ok"} 1$/m);
  assert.match(text, /^pgml_call_seconds_count{method="validate",outcome="error"} 1$/m);
  assert.match(text, /^pgml_call_seconds_count{method="unknown",outcome="error"} 1$/m);
  assert.match(text, /^pgml_model_cache_models 1$/m);
  assert.match(text, /^pgml_jobs{state="running"} 0$/m);
  assert.equal((await fetch(`http://${metricsAddress}/other`)).status, 404);
  assert.equal((await fetch(`http://${metricsAddress}/metrics`, { method: 'POST' })).status, 405);
  assert.deepEqual(JSON.parse(await read(metricsAddress, 'health')), { status: 'ok' });
  for (const line of lines) {
    const { time, level, message } = JSON.parse(line) as Record<string, string>;
    assert.ok(!Number.isNaN(Date.parse(time)) && level && message);
    assert.ok(!line.includes(PASSWORD) && !line.includes('"hush": 1'), line);
  }
  assert.ok(lines.some((line) => line.includes('"method":"predict"')));
});

test('a stop lets the statement that runs finish, and sends everybody away', limit, async () => {
  const metricsAddress = `127.0.0.1:${await freePort()}`;
  const { endpoints, close } = await start({ metricsAddress });
  const [idle, busy] = [await connect(endpoints), await connect(endpoints)];
  // As an idle backend of PostgreSQL: it does not look at its socket.
  const backend = net.connect((endpoints[2].address as { path: string }).path).pause();
  const training = train(busy, 5000, 300);
  while (!(await read(metricsAddress)).includes('pgml_jobs{state="running"} 1'));
  const closed = close(10 * limit.timeout);
  assert.equal((await idle.fatal()).sqlstate, '57P01');
  const health = await fetch(`http://${metricsAddress}/health`);
  assert.deepEqual([health.status, await health.json()], [503, { status: 'stopping' }]);
  await assert.rejects(connect(endpoints), { code: 'ECONNREFUSED' });
  const { error, rows } = await training;
  assert.equal(error, undefined);
  assert.equal(rows.length, 1);
  assert.equal((await busy.fatal()).sqlstate, '57P01');
  await closed;
  await close();
  backend.destroy();
  for (const { address } of endpoints) if ('path' in address) assert.ok(!fs.existsSync(address.path));
});

test('a statement that goes on longer than the time for it fails with 57P01', limit, async () => {
  const { endpoints, close } = await start();
  const client = await connect(endpoints);
  const other = await connect(endpoints);
  const training = train(client, 5000, 100_000);
  // What is sent later is answered later.
  await other.rows('SELECT 1');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await close(50);
  const { error } = await training.catch(() => ({ error: { sqlstate: 'lost' } }));
  assert.equal(error?.sqlstate, '57P01');
});

test('while one client trains and another predicts a million rows, a third goes on predicting', limit, async () => {
  const { endpoints } = await start();
  const [trainer, bulk, quick] = await Promise.all([1, 2, 3].map(() => connect(endpoints)));
  const model = await loadModel(quick, 60);
  const question = predictOne(model);
  const [[answer]] = await quick.rows(question);
  let done = false;
  const training = train(trainer, 20_000, 400);
  // The question of the million takes a while to be read as well; both are part of what must not delay others.
  const million = bulk.query(predictMany(model, 1_000_000)).then((answered) => {
    done = true;
    return answered;
  });
  let meanwhile = 0;
  while (!done) {
    assert.deepEqual(await quick.rows(question), [[answer]]);
    meanwhile++;
  }
  const { rows, error } = await million;
  assert.equal(error, undefined, error?.message);
  assert.equal(rows[0][1]!.length, 2 + 8 * 1_000_000);
  assert.ok(meanwhile >= 20, `only ${meanwhile} predictions were answered`);
  assert.equal((await training).error, undefined);
});

test('a fit beyond the memory of a worker fails alone, and says which limit that was', limit, async () => {
  const { endpoints } = await start({ workerMemory: 128 * 2 ** 20, workers: 2 });
  const [large, small] = [await connect(endpoints), await connect(endpoints)];
  const [failed, fine] = await Promise.all([train(large, 300, 3, 6000), train(small, 200, 5)]);
  assert.equal(failed.error?.sqlstate, '53200');
  assert.match(failed.error.detail!, /The limits of a worker are 64 MB for kernels and 64 MB for its heap/);
  assert.match(failed.error.hint!, /--worker-memory/);
  assert.equal(fine.error, undefined);
  assert.equal((await train(large, 200, 5)).error, undefined);
});

test('TLS: required on TCP where it is said, not on a unix socket', { ...limit, skip: opensslMissing() }, async () => {
  const certificate = makeCertificate(folder, 'runtime');
  const { endpoints } = await start({ ...certificate, requireTls: 'yes' });
  await assert.rejects(connect(endpoints), /28000 the connection must be encrypted/);
  const secure = await TestClient.dial(portOf(endpoints));
  await secure.encrypt(fs.readFileSync(certificate.tlsCert, 'utf8'));
  await secure.login({ password: PASSWORD });
  assert.equal((await secure.rows('SELECT 1'))[0][0], '1');
  const local = new TestClient(net.connect((endpoints[1].address as { path: string }).path));
  await local.login({ password: PASSWORD });
  fs.chmodSync(certificate.tlsKey, 0o644);
  await refuses(certificate, /everybody can read .*runtime\.key, but it is a private key: run chmod 600/);
  fs.chmodSync(certificate.tlsKey, 0o600);
  await refuses({ tlsCert: certificate.tlsKey, tlsKey: certificate.tlsKey }, /TLS cannot begin with the certificate/);
});
