// Predictions in the backend rest on answers that each session remembers. Here several sessions change at once what these
// answers come from, and in every step each of them must predict with the model that pgml.deployed_model gives in its
// snapshot, and with the bytes that this model has there.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import pg from 'pg';
import { compiledExtension } from '../testing/native.js';
import { type Postgres, startPostgres } from '../testing/postgres.js';
import { ask, changeBytes, createTables, deploy, MODELS, PROJECT } from '../testing/telling-models.js';

const extension = await compiledExtension();
if ('missing' in extension) test('visibility in native predictions', { skip: extension.missing }, () => {});
else describe('visibility in native predictions', () => visibility(extension.library));

const ofConstants = async (client: pg.Client): Promise<number> =>
  (await client.query('EXECUTE of_constants')).rows[0].answer;

/**
 * Every way to ask gives what is expected in the same snapshot. A plan may hold the answer for constants, and within a
 * transaction nobody would tell it of others' changes before a table is opened: so it comes first only where it may.
 */
async function agrees(client: pg.Client, when: () => string, constantsFirst = false): Promise<number> {
  const early = constantsFirst ? await ofConstants(client) : undefined;
  const rows = await ask(client);
  for (const { expected, answer, by_id } of rows)
    assert.deepEqual({ answer, by_id }, { answer: expected, by_id: expected }, when());
  const [{ expected }] = rows;
  if (early !== undefined) assert.equal(early, expected, `constants first ${when()}`);
  // No other session does anything meanwhile, so these have the same to tell.
  assert.equal(await ofConstants(client), expected, `constants ${when()}`);
  for (const question of ['EXECUTE of_table', 'SELECT predicted() AS answer'])
    assert.equal((await client.query(question)).rows[0].answer, expected, `${question} ${when()}`);
  return expected;
}

