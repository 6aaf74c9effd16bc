// Deployments reach a standby by its primary's log, and predictions there follow what the standby shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type PostgresServer, settlePort, startServer, systemUser } from '@pgml/postgres';
import pg from 'pg';
import { compiledExtension } from '../testing/native.js';
import { type Postgres, startPostgres, SUPERUSER, SUPERUSER_PASSWORD } from '../testing/postgres.js';
import { ask, createTables, deploy, MODELS, PROJECT } from '../testing/telling-models.js';

const extension = await compiledExtension();
if ('missing' in extension) test('native predictions on a standby', { skip: extension.missing }, () => {});
else describe('native predictions on a standby', () => standby(extension.library));

function standby(library: string): void {
  let primary: Postgres;
  let replica: PostgresServer;
  let directory: string;
  let writer: pg.Client;
  let readers: pg.Client[] = [];

  before(async () => {
    primary = (await startPostgres()) as Postgres;
    writer = await connect(primary.url());
    await createTables(writer, library);
    await ask(writer);
    assert.ok(fs.existsSync(path.join(primary.socketDirectory, 'data/pgsql_tmp.pgml')));
    directory = path.join(primary.socketDirectory, 'standby');
    const user = systemUser(undefined);
    const source = `host=${primary.socketDirectory} port=${primary.port} user=${SUPERUSER} password='${SUPERUSER_PASSWORD}'`;
    await promisify(execFile)(
      path.join(primary.programs.directory, 'pg_basebackup'),
      ['--pgdata', directory, '--write-recovery-conf', '--checkpoint', 'fast', '--dbname', source],
      { ...user?.ids, cwd: primary.socketDirectory },
    );
    const port = await settlePort('127.0.0.1', 0);
    replica = await startServer({
      programs: primary.programs,
      user,
      cluster: directory,
      host: '127.0.0.1',
      port,
      socketDirectory: primary.socketDirectory,
    });
    const url = new URL(primary.url());
    url.port = String(port);
    readers = await Promise.all([connect(url.href), connect(url.href)]);
  });
  after(async () => {
    await Promise.all([writer, ...readers].map((client) => client.end()));
    await replica.stop();
    await primary.stop();
  });

  /** Waits until the standby shows what the primary has committed. */
  async function caughtUp(): Promise<void> {
    const { position } = (await writer.query('SELECT pg_current_wal_lsn() AS position')).rows[0];
    const question = `SELECT pg_last_wal_replay_lsn() >= '${position}' AS reached`;
    while (!(await readers[0].query(question)).rows[0].reached) await sleep(5);
  }

  test('files of models are no part of a backup', () => {
    assert.ok(fs.existsSync(path.join(directory, 'base')));
    assert.ok(!fs.existsSync(path.join(directory, 'pgsql_tmp.pgml')));
  });

  test('what is committed on the primary is seen by the next statement after it is replayed', async () => {
    for (const reader of readers)
      await reader.query(`PREPARE of_constants AS SELECT pgml.predict('${PROJECT}', '{1}'::real[]) AS answer`);
    await readers[1].query('BEGIN');
    for (let round = 0; round < 12; round++) {
      const model = MODELS[round % MODELS.length];
      await deploy(writer, model);
      await caughtUp();
      for (const reader of readers)
        for (const { expected, answer, by_id } of await ask(reader))
          assert.deepEqual([expected, answer, by_id], [model, model, model], `round ${round}`);
      for (const reader of readers)
        assert.equal((await reader.query('EXECUTE of_constants')).rows[0].answer, model, `round ${round}`);
    }
    await readers[1].query('COMMIT');
    assert.ok(fs.existsSync(path.join(directory, 'pgsql_tmp.pgml')), 'the standby keeps files of its own');
  });

  test('while deployments are replayed, one statement never mixes two of them', async () => {
    let done = false;
    const asked = readers.map(async (reader) => {
      const seen = new Set<number>();
      while (!done)
        for (const { expected, answer, by_id } of await ask(reader)) {
          assert.deepEqual({ answer, by_id }, { answer: expected, by_id: expected });
          seen.add(answer);
        }
      return seen.size;
    });
    for (let round = 0; round < 300; round++) await deploy(writer, MODELS[round % MODELS.length]);
    await caughtUp();
    done = true;
    for (const different of await Promise.all(asked)) assert.ok(different > 1, 'the standby saw no deployment');
  });

  test('an old snapshot on the standby keeps its model', async () => {
    const [reader, other] = readers;
    await deploy(writer, 1);
    await caughtUp();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    assert.equal((await ask(reader))[0].answer, 1);
    await deploy(writer, 2);
    await caughtUp();
    assert.equal((await ask(other))[0].answer, 2);
    for (const { expected, answer } of await ask(reader)) assert.deepEqual([expected, answer], [1, 1]);
    assert.equal((await reader.query('EXECUTE of_constants')).rows[0].answer, 1);
    await reader.query('COMMIT');
    assert.equal((await reader.query('EXECUTE of_constants')).rows[0].answer, 2);
  });

  test('a standby that becomes the primary deploys', async () => {
    const [reader, other] = readers;
    await reader.query('SELECT pg_promote()');
    await deploy(reader, 3);
    for (const client of [reader, other]) assert.equal((await ask(client))[0].answer, 3);
  });
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}
