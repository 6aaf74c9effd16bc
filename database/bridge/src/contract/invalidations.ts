import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, type Connection, fails, rolledBack, value } from './connection.js';
import { constant, deploy, numbers, storeModel } from './models.js';

const PROJECT = 'renewed';
/** Model i of these answers i, so that an answer tells which model was asked. */
const MODELS = [100, 101, 102, 103];

async function setUp(database: Connection): Promise<void> {
  for (const id of MODELS) await storeModel(database, id, constant(id));
  await deploy(database, PROJECT, MODELS[0]);
  await database.query(`
    CREATE TEMP TABLE asked AS SELECT '{1}'::real[] AS x;
    CREATE FUNCTION pg_temp.constant_answer() RETURNS real LANGUAGE plpgsql AS
      $$ BEGIN RETURN pgml_bridge.predict('${PROJECT}', '{1}'); END $$;
    CREATE FUNCTION pg_temp.deploys(model bigint) RETURNS bigint LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO pgml.deployment (project, model) VALUES ('${PROJECT}', $1); RETURN $1; END $$;
    PREPARE constant_answer AS SELECT pgml_bridge.predict('${PROJECT}', '{1}'::real[]) AS answer;
    PREPARE table_answer AS SELECT pgml_bridge.predict('${PROJECT}', x) AS answer FROM asked`);
}

/** Every way to ask gives what pgml.deployed_model gives. */
async function agrees(database: Connection, when: string): Promise<number> {
  const deployed = Number(await value(database, `SELECT pgml.deployed_model('${PROJECT}')`));
  // Asked again and again, because a bridge may take shorter ways once it has answered a question.
  for (const question of ['EXECUTE constant_answer', 'EXECUTE table_answer', 'SELECT pg_temp.constant_answer()'])
    for (let time = 1; time <= 3; time++)
      assert.equal(await value(database, question), deployed, `${question} ${when}, time ${time}`);
  return deployed;
}

