/** Who may not come in, does not: wrong passwords, connections without TLS, sockets and secrets of others. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { type BridgeName, bridges, createBridgedDatabase } from '../testing/bridged-database.js';
import { type Postgres, startPostgres } from '../testing/postgres.js';
import { RuntimeProcess } from '../testing/runtime-process.js';
import { temporaryDirectory } from '../testing/server.js';

const STATUS = 'SELECT * FROM status()';

async function ask(configuration: pg.ClientConfig | string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(configuration);
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('the PostgreSQL door of a runtime', () => {
  let runtime: RuntimeProcess;
  before(async () => {
    runtime = await RuntimeProcess.start();
  });
  after(() => runtime.stop());

  test('lets in whoever knows the password', async () => {
    assert.equal((await ask(runtime.url, STATUS)).rows.length, 1);
  });

  test('refuses a wrong password and an unknown user in the same way, and never logs what was tried', async () => {
    const failures: unknown[] = [];
    for (const user of ['pgml', 'nobody']) {
      const url = new URL(runtime.url);
      url.username = user;
      url.password = 'guessed-secret';
      await assert.rejects(ask(url.href, STATUS), (error: Error & { code: string; routine?: string }) => {
        failures.push({ code: error.code, message: error.message.replace(user, '<user>') });
        return error.code === '28P01';
      });
    }
    assert.deepEqual(failures[0], failures[1]);
    assert.doesNotMatch(runtime.log, /guessed-secret/);
    assert.ok(!runtime.log.includes(decodeURIComponent(new URL(runtime.url).password)));
  });

  test('its unix sockets are closed to others of the machine', () => {
    const sockets = fs.readdirSync(runtime.directory).filter((name) => /^pgml\.sock$|^\.s\.PGSQL\.\d+$/.test(name));
    assert.equal(sockets.length, 2);
    for (const name of sockets) {
      const { mode } = fs.statSync(path.join(runtime.directory, name));
      assert.equal(mode & 0o007, 0, `${name} has mode ${(mode & 0o777).toString(8)}`);
    }
  });
});

describe('a runtime that requires TLS', () => {
  let directory: string;
  let runtime: RuntimeProcess | undefined;
  let missing: string | undefined;
  before(async () => {
    directory = temporaryDirectory();
    const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => path.join(directory, name));
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    try {
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '1',
          ...subject,
          '-keyout',
          key,
          '-out',
          certificate,
        ],
        { stdio: 'pipe' },
      );
    } catch (error) {
      missing = `openssl made no certificate: ${(error as Error).message}`;
      return;
    }
    fs.chmodSync(key, 0o600);
    runtime = await RuntimeProcess.start(['--tls-cert', certificate, '--tls-key', key, '--require-tls', 'yes']);
  });
  after(async () => {
    await runtime?.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  test('serves clients with TLS who check its certificate', async (context) => {
    if (!runtime) return context.skip(missing);
    const ca = fs.readFileSync(path.join(directory, 'certificate.pem'), 'utf8');
    const { rows } = await ask({ connectionString: runtime.url, ssl: { ca } }, STATUS);
    assert.equal(rows.length, 1);
  });

  test('refuses clients without, before they have said anything secret', async (context) => {
    if (!runtime) return context.skip(missing);
    await assert.rejects(ask(runtime.url, STATUS), { code: '28000', message: /encrypted/ });
  });
});

const server = await startPostgres();
if ('missing' in server) test('secrets of bridges', { skip: server.missing }, () => {});
else describe('what other roles of a database may do', () => testRoles(server));

function testRoles(server: Postgres): void {
  let runtime: RuntimeProcess;
  const guests: Partial<Record<BridgeName, string>> = {};
  const missing: Partial<Record<BridgeName, string>> = {};
  before(async () => {
    runtime = await RuntimeProcess.start();
    await ask(server.url(), `CREATE ROLE guest LOGIN PASSWORD 'guest'`);
    for (const bridge of bridges) {
      const made = await createBridgedDatabase(server, bridge, runtime);
      if (typeof made === 'string') guests[bridge] = server.url('guest', 'guest', bridge);
      else missing[bridge] = made.missing;
    }
  });
  after(async () => {
    await server.stop();
    await runtime?.stop();
  });

  test('dblink: only the owner reads the secret, in the table, in functions and in errors', async () => {
    const url = guests.dblink!;
    for (const sql of [
      'SELECT * FROM pgml_bridge.connection',
      `UPDATE pgml_bridge.connection SET parameters = 'host=elsewhere'`,
      'DELETE FROM pgml_bridge.connection',
      'SET ROLE pgml_owner',
    ])
      await assert.rejects(ask(url, sql), { code: '42501' }, sql);
    const secret = decodeURIComponent(new URL(runtime.url).password);
    const told: string[] = [];
    // Whatever functions of the bridge tell a guest, the password is not in it.
    const { rows } = await ask(
      url,
      `SELECT format('SELECT %s(%s)', oid::regproc, array_to_string(ARRAY(
         SELECT format('NULL::%s', format_type(argument, NULL)) FROM unnest(proargtypes) AS argument), ', ')) AS sql
       FROM pg_proc WHERE pronamespace = 'pgml_bridge'::regnamespace AND prorettype <> 'trigger'::regtype`,
    );
    assert.ok(rows.length > 5);
    for (const { sql } of rows as { sql: string }[])
      told.push(
        await ask(url, sql).then(
          (result) => JSON.stringify(result.rows),
          (error: Error) => JSON.stringify({ ...error, message: error.message }),
        ),
      );
    assert.ok(!told.join('\n').includes(secret));
  });

  test('native: only superusers say where the runtime is', async (context) => {
    if (guests.native === undefined) return context.skip(missing.native);
    const set = `SET pgml.runtime_socket = '/tmp/elsewhere.sock'`;
    const use = `SELECT response FROM pgml_bridge.call('algorithms', '{}')`;
    await assert.rejects(ask(guests.native, `${use}; ${set}`), { code: '42501' });
    // Before the library is loaded PostgreSQL does not know the setting; then it forgets what was not allowed.
    const results = (await ask(
      guests.native,
      `${set}; ${use}; SHOW pgml.runtime_socket`,
    )) as unknown as pg.QueryResult[];
    assert.equal(results[1].rows.length, 1);
    assert.equal(results[2].rows[0]['pgml.runtime_socket'], runtime.socket);
  });
}