function visibility(library: string): void {
  let server: Postgres;
  const clients: pg.Client[] = [];
  async function connect(): Promise<pg.Client> {
    const client = new pg.Client(server.url());
    await client.connect();
    clients.push(client);
    return client;
  }
  async function session(): Promise<pg.Client> {
    const client = await connect();
    await client.query(`PREPARE of_constants AS SELECT pgml.predict('${PROJECT}', '{1}'::real[]) AS answer;
      PREPARE of_table AS SELECT pgml.predict('${PROJECT}', x) AS answer FROM asked`);
    return client;
  }
  before(async () => {
    server = (await startPostgres({ settings: { max_prepared_transactions: '2' } })) as Postgres;
    await createTables(await connect(), library);
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await server.stop();
  });

  for (const seed of [1, 2, 3])
    test(`sessions that change, undo and commit in turns, seed ${seed}`, async () => {
      const random = new RandomState(seed);
      const sessions = await Promise.all(
        MODELS.slice(1).map(async (model) => ({
          model,
          client: await session(),
          transaction: false,
          /** Its transaction sees what others commit. */
          committed: false,
          savepoints: 0,
          cursor: false,
        })),
      );
      const history: string[] = [];
      const when = () => `after ${history.slice(-25).join('; ')}`;
      for (let step = 0; step < 100; step++) {
        const index = random.integer(0, sessions.length);
        const one = sessions[index];
        const run = async (sql: string) => {
          history.push(`${index}: ${sql}`);
          await one.client.query(sql);
        };
        const actions: (() => Promise<void>)[] = [
          () => (history.push(`${index}: deploy`), deploy(one.client, MODELS[random.integer(0, 4)]).then(() => {})),
          // Each session has one model whose bytes it changes, so that none waits for another.
          () => (history.push(`${index}: bytes`), changeBytes(one.client, one.model, random.integer(0, 1000))),
        ];
        if (one.transaction) {
          const end = async (sql: string) => {
            await run(sql);
            Object.assign(one, { transaction: false, committed: false, savepoints: 0, cursor: false });
          };
          actions.push(
            () => end('COMMIT'),
            () => end('ROLLBACK'),
            async () => {
              await run('SAVEPOINT s');
              one.savepoints++;
            },
          );
          if (one.savepoints > 0)
            actions.push(
              async () => {
                await run('ROLLBACK TO s');
                one.cursor = false;
              },
              async () => {
                await run('RELEASE s');
                one.savepoints--;
              },
            );
          // A cursor declared after a savepoint goes with it, so there are none beside savepoints.
          if (!one.cursor && one.savepoints === 0)
            actions.push(async () => {
              await run(`DECLARE older CURSOR FOR SELECT expected(), pgml.predict('${PROJECT}', ARRAY[i]::real[]) AS answer
                FROM generate_series(1, 1000) AS i`);
              one.cursor = true;
            });
        } else {
          const begin = async (sql: string) => {
            await run(sql);
            one.transaction = true;
            one.committed = sql === 'BEGIN';
          };
          actions.push(
            () => begin('BEGIN'),
            () => begin('BEGIN ISOLATION LEVEL REPEATABLE READ'),
          );
        }
        await actions[random.integer(0, actions.length)]();
        for (const { client, cursor, committed } of sessions) {
          // Not asking is part of the history, too: then nothing is remembered.
          if (random.integer(0, 3) === 0) continue;
          await agrees(client, when, !committed && random.integer(0, 2) === 0);
          if (!cursor) continue;
          const { rows } = await client.query('FETCH 2 FROM older');
          for (const { expected, answer } of rows) assert.equal(answer, expected, `cursor ${when()}`);
        }
      }
      for (const { client, transaction } of sessions) {
        if (transaction) await client.query('ROLLBACK');
        await agrees(client, when);
        await client.end();
      }
    });

  test('while another session commits deployments, one statement never mixes two of them', async () => {
    const [writer, ...readers] = await Promise.all([session(), session(), session()]);
    let done = false;
    const asked = readers.map(async (reader, index) => {
      let count = 0;
      for (; !done; count++) {
        if (index === 0) await reader.query('BEGIN');
        for (const { expected, answer, by_id } of await ask(reader))
          assert.deepEqual({ answer, by_id }, { answer: expected, by_id: expected });
        if (index === 0) await reader.query('COMMIT');
      }
      return count;
    });
    for (let round = 0; round < 400; round++) await deploy(writer, MODELS[round % MODELS.length]);
    done = true;
    for (const count of await Promise.all(asked)) assert.ok(count > 20, `only ${count} questions`);
  });

  test('a committed deployment is seen by the next statement of every session', async () => {
    const [writer, reader, blocked] = await Promise.all([session(), session(), session()]);
    await blocked.query('BEGIN');
    for (let round = 0; round < 40; round++) {
      const model = MODELS[round % MODELS.length];
      await deploy(writer, model);
      const { expected } = (await reader.query('SELECT expected()')).rows[0];
      const questions = ['EXECUTE of_constants', `SELECT pgml.predict('${PROJECT}', '{5}'::real[]) AS answer`];
      for (const question of questions)
        assert.equal((await reader.query(question)).rows[0].answer, expected, `${question} in round ${round}`);
      // In a transaction that goes on, and opens no table that would tell it.
      const inBlock = await blocked.query(`SELECT pgml.predict('${PROJECT}', '{5}'::real[]) AS answer`);
      assert.equal(inBlock.rows[0].answer, expected, `round ${round}, in a block`);
    }
    await blocked.query('COMMIT');
  });

  test('a plan that was made under a snapshot from before its own deployment is not kept', async () => {
    const client = await session();
    await client.query(`CREATE FUNCTION deploys(model bigint) RETURNS bigint LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO pgml.deployments (project_id, model_id, strategy) VALUES (1, $1, 'specific'); RETURN $1; END $$;
      CREATE FUNCTION stably_predicted() RETURNS real LANGUAGE plpgsql STABLE AS
        $$ BEGIN RETURN pgml_bridge.predict('${PROJECT}', '{1}'); END $$`);
    await deploy(client, 1);
    for (const ending of ['ROLLBACK', 'COMMIT']) {
      const before = await agrees(client, () => 'before');
      await client.query('BEGIN');
      const { rows } = await client.query(
        'SELECT deploys(3), stably_predicted() AS answer, expected() FROM asked LIMIT 1',
      );
      assert.deepEqual([rows[0].answer, rows[0].expected], [before, before], 'in the snapshot of the statement');
      const own = (await client.query('SELECT stably_predicted() AS answer')).rows[0].answer;
      assert.equal(own, await agrees(client, () => 'afterwards'));
      await client.query(ending);
      const left = (await client.query('SELECT stably_predicted() AS answer')).rows[0].answer;
      assert.equal(left, await agrees(client, () => ending));
    }
  });

  test('a prepared transaction changes nothing before it is committed', async () => {
    const [writer, reader] = await Promise.all([session(), session()]);
    await deploy(writer, 1);
    const first = await agrees(reader, () => 'before');
    await writer.query('BEGIN');
    await deploy(writer, 2);
    const second = await agrees(writer, () => 'in the transaction');
    await writer.query(`PREPARE TRANSACTION 'deploys'`);
    for (const client of [writer, reader]) assert.equal(await agrees(client, () => 'prepared'), first);
    // Others deploy meanwhile.
    await reader.query('BEGIN');
    await deploy(reader, 3);
    await reader.query('ROLLBACK');
    await writer.query(`COMMIT PREPARED 'deploys'`);
    for (const client of [writer, reader]) assert.equal(await agrees(client, () => 'committed'), second);
  });

  test('rights, roles and functions that change in one session count in the others', async () => {
    const [owner, reader, member] = await Promise.all([session(), session(), session()]);
    await deploy(owner, 2);
    const question = `SELECT pgml_bridge.predict('${PROJECT}', x) AS answer FROM asked LIMIT 1`;
    const answer = async (client: pg.Client) =>
      client.query(question).then(
        ({ rows }) => rows[0].answer as number,
        ({ code }: { code: string }) => code,
      );
    await owner.query(`CREATE ROLE reader; CREATE ROLE member IN ROLE reader; GRANT SELECT ON asked TO reader;
      GRANT USAGE ON SCHEMA pgml TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA pgml TO reader`);
    await reader.query('SET ROLE reader');
    await member.query('SET ROLE member');
    const deployed = await agrees(owner, () => 'as the owner');
    const both = async (expected: number | string, when: string) =>
      assert.deepEqual([await answer(reader), await answer(member)], [expected, expected], when);
    await both(deployed, 'granted');
    for (const right of ['SELECT ON pgml.files', 'USAGE ON SCHEMA pgml', 'SELECT ON pgml.deployments']) {
      await owner.query(`REVOKE ${right} FROM reader`);
      await both('42501', `without ${right}`);
      await owner.query(`GRANT ${right} TO reader`);
      await both(deployed, `with ${right}`);
    }
    await owner.query('REVOKE reader FROM member');
    assert.deepEqual([await answer(reader), await answer(member)], [deployed, '42501'], 'no member any more');
    await owner.query('GRANT reader TO member');
    await both(deployed, 'a member again');

    // A function that answers is replaced, and the old one comes back by a rollback.
    await owner.query(`BEGIN; CREATE OR REPLACE FUNCTION pgml.deployed_model(project_name text) RETURNS bigint
      LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT 3::bigint'`);
    const third = (await owner.query('SELECT answer FROM answers WHERE model = 3')).rows[0].answer;
    assert.equal(await answer(owner), third);
    await both(deployed, 'replaced by a transaction that goes on');
    await owner.query('ROLLBACK');
    assert.equal(await answer(owner), deployed);

    // Tables are exchanged.
    await owner.query(`BEGIN; ALTER TABLE pgml.deployments RENAME TO deployments_before;
      CREATE TABLE pgml.deployments (LIKE pgml.deployments_before); GRANT SELECT ON pgml.deployments TO reader`);
    assert.equal(await answer(owner), '55000');
    await owner.query('ROLLBACK');
    await both(deployed, 'after the tables were exchanged and back');
    await owner.query('DROP OWNED BY reader; DROP ROLE member; DROP ROLE reader').catch(() => {});
  });

  test('policies of row security may let settings decide', async () => {
    const [owner, reader] = await Promise.all([session(), session()]);
    await owner.query(`CREATE ROLE tenant; GRANT SELECT ON asked, answers TO tenant; GRANT USAGE ON SCHEMA pgml TO tenant;
      GRANT SELECT ON ALL TABLES IN SCHEMA pgml TO tenant; ALTER TABLE pgml.deployments ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON pgml.deployments USING (model_id = current_setting('app.model')::bigint)`);
    for (const model of MODELS) await deploy(owner, model);
    await reader.query('SET ROLE tenant');
    for (const model of [1, 3, 2, 1]) {
      await reader.query(`SET app.model = '${model}'`);
      await agrees(reader, () => `with the setting ${model}`);
    }
    await owner.query('ALTER TABLE pgml.deployments DISABLE ROW LEVEL SECURITY');
    await agrees(reader, () => 'without policies');
  });

  test('what nothing has changed is not looked up again', async () => {
    const [asking, busy] = await Promise.all([session(), session()]);
    await busy.query('CREATE TEMP TABLE first (i int); CREATE TABLE unrelated (i int)');
    const calls = async () =>
      (
        await asking.query(
          `SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_xact_user_functions WHERE funcname = 'deployed_model'`,
        )
      ).rows[0].calls as number;
    const predict = () =>
      asking.query(`SELECT pgml.predict('${PROJECT}', ARRAY[i]::real[]) FROM generate_series(1, 3) AS i`);
    await asking.query(`SET track_functions = 'all'; BEGIN`);
    await predict();
    const first = await calls();
    assert.ok(first > 0, 'nothing is counted');
    for (let round = 0; round < 20; round++) {
      // Transactions come and go, and tables of no concern.
      await busy.query('INSERT INTO unrelated VALUES (1)');
      if (round % 5 === 0) await busy.query('CREATE TEMP TABLE passing (i int); DROP TABLE passing');
      await predict();
    }
    // Once more at most: the first answer may have been for its snapshot alone.
    assert.ok((await calls()) <= first + 1, `${first}, then ${await calls()} calls`);
    await asking.query('COMMIT');
  });

  test('parallel workers see what their leader sees', async () => {
    const client = await session();
    await client.query(`CREATE TABLE wide AS SELECT ARRAY[i]::real[] AS x FROM generate_series(1, 20000) AS i; ANALYZE wide;
      SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2`);
    const question = `SELECT count(*)::int AS count FROM wide WHERE pgml.predict('${PROJECT}', x) = $1`;
    const plan = await client.query(`EXPLAIN ${question.replace('$1', '2')}`);
    assert.match(JSON.stringify(plan.rows), /Workers Planned/);
    for (const ending of ['COMMIT', 'ROLLBACK']) {
      await client.query('BEGIN');
      for (const model of [3, 1, 2]) {
        await deploy(client, model);
        const expected = await agrees(client, () => `deployed ${model}`);
        assert.equal((await client.query(question, [expected])).rows[0].count, 20000);
      }
      await client.query(ending);
      const expected = await agrees(client, () => ending);
      assert.equal((await client.query(question, [expected])).rows[0].count, 20000);
    }
    await client.query(`SET ${server.programs.major >= 16 ? 'debug_parallel_query' : 'force_parallel_mode'} = on`);
    await agrees(client, () => 'with a worker for everything');
  });

  test('an index over predictions', async () => {
    const client = await session();
    await deploy(client, 3);
    const expected = await agrees(client, () => 'deployed');
    await client.query(`CREATE TABLE indexed AS SELECT ARRAY[i]::real[] AS x FROM generate_series(1, 500) AS i;
      CREATE INDEX ON indexed (pgml_bridge.predict('${PROJECT}', x)); SET enable_seqscan = off`);
    const found = `SELECT count(*)::int AS count FROM indexed WHERE pgml_bridge.predict('${PROJECT}', x) = $1`;
    assert.match(JSON.stringify((await client.query(`EXPLAIN ${found.replace('$1', '1')}`)).rows), /Index/);
    assert.equal((await client.query(found, [expected])).rows[0].count, 500);
    await client.query('BEGIN');
    await deploy(client, 1);
    await client.query(`INSERT INTO indexed VALUES ('{0}')`);
    const other = await agrees(client, () => 'another is deployed');
    assert.equal((await client.query(found, [other])).rows[0].count, expected === other ? 501 : 1);
    await client.query('ROLLBACK');
    assert.equal((await client.query(found, [expected])).rows[0].count, 500);
  });
}
