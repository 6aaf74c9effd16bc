import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, fails, rolledBack, type Traits, value } from './connection.js';
import {
  deploy,
  expectedAnswer,
  expectedProbabilities,
  type LinearModel,
  numbers,
  realArray,
  regression,
  storeModel,
} from './models.js';

const random = numbers(7);
const list = (length: number): number[] => Array.from({ length }, random);

/** Every decision, and rows of lengths that PostgreSQL stores in each of its ways. */
const models: readonly LinearModel[] = [
  regression(list(1), random()),
  regression(list(5), random()),
  regression(list(25), random()),
  regression(list(26), random()),
  regression(list(40), random()),
  regression(list(6000), random()),
  { decision: 'logistic', weights: [list(3)], intercepts: [random()], classes: [-1, 7], missing: 'refuse' },
  {
    decision: 'softmax',
    weights: [list(4), list(4), list(4)],
    intercepts: list(3),
    classes: [10, 20, 30],
    missing: 'refuse',
  },
];
const ROWS = 30;
/** PostgreSQL writes a real with as few digits as tell it from other reals. */
const toReal = (shortest: unknown): number => Math.fround(Number(shortest));
const featuresOf = (model: LinearModel): number => model.weights[0].length;

export function predictions(bench: () => Bench, { predictions }: Traits): void {
  models.forEach((model, index) => {
    const id = index + 1;
    const project = `project ${id} — ${'ü'.repeat(index)}`;
    const rows = Array.from({ length: ROWS }, () => list(featuresOf(model)));
    const answers = rows.map((row) => expectedAnswer(model, row));

    test(`${model.decision} of ${featuresOf(model)} features: predictions are those of the slow evaluation`, async () => {
      const { database } = bench();
      await storeModel(database, id, model);
      await deploy(database, project, id);
      await database.query('CREATE TEMP TABLE IF NOT EXISTS stored (model int, row int, x real[])');
      for (const [row, features] of rows.entries())
        await database.query(`INSERT INTO stored VALUES (${id}, ${row}, ${realArray(features)})`);

      const predicted = await database.query(
        `SELECT pgml_bridge.predict($1::text, x) AS by_name, pgml_bridge.predict($2::bigint, x) AS by_id
         FROM stored WHERE model = ${id} ORDER BY row`,
        [project, id],
      );
      assert.deepEqual(
        predicted.map(({ by_name }) => toReal(by_name)),
        answers,
      );
      assert.deepEqual(
        predicted.map(({ by_id }) => toReal(by_id)),
        answers,
      );

      const batches = await database.query(
        `SELECT pgml_bridge.predict_batch($1::text, flat) AS flat, pgml_bridge.predict_batch($2::bigint, matrix) AS matrix
         FROM (SELECT array_agg(x ORDER BY row) AS matrix FROM stored WHERE model = ${id}) AS m,
         (SELECT array_agg(value ORDER BY row, place) AS flat FROM stored, unnest(x) WITH ORDINALITY AS u (value, place) WHERE model = ${id}) AS f`,
        [project, id],
      );
      assert.deepEqual((batches[0].flat as unknown[]).map(toReal), answers);
      assert.deepEqual((batches[0].matrix as unknown[]).map(toReal), answers);
      await database.query(`DELETE FROM stored WHERE model = ${id}`);
    });

    test(`${model.decision} of ${featuresOf(model)} features: probabilities`, async () => {
      const { database } = bench();
      if (model.decision === 'value')
        return fails(database, `SELECT pgml_bridge.predict_proba(${id}::bigint, ${realArray(rows[0])})`, {
          code: '0A000',
          message: "You can't predict probabilities for a regression model",
        });
      for (const row of rows) {
        const given = await value(database, `SELECT pgml_bridge.predict_proba('${project}', ${realArray(row)})`);
        const expected = expectedProbabilities(model, row);
        assert.equal((given as number[]).length, expected.length);
        (given as number[]).forEach((probability, place) => {
          assert.ok(Math.abs(probability - expected[place]) < 1e-6, `${given} is not ${expected}`);
        });
      }
    });
  });

  test('arrays that plpgsql holds apart, and arrays with a bitmap but no NULL', async () => {
    const { database } = bench();
    await storeModel(database, 20, regression([1, 2, 3], 0));
    await database.query(`CREATE FUNCTION pg_temp.held() RETURNS real LANGUAGE plpgsql AS $$
      DECLARE x real[];
      BEGIN
        FOR i IN 1..3 LOOP x[i] := i; END LOOP;
        RETURN pgml_bridge.predict(20::bigint, x);
      END $$`);
    assert.equal(await value(database, 'SELECT pg_temp.held()'), 14);
    assert.equal(
      await value(
        database,
        `SELECT pgml_bridge.predict(20::bigint, array_replace('{1,NULL,3}'::real[], NULL, 2::real))`,
      ),
      14,
    );
    assert.deepEqual(await value(database, `SELECT pgml_bridge.predict_batch(20::bigint, '{}')`), []);
  });

  test('features that the model cannot take are refused, and named', async () => {
    const { database } = bench();
    await storeModel(database, 20, regression([1, 2, 3], 0));
    const refused = (features: string, expected: Parameters<typeof fails>[2], function_ = 'predict') =>
      fails(database, `SELECT pgml_bridge.${function_}(20::bigint, '${features}')`, expected);
    for (const name of ['predict', 'predict_batch']) {
      await refused('{1,2}', { code: '22023', message: /3 features/, detail: /feature 1, feature 2, feature 3/ }, name);
      await refused('{1,2,NaN}', { code: '22023', message: /"feature 3" is NaN/ }, name);
      await refused('{1,-Infinity,3}', { code: '22023', message: /"feature 2" is -Infinity/ }, name);
      await refused('{1,NULL,3}', { code: '22004', message: /NULL/ }, name);
    }
    await refused('{1,2,3,4,5,6}', { code: '22023', message: /6 were given/, hint: /batch/ });
    await refused('{1,2,3,4,NaN,6}', { code: '22023', message: /"feature 2" is NaN in row 2/ }, 'predict_batch');
    assert.equal(await value(database, `SELECT pgml_bridge.predict(20::bigint, '{1,2,3}')`), 14);
  });

  test('a model that learns from missing values gets NULL as NaN', async () => {
    const { database } = bench();
    await storeModel(database, 21, regression([1, 0], 0, 'learn'));
    await database.query('CREATE TEMP TABLE gaps (x real[])');
    await database.query(`INSERT INTO gaps VALUES ('{5,NULL}'), ('{NULL,1}'), ('{NaN,1}'), ('{1,2}')`);
    const isNaNRow = await database.query(`SELECT pgml_bridge.predict(21::bigint, x) = 'NaN' AS missing FROM gaps`);
    assert.deepEqual(
      isNaNRow.map(({ missing }) => missing),
      [true, true, true, false],
    );
    const batch = `SELECT pgml_bridge.predict_batch(21::bigint, '{5,NULL,3,4}') = '{NaN,3}'`;
    assert.equal(await value(database, batch), true);
  });

  test('NULL gives NULL', async () => {
    const { database } = bench();
    const [row] =
      await database.query(`SELECT pgml_bridge.predict(NULL::text, '{1}') AS a, pgml_bridge.predict('p', NULL) AS b,
      pgml_bridge.predict(NULL::bigint, '{1}') AS c, pgml_bridge.predict_batch('p', NULL) AS d, pgml_bridge.predict_proba('p', NULL) AS e,
      pgml_bridge.encode(1, NULL) AS f`);
    assert.deepEqual(row, { a: null, b: null, c: null, d: null, e: null, f: null });
  });

  test('errors of the lookup pass as they are', async () => {
    const { database } = bench();
    await fails(database, `SELECT pgml_bridge.predict('nobody', '{1}')`, {
      code: '55000',
      message: 'no model is deployed for "nobody"',
      hint: 'Train one.',
    });
    await fails(database, `SELECT pgml_bridge.predict(404::bigint, '{1}')`, { code: '42704', message: 'no model 404' });
    await rolledBack(database, async () => {
      await database.query(`INSERT INTO pgml.model VALUES (22, 'no artifact')`);
      await fails(database, `SELECT pgml_bridge.predict(22::bigint, '{1}')`, {
        code: 'XX001',
        message: /not a usable model/,
      });
    });
  });

  test('encode turns a row into features', async () => {
    const { database } = bench();
    await storeModel(database, 23, regression([1, 1], 0));
    const row = `'{"feature 2": 2.5, "feature 1": "1", "other": null}'`;
    assert.deepEqual(await value(database, `SELECT pgml_bridge.encode(23, ${row})`), [1, 2.5]);
    assert.deepEqual(
      await value(database, `SELECT pgml_bridge.encode(23, to_jsonb(r)) FROM (VALUES (3, 4)) AS r (f1, f2)`),
      [3, 4],
    );
    await fails(database, `SELECT pgml_bridge.encode(23, '{"feature 1": 1}')`, { code: '22023', message: /feature 2/ });
    await fails(database, `SELECT pgml_bridge.encode(23, '[1]')`, { code: '22023', message: /object/ });
  });

  test('predictions in triggers, views, checks and exception blocks', async () => {
    const { database } = bench();
    await storeModel(database, 24, regression([2], 1));
    await deploy(database, 'everywhere', 24);
    await rolledBack(database, async () => {
      await database.query(`
        CREATE TABLE pgml.used (x real[] CHECK (pgml_bridge.predict('everywhere', x) > 0), triggered real);
        CREATE FUNCTION pgml.predicts() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          BEGIN
            NEW.triggered := pgml_bridge.predict('everywhere', NEW.x || NEW.x);
          EXCEPTION WHEN invalid_parameter_value THEN
            NEW.triggered := pgml_bridge.predict('everywhere', NEW.x);
          END;
          RETURN NEW;
        END $$;
        CREATE TRIGGER predicts BEFORE INSERT ON pgml.used FOR EACH ROW EXECUTE FUNCTION pgml.predicts();
        INSERT INTO pgml.used (x) SELECT ARRAY[i]::real[] FROM generate_series(1, 50) AS i;
        CREATE VIEW pgml.viewed AS SELECT pgml_bridge.predict('everywhere', x) AS answer FROM pgml.used`);
      assert.deepEqual(
        await database.query(`SELECT x, triggered FROM pgml.used WHERE pgml_bridge.predict('everywhere', x) = 21`),
        [{ x: [10], triggered: 21 }],
      );
      assert.equal(await value(database, 'SELECT sum(answer) FROM pgml.viewed'), 50 * 51 + 50);
      await fails(database, `INSERT INTO pgml.used (x) VALUES ('{-5}')`, {
        code: '23514',
        message: /check constraint/,
      });
    });
  });

  if (predictions === 'immutable')
    test('predictions in generated columns and indexes', async () => {
      const { database } = bench();
      await storeModel(database, 24, regression([2], 1));
      await deploy(database, 'everywhere', 24);
      await rolledBack(database, async () => {
        await database.query(`
          CREATE TABLE pgml.used (
            x real[], generated real GENERATED ALWAYS AS (pgml_bridge.predict('everywhere', x)) STORED
          );
          CREATE INDEX used_prediction ON pgml.used (pgml_bridge.predict('everywhere', x));
          INSERT INTO pgml.used (x) SELECT ARRAY[i]::real[] FROM generate_series(1, 50) AS i;
          SET LOCAL enable_seqscan = off`);
        assert.deepEqual(
          await database.query(`SELECT x, generated FROM pgml.used WHERE pgml_bridge.predict('everywhere', x) = 21`),
          [{ x: [10], generated: 21 }],
        );
      });
    });

  test('the planner knows the functions as declared', async () => {
    const rows = await bench().database
      .query(`SELECT proname AS name, provolatile AS volatile, proisstrict AS strict, proparallel AS parallel
      FROM pg_proc WHERE pronamespace = 'pgml_bridge'::regnamespace AND proname LIKE 'predict%'`);
    assert.equal(rows.length, 6);
    const declared = predictions === 'immutable' ? { volatile: 'i', parallel: 's' } : { volatile: 's', parallel: 'r' };
    for (const { name, ...flags } of rows) assert.deepEqual(flags, { strict: true, ...declared }, String(name));
  });
}