export function invalidations(bench: () => Bench): void {
  test('whatever a transaction does, predictions are those of the deployment it sees', async () => {
    const { database } = bench();
    await setUp(database);
    const random = numbers(11);
    const choose = (count: number) => Math.floor((random() / 8 + 0.5) * count);
    const history: string[] = [];
    let deployed = await agrees(database, 'at first');
    for (let round = 0; round < 12; round++) {
      const deployments = [deployed];
      history.push('BEGIN');
      await database.query('BEGIN');
      for (let step = 0; step < 6; step++) {
        const model = MODELS[choose(MODELS.length)];
        const action = ['deploy', 'SAVEPOINT s', 'ROLLBACK TO s', 'RELEASE s', 'ask', 'ask'][choose(6)];
        if (action === 'deploy') await deploy(database, PROJECT, model);
        else if (action === 'SAVEPOINT s') deployments.push(deployed);
        else if (action !== 'ask' && deployments.length === 1) continue;
        if (action.endsWith(' s')) await database.query(action);
        if (action === 'deploy') deployed = model;
        if (action === 'ROLLBACK TO s') deployed = deployments.at(-1)!;
        if (action === 'RELEASE s') deployments.pop();
        history.push(action === 'deploy' ? `deploy ${model}` : action);
        // Not asking is part of the history too: then nothing is remembered.
        if (choose(3) > 0) assert.equal(await agrees(database, `after ${history.join(', ')}`), deployed);
      }
      const end = choose(2) === 0 ? 'COMMIT' : 'ROLLBACK';
      if (end === 'ROLLBACK') deployed = deployments[0]!;
      await database.query(end);
      history.push(end);
      assert.equal(await agrees(database, `after ${history.join(', ')}`), deployed);
    }
  });

  test('a statement that fails leaves nothing of its deployment', async () => {
    const { database } = bench();
    const before = await agrees(database, 'before');
    const other = MODELS.find((id) => id !== before)!;
    await fails(database, `SELECT 1 / (pg_temp.deploys(${other}) - ${other})`, {
      code: '22012',
      message: 'division by zero',
    });
    assert.equal(await agrees(database, 'after'), before);
    await database.query(`DO $$ BEGIN
      PERFORM pg_temp.deploys(${other});
      ASSERT pg_temp.constant_answer() = ${other};
      RAISE 'undo';
    EXCEPTION WHEN raise_exception THEN
      ASSERT pg_temp.constant_answer() = ${before}, 'after the block was undone';
    END $$`);
    assert.equal(await agrees(database, 'after the block'), before);
  });

  test('an older snapshot keeps its answer beside a newer one', async () => {
    const { database } = bench();
    await rolledBack(database, async () => {
      await deploy(database, PROJECT, 100);
      await database.query(`DECLARE older NO SCROLL CURSOR FOR
        SELECT pgml.deployed_model('${PROJECT}')::real AS deployed, pgml_bridge.predict('${PROJECT}', ARRAY[i]::real[]) AS answer
        FROM generate_series(1, 10) AS i`);
      for (const model of [101, 102, 103]) {
        await deploy(database, PROJECT, model);
        assert.deepEqual(await database.query('FETCH 2 FROM older'), Array(2).fill({ deployed: 100, answer: 100 }));
        assert.equal(await agrees(database, 'between fetches'), model);
        assert.deepEqual(await database.query('FETCH 1 FROM older'), [{ deployed: 100, answer: 100 }]);
      }
      // This statement's snapshot is older than its own deployment, and so are the constants that are computed in it.
      const [own] =
        await database.query(`SELECT pg_temp.deploys(100) AS deployed, pgml.deployed_model('${PROJECT}') AS seen,
        pgml_bridge.predict('${PROJECT}', x) AS answer, pg_temp.constant_answer() AS first, pg_temp.constant_answer() AS second
        FROM asked`);
      assert.equal(Number(own.answer), Number(own.seen));
      assert.equal(await agrees(database, 'after a statement that deployed'), 100);
    });
    await agrees(database, 'after the rollback');
  });

  test('a model is what its row holds now', async () => {
    const { database } = bench();
    const ask = async () => [
      await value(database, `SELECT pgml_bridge.predict(110::bigint, '{1}')`),
      await value(database, 'EXECUTE by_id'),
    ];
    await storeModel(database, 110, constant(1));
    await database.query(`PREPARE by_id AS SELECT pgml_bridge.predict(110::bigint, '{1}'::real[])`);
    assert.deepEqual(await ask(), [1, 1]);
    await storeModel(database, 110, constant(2));
    assert.deepEqual(await ask(), [2, 2]);
    await database.query('DELETE FROM pgml.model WHERE id = 110');
    await fails(database, 'EXECUTE by_id', { code: '42704', message: 'no model 110' });
    await storeModel(database, 110, constant(3));
    assert.deepEqual(await ask(), [3, 3]);
    await rolledBack(database, async () => {
      await database.query('TRUNCATE pgml.model');
      await fails(database, 'EXECUTE by_id', { code: '42704', message: 'no model 110' });
    });
    assert.deepEqual(await ask(), [3, 3]);
    await rolledBack(database, async () => {
      await database.query(
        'ALTER TABLE pgml.model RENAME TO model_before; CREATE TABLE pgml.model (LIKE pgml.model_before)',
      );
      await fails(database, `SELECT pgml_bridge.predict(110::bigint, x) FROM asked`, {
        code: '42704',
        message: 'no model 110',
      });
    });
    assert.deepEqual(await ask(), [3, 3]);
  });

  test('a lookup function may be replaced', async () => {
    const { database } = bench();
    const ask = `SELECT pgml_bridge.predict('${PROJECT}', x) FROM asked`;
    const before = await value(database, ask);
    const other = MODELS.find((id) => id !== before)!;
    await rolledBack(database, async () => {
      await database.query(`CREATE OR REPLACE FUNCTION pgml.deployed_model(project text) RETURNS bigint LANGUAGE sql STABLE STRICT
        AS 'SELECT ${other}::bigint'`);
      assert.equal(await value(database, ask), other);
    });
    assert.equal(await value(database, ask), before);
  });

  test('one statement may change both tables, and a table more than once', async () => {
    const { database } = bench();
    await database.query(`WITH renewed AS (UPDATE pgml.model SET id = id WHERE id = 103 RETURNING id)
      INSERT INTO pgml.deployment (project, model) SELECT '${PROJECT}', id FROM renewed`);
    assert.equal(await agrees(database, 'after a statement with two parts'), 103);
    await database.query(
      `DO $$ BEGIN FOR i IN 100..102 LOOP PERFORM pg_temp.deploys(i); ASSERT pg_temp.constant_answer() = i; END LOOP; END $$`,
    );
    assert.equal(await agrees(database, 'after a loop'), 102);
  });

  test('what one user may see is not shown to another', async () => {
    const { database } = bench();
    const ask = `SELECT pgml_bridge.predict('${PROJECT}', x) FROM asked`;
    await rolledBack(database, async () => {
      await database.query(
        'CREATE ROLE reader; GRANT reader TO CURRENT_USER; GRANT USAGE ON SCHEMA pgml TO reader; GRANT SELECT ON asked TO reader',
      );
      assert.equal(await value(database, ask), 102);
      await database.query('SAVEPOINT a; SET LOCAL ROLE reader');
      await fails(database, ask, { code: '42501', message: /permission denied/ });
      await database.query(
        'ROLLBACK TO a; GRANT SELECT ON pgml.deployment, pgml.model TO reader; SET LOCAL ROLE reader',
      );
      assert.equal(await value(database, ask), 102);
      await database.query('RESET ROLE; REVOKE SELECT ON pgml.model FROM reader; SET LOCAL ROLE reader');
      await fails(database, ask, { code: '42501', message: /permission denied/ });
    });
    assert.equal(await value(database, ask), 102);
  });
}
