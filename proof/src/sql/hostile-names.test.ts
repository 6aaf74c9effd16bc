/**
 * Names on the search path of a caller never take the place of PostgreSQL's own in functions of pgml: else whoever may
 * create an operator somewhere could have it run with the rights of whoever trains (CVE-2018-1058).
 */
import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database } from '../testing/database.js';

/**
 * A schema with a name for every function, operator and type of pg_catalog, each of which fails when it is used. There
 * are also operators that pg_catalog lacks because a conversion makes up for them: those win even after pg_catalog.
 */
const HOSTILE_NAMES = `
  CREATE SCHEMA hostile;
  GRANT USAGE ON SCHEMA hostile TO PUBLIC;
  DO $$
  DECLARE
    taken record;
    body CONSTANT text := ' LANGUAGE plpgsql AS ''BEGIN RAISE ''''a hostile name was used''''; END''';
  BEGIN
    FOR taken IN
      SELECT quote_ident(proname) AS name, pg_get_function_identity_arguments(oid) AS arguments, pg_get_function_result(oid) AS result
      FROM pg_proc AS function
      WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND provariadic = 0 AND proargmodes IS NULL
        AND NOT EXISTS (
          SELECT FROM pg_type WHERE oid = ANY (proargtypes || prorettype) AND typtype = 'p' AND typname NOT IN ('anyelement', 'anyarray')
        )
    LOOP
      EXECUTE format('CREATE FUNCTION hostile.%s(%s) RETURNS %s', taken.name, taken.arguments, taken.result) || body;
    END LOOP;
    FOR taken IN
      SELECT oprname AS name, oprleft::regtype AS left_type, oprright::regtype AS right_type, oprresult::regtype AS result
      FROM pg_operator
      WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b' AND NOT EXISTS (
        SELECT FROM pg_type WHERE oid IN (oprleft, oprright, oprresult) AND typtype = 'p' AND typname NOT IN ('anyelement', 'anyarray')
      )
      UNION ALL
      SELECT name, type, type, 'boolean' FROM unnest('{=,<>}'::text[]) AS name, unnest('{regtype,regclass,regnamespace,varchar}'::regtype[]) AS type
    LOOP
      EXECUTE format('CREATE FUNCTION hostile.%I(%s, %s) RETURNS %s',
        'operator ' || taken.name, taken.left_type, taken.right_type, taken.result) || body;
      EXECUTE format('CREATE OPERATOR hostile.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = hostile.%I)',
        taken.name, taken.left_type, taken.right_type, 'operator ' || taken.name);
    END LOOP;
    FOR taken IN
      SELECT quote_ident(typname) AS name FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype = 'b' AND typname !~ '^_'
    LOOP
      EXECUTE format('CREATE DOMAIN hostile.%s AS pg_catalog.int4 CHECK (false)', taken.name);
    END LOOP;
  END
  $$`;

let database: Database;
before(async () => {
  database = await Database.open();
  await database.query(`
    SELECT pgml.load_dataset('iris');
    CREATE TABLE words AS SELECT 'word ' || i % 4 AS word, i::float8 AS number, i::numeric AS exact, 'kind ' || i % 2 AS kind
      FROM generate_series(1, 40) AS i`);
  await database.query(HOSTILE_NAMES);
  await database.query('SET search_path = hostile, pg_catalog');
});
after(() => database.close());

test('the hostile names are found by those who do not mind', async () => {
  for (const expression of ['1 + 1', "'text'::pg_catalog.regtype <> 'text'::pg_catalog.regtype", 'now()'])
    await assert.rejects(database.query(`SELECT ${expression}`), { message: 'a hostile name was used' }, expression);
  await assert.rejects(database.query(`SELECT '{}'::jsonb`), { code: '22P02' });
});

test('training, snapshots and deployments do not use them', async () => {
  await database.query(
    `SELECT pgml.train('iris', 'classification', 'pgml.iris', 'target', 'xgboost', '{"n_estimators": 3}')`,
  );
  await database.query(`SELECT pgml.train('iris', algorithm => 'linear')`);
  await database.query(`SELECT pgml.train('words', 'classification', 'public.words', 'kind', 'linear')`);
  await database.query(
    `SELECT pgml.train('groups', 'clustering', 'public.words', algorithm => 'kmeans', hyperparams => '{"n_clusters": 2}')`,
  );
  await database.query(`SELECT pgml.snapshot('public.words', 'kind')`);
  await database.query(`SELECT pgml.deploy('iris', 'most_recent')`);
  await database.query(`SELECT pgml.deploy('iris', 'best_score')`);
  await database.query(`SELECT pgml.load_dataset('wine')`);
});

test('predictions do not use them', async () => {
  for (const expression of [
    "pgml.predict('iris', ARRAY[5, 3, 1, 0])",
    "pgml.predict('iris', '{5,3,1,0}'::pg_catalog.float8[])",
    "pgml.predict('iris', ROW(5, 3, 1, 0))",
    "(SELECT pgml.predict('words', words) FROM public.words LIMIT 1)",
    "pgml.predict_proba('iris', ARRAY[5, 3, 1, 0])",
    "pgml.predict_batch('iris', ARRAY[5, 3, 1, 0, 6, 3, 5, 2])",
    "pgml.predict_query('iris', 'VALUES (1, ARRAY[5, 3, 1, 0])')",
  ])
    assert.ok((await database.query(`SELECT ${expression}`)).length > 0, expression);
});
