/**
 * The traps of PGlite as a server. Each is shown on PGlite as it comes, then on our server, which closes it. (That a
 * killed first start cannot be repaired is shown in reliability/first-start.test.ts.)
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { startEmbeddedServer } from '@pgml/embedded';
import { connect, serve, sqlstateOf, value } from './serve.js';

const temporary = (context: TestContext): string => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-trap-'));
  context.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** Runs a script with PGlite as `PGlite` in a process of its own; gives what it prints. */
async function plain(script: string): Promise<string> {
  const source = `import { PGlite } from '@electric-sql/pglite';\n${script}\nprocess.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', source], {
    cwd: import.meta.dirname,
  });
  return stdout.trim();
}

const recursion = 'CREATE FUNCTION deeper(i int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN deeper(i + 1); END $$';

describe('endless recursion', () => {
  it('plain PGlite: poisons the instance', async () => {
    const answer = await plain(`
      const database = await PGlite.create();
      await database.exec(${JSON.stringify(recursion)});
      await database.exec('CREATE TABLE t (i int)');
      const code = await database.query('SELECT deeper(1)').then(() => 'none', (error) => error.code);
      const after = await Promise.race([
        database.query('INSERT INTO t VALUES (1) RETURNING i').then(({ rows }) => JSON.stringify(rows), (error) => error.message),
        new Promise((resolve) => setTimeout(() => resolve('silence'), 3000)),
      ]);
      console.log(code + ' ' + after);`);
    assert.notEqual(answer, '54001 [{"i":1}]');
  });

  it('ours: an error, and the session goes on', async (context) => {
    const client = await connect(context, await serve(context));
    await client.query(recursion);
    assert.equal(await sqlstateOf(client.query('SELECT deeper(1)')), '54001');
    await client.query('CREATE TABLE t (i int)');
    assert.equal(await value(client, 'INSERT INTO t VALUES (1) RETURNING i'), 1);
  });
});

describe('statement_timeout in a busy loop', () => {
  const busy = (seconds: number) =>
    `DO $$ DECLARE began timestamptz := clock_timestamp();
     BEGIN WHILE clock_timestamp() < began + interval '${seconds} s' LOOP NULL; END LOOP; END $$`;

  it('plain PGlite: is ignored', async () => {
    const answer = await plain(`
      const database = await PGlite.create();
      await database.exec('SET statement_timeout = 100');
      console.log(await database.exec(${JSON.stringify(busy(1))}).then(() => 'finished', (error) => error.code));`);
    assert.equal(answer, 'finished');
  });

  it('ours: ends it', async (context) => {
    const client = await connect(context, await serve(context));
    await client.query('SET statement_timeout = 100');
    assert.equal(await sqlstateOf(client.query(busy(600))), '57014');
    assert.equal(await value(client, 'SELECT 1'), 1);
  });
});

describe('fsync', () => {
  it('plain PGlite: is off', async () => {
    const answer = await plain(`
      const database = await PGlite.create();
      console.log((await database.query('SHOW fsync')).rows[0].fsync);`);
    assert.equal(answer, 'off');
  });

  it('ours: is on, and commits reach the disk', async (context) => {
    const server = await serve(context);
    const client = await connect(context, server);
    assert.equal(await value(client, 'SHOW fsync'), 'on');
    await client.query('CREATE TABLE durable (i int)');
    const syncs = async () => {
      await client.query('SELECT pg_stat_force_next_flush()');
      return Number(await value(client, "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'"));
    };
    const before = await syncs();
    for (let row = 0; row < 20; row++) await client.query('INSERT INTO durable VALUES ($1)', [row]);
    const count = (await syncs()) - before;
    assert.ok(count >= 20, `${count} syncs for 20 commits`);
  });
});

describe('two servers on one directory', () => {
  it('plain PGlite: both open it', async (context) => {
    const directory = path.join(temporary(context), 'data');
    const answer = await plain(`
      const [first, second] = [await PGlite.create(${JSON.stringify(directory)}), await PGlite.create(${JSON.stringify(directory)})];
      console.log(first.ready && second.ready);`);
    assert.equal(answer, 'true');
  });

  it('ours: the second is refused and told why', async (context) => {
    const dataDirectory = temporary(context);
    const server = await serve(context, { dataDirectory });
    await assert.rejects(startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory }), {
      name: 'DirectoryInUse',
      message: new RegExp(`process ${process.pid}`),
    });
    await server.close();
  });
});
