/** What a session sees when its runtime is stopped, killed, restarted or out of reach. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Programs } from '@pgml/postgres';
import type pg from 'pg';
import type { Missing } from '../testing/postgres.js';
import { administrate, connect, createDatabase, run, startSetting } from './setting.js';

const limit = { timeout: 60_000 };

/** Registers the tests, for one version of PostgreSQL. */
export async function troubleOn(programs: Programs | Missing): Promise<void> {
  const setting = await startSetting(programs);
  if ('missing' in setting) {
    test('a runtime in trouble', { skip: setting.missing }, () => {});
    return;
  }
  describe(`a runtime in trouble, PostgreSQL ${setting.server.programs.version}`, () => {
    const { runtime, superuser } = setting;
    let url: string;
    let client: pg.Client;
    const predict = async () => {
      const { rows } = await client.query(`SELECT pgml.predict('iris', ARRAY[5.1, 3.5, 1.4, 0.2]) AS class`);
      return rows[0].class as number;
    };
    const predictMany = () => client.query(`SELECT pgml.predict_batch('iris', ARRAY[5.1, 3.5, 1.4, 0.2])`);
    let answer: number;

    before(async () => {
      url = await createDatabase(setting, 'trouble');
      await administrate(setting, 'trouble', 'CREATE EXTENSION dblink');
      const { status, errors } = await run('install', url, '--runtime', runtime.url);
      assert.equal(status, 0, errors);
      client = await connect(url);
      await client.query(`SELECT * FROM pgml.load_dataset('iris');
        SELECT * FROM pgml.train('iris', 'classification', 'pgml.iris', 'target', algorithm => 'linear')`);
      answer = await predict();
    });
    after(async () => {
      await client.end();
      await setting.close();
    });

    test('a stopped runtime: statement_timeout, cancel and termination end what waits', limit, async () => {
      const stopped = runtime.children();
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      try {
        await client.query(`SET statement_timeout = '200ms'`);
        await assert.rejects(predictMany(), { code: '57014', message: 'canceling statement due to statement timeout' });
        await client.query('RESET statement_timeout');
      } finally {
        for (const pid of stopped) process.kill(pid, 'SIGCONT');
      }
      assert.equal(await predict(), answer);

      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      try {
        const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
        const cancelled = assert.rejects(predictMany(), { code: '57014' });
        await untilActive(rows[0].pid as number);
        await superuser.query('SELECT pg_cancel_backend($1)', [rows[0].pid]);
        await cancelled;
      } finally {
        for (const pid of stopped) process.kill(pid, 'SIGCONT');
      }
      assert.equal(await predict(), answer);

      const other = await connect(url);
      other.on('error', () => {});
      await other.query('SELECT pgml_bridge.runtime()');
      const { rows } = await other.query('SELECT pg_backend_pid() AS pid');
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      try {
        const ended = assert.rejects(other.query(`SELECT pgml.predict_batch('iris', ARRAY[5.1, 3.5, 1.4, 0.2])`));
        await untilActive(rows[0].pid as number);
        await superuser.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
        await ended;
        await untilGone(rows[0].pid as number);
      } finally {
        for (const pid of stopped) process.kill(pid, 'SIGCONT');
      }
    });

    test('a runtime that hangs is replaced, and holds a prediction of one row no longer', limit, async () => {
      const stopped = runtime.children();
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      await client.query(`SET statement_timeout = '200ms'`);
      // Some releases before PostgreSQL 17 hear nothing while dblink waits.
      const code = setting.server.programs.major < 17 ? /^(08...|57014)$/ : /^57014$/;
      await assert.rejects(predict(), (error: Error & { code: string }) => code.test(error.code));
      await client.query('RESET statement_timeout');
      assert.equal(await predict(), answer);
      assert.ok(!runtime.children().some((pid) => stopped.includes(pid)));
    });

    test('a stopped runtime does not hold those for ever who send it much', limit, async () => {
      assert.equal((await run('upgrade', url, '--runtime', `${runtime.url}?tcp_user_timeout=1000`)).status, 0);
      const other = await connect(url);
      await other.query('SELECT pgml_bridge.runtime()');
      // The supervisor as well, so that it does not replace the one that is stopped.
      const stopped = [runtime.pid, ...runtime.children()];
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      try {
        await assert.rejects(
          other.query(`SELECT pgml_bridge.push('SELECT repeat(''much'', 10000000) AS text')`),
          (error: Error & { code: string }) => /^08/.test(error.code),
        );
      } finally {
        for (const pid of stopped) process.kill(pid, 'SIGCONT');
      }
      assert.equal((await other.query('SELECT pgml_bridge.runtime()')).rows.length, 1);
      await other.end();
    });

    test('a cancelled training ends, and the session goes on', limit, async () => {
      await client.query(
        'CREATE TABLE public.endless AS SELECT random()::real AS x, random()::real AS y FROM generate_series(1, 20000)',
      );
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      const training = assert.rejects(
        client.query(
          `SELECT * FROM pgml.train('endless', 'regression', 'public.endless', 'y', algorithm => 'xgboost', hyperparams => '{"n_estimators": 100000}')`,
        ),
        { code: '57014', message: 'canceling statement due to user request' },
      );
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await superuser.query('SELECT pg_cancel_backend($1)', [rows[0].pid]);
      await training;
      assert.equal(await predict(), answer);
    });

    test(
      'a restarted runtime is asked again by the next statement, without an error, and given the model anew',
      limit,
      async () => {
        assert.equal(await predict(), answer);
        await restart();
        assert.equal(await predict(), answer);
      },
    );

    test('a runtime killed at work gives an error of class 08, and the next statement works', limit, async () => {
      const training = client.query(
        `SELECT * FROM pgml.train('endless', 'regression', 'public.endless', 'y', algorithm => 'xgboost', hyperparams => '{"n_estimators": 100000}')`,
      );
      await new Promise((resolve) => setTimeout(resolve, 1000));
      runtime.kill('children');
      await assert.rejects(training, { code: '08006', message: /lost before it answered/, hint: /pgml doctor/ });
      await runtime.answering();
      assert.equal(await predict(), answer);
      assert.deepEqual((await client.query(`SELECT name FROM pgml.projects`)).rows, [{ name: 'iris' }]);
    });

    test('a runtime that is away gives an error of class 08 that names its place, and no password', limit, async () => {
      await client.query(
        `UPDATE pgml_bridge.connection SET parameters = replace(parameters, 'port=''${runtime.port}''', 'port=1')`,
      );
      const other = await connect(url);
      await assert.rejects(
        other.query('SELECT pgml_bridge.runtime()'),
        (error: Error & { code: string; detail: string }) => {
          assert.match(error.code, /^08/);
          assert.match(error.detail, /port 1\b/);
          assert.doesNotMatch(JSON.stringify(error), /wörd of the runtime/);
          return true;
        },
      );
      const doctor = await run('doctor', url);
      assert.equal(doctor.status, 1);
      assert.match(doctor.output, /PROBLEM +connection: .*port 1\b.*\n +.*pgml upgrade DATABASE --runtime URL/);
      await other.end();
      assert.equal((await run('upgrade', url, '--runtime', runtime.url)).status, 0);
      assert.equal(await predict(), answer);
    });

    /** Connections end with the process; one that sends before it has noticed gets an error. */
    async function restart(): Promise<void> {
      const killed = runtime.children();
      runtime.kill('children');
      while (runtime.children().some((pid) => killed.includes(pid)))
        await new Promise((resolve) => setTimeout(resolve, 10));
      await runtime.answering();
    }

    const state = async (pid: number) =>
      (await superuser.query('SELECT state FROM pg_stat_activity WHERE pid = $1', [pid])).rows[0]?.state as
        string | undefined;
    async function untilActive(pid: number): Promise<void> {
      while ((await state(pid)) !== 'active') await new Promise((resolve) => setTimeout(resolve, 10));
      // Active, and past what comes before it waits.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    async function untilGone(pid: number): Promise<void> {
      while ((await state(pid)) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
}
