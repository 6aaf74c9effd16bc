import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from '../testing/test.js';
import { fileURLToPath } from 'node:url';
import { extensionVersion } from '@pgml/schema';
import { Database } from '../testing/database.js';
import { chosenEngine, predictionsAreStable } from '../testing/engines/engine.js';
import { contract } from './contract.js';
import { describeSchema } from './describe-schema.js';

const golden = fileURLToPath(new URL('../../golden/schema.txt', import.meta.url));
/** PGML_GOLDEN=write writes the golden file instead of comparing with it. */
const write = process.env.PGML_GOLDEN === 'write';

let database: Database;
before(async () => {
  database = await Database.open();
});
after(() => database.close());

test('what is installed is what the golden file says', async () => {
  const installed = await describeSchema(database);
  if (write) fs.writeFileSync(golden, installed);
  const expected = fs.readFileSync(golden, 'utf8');
  assert.equal(comparable(installed), comparable(expected), 'if it should be different: PGML_GOLDEN=write');
});

/** Without what a bridge that cannot have IMMUTABLE predictions declares in another way. */
const comparable = (description: string) =>
  predictionsAreStable(chosenEngine()) ? description.replace(/ (immutable|stable|parallel safe)\b/g, '') : description;
const comparableFlags = (signature: string) =>
  predictionsAreStable(chosenEngine()) ? signature.replace(/[IVP?]+(S?)P?$/, '$1') : signature;

/** Casts of default values are how PostgreSQL prints them, not what is declared. */
const withoutCasts = (signature: string) =>
  signature.replace(/(DEFAULT (?:'[^']*'|NULL|ARRAY\[\]))::(?:[\w.]+)(\[\])?/g, (_, value: string, array = '') =>
    value.endsWith('ARRAY[]') ? `${value}::${signature.includes('inputs jsonb[]') ? 'jsonb' : 'text'}${array}` : value,
  );

test('every function of the contract is there as declared, and no other public one', async () => {
  const rows = await database.query(`
    SELECT proname || '(' || pg_get_function_arguments(oid) || ') -> ' || pg_get_function_result(oid) || ' | '
      || CASE provolatile WHEN 'i' THEN 'I' WHEN 'v' THEN 'V' ELSE '?' END
      || CASE WHEN proisstrict THEN 'S' ELSE '' END || CASE proparallel WHEN 's' THEN 'P' ELSE '' END AS signature
    FROM pg_proc
    WHERE pronamespace = 'pgml'::regnamespace AND proname NOT LIKE '\\_%'
      AND proname NOT IN ('deployed_model', 'model_artifact', 'model_digest')`);
  const installed = rows.map(({ signature }) => withoutCasts(String(signature)).replace(/"text" text/g, 'text text'));
  assert.deepEqual(installed.map(comparableFlags).sort(), contract.map(comparableFlags).sort());
});

test('the two functions that bridges call are STABLE and read only what they should', async () => {
  const rows = await database.query(`
    SELECT oid::regprocedure::text AS signature, prorettype::regtype::text AS result, provolatile AS volatility
    FROM pg_proc WHERE oid IN ('pgml.deployed_model(text)'::regprocedure, 'pgml.model_artifact(bigint)'::regprocedure,
      'pgml.model_digest(bigint)'::regprocedure)
    ORDER BY 1`);
  assert.deepEqual(rows, [
    { signature: 'pgml.deployed_model(text)', result: 'bigint', volatility: 's' },
    { signature: 'pgml.model_artifact(bigint)', result: 'bytea', volatility: 's' },
    { signature: 'pgml.model_digest(bigint)', result: 'bytea', volatility: 's' },
  ]);
});

test('every object has a comment', async () => {
  const rows = await database.query(`
    SELECT oid::regprocedure::text AS name FROM pg_proc
    WHERE pronamespace = 'pgml'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
    UNION ALL
    SELECT oid::regclass::text FROM pg_class
    WHERE relnamespace = 'pgml'::regnamespace AND relkind IN ('r', 'v') AND obj_description(oid, 'pg_class') IS NULL
    UNION ALL
    SELECT oid::regtype::text FROM pg_type
    WHERE typnamespace = 'pgml'::regnamespace AND typtype = 'e' AND obj_description(oid, 'pg_type') IS NULL`);
  assert.deepEqual(rows, []);
});

test('the body of every function compiles, which CREATE EXTENSION does not check', async () => {
  await database.administer(`
    DO $$
    DECLARE definition text;
    BEGIN
      SET LOCAL check_function_bodies = on;
      FOR definition IN
        SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'pgml'::regnamespace AND prokind = 'f'
      LOOP EXECUTE definition; END LOOP;
    END $$`);
});

test('functions that look up names set their search path or are single expressions', async () => {
  const rows = await database.query(`
    SELECT oid::regprocedure::text AS name FROM pg_proc
    WHERE pronamespace = 'pgml'::regnamespace AND prokind = 'f' AND prosrc ~* '\\mFROM\\s+pgml\\.[a-z]' AND proconfig IS NULL
    ORDER BY 1`);
  assert.deepEqual(
    rows.map(({ name }) => name),
    [],
  );
});

test('version() tells both versions', async () => {
  assert.equal(await database.value('SELECT pgml.version()'), `2.10.0 (pgml ${extensionVersion})`);
});

test('the extension has our version', async () => {
  assert.equal(await database.value(`SELECT extversion FROM pg_extension WHERE extname = 'pgml'`), extensionVersion);
});

test('prediction from an array is the call of the bridge and nothing else', async () => {
  await database.query('CREATE TABLE numbers (a real, b double precision, c numeric, d int, e boolean)');
  const calls = [
    [`pgml.predict('P', ARRAY[a])`, `pgml_bridge.predict('P'::text, ARRAY[a])`],
    [`pgml.predict('P', ARRAY[b])`, `pgml_bridge.predict('P'::text, (ARRAY[b])::real[])`],
    [`pgml.predict('P', ARRAY[c])`, `pgml_bridge.predict('P'::text, (ARRAY[c])::real[])`],
    [`pgml.predict('P', ARRAY[d])`, `pgml_bridge.predict('P'::text, (ARRAY[d])::real[])`],
    [`pgml.predict('P', ARRAY[e])`, `pgml_bridge.predict('P'::text, ((ARRAY[e])::integer[])::real[])`],
    ['pgml.predict(7, ARRAY[a])', `pgml_bridge.predict('7'::bigint, ARRAY[a])`],
    ['pgml.predict(7, ARRAY[c])', `pgml_bridge.predict('7'::bigint, (ARRAY[c])::real[])`],
    [`pgml.predict_proba('P', ARRAY[d])`, `pgml_bridge.predict_proba('P'::text, (ARRAY[d])::real[])`],
    ['pgml.predict_batch(7, ARRAY[a])', `pgml_bridge.predict_batch('7'::bigint, ARRAY[a])`],
  ];
  for (const [call, plan] of calls) {
    const lines = await database.query(`EXPLAIN (VERBOSE, COSTS OFF) SELECT ${call} FROM numbers`);
    assert.equal(Object.values(lines[1])[0], `  Output: ${plan}`);
  }
});

test('updated_at follows changes, and deployments can be updated', async () => {
  await database.query(`INSERT INTO pgml.projects (name, task) VALUES ('clock', 'regression')`);
  assert.equal(
    await database.value(
      `UPDATE pgml.projects SET name = 'clocks' WHERE name = 'clock' RETURNING updated_at > created_at`,
    ),
    true,
  );
  assert.equal(
    await database.value(`UPDATE pgml.projects SET name = 'clocks' WHERE name = 'clocks' RETURNING
      updated_at = (SELECT updated_at FROM pgml.projects WHERE name = 'clocks')`),
    true,
    'a row that stays the same',
  );
  await database.query(`
    INSERT INTO pgml.models (project_id, num_features, algorithm, hyperparams, status, search_params, search_args)
      SELECT id, 1, 'linear', '{}', 'successful', '{}', '{}' FROM pgml.projects WHERE name = 'clocks';
    INSERT INTO pgml.deployments (project_id, model_id, strategy) SELECT project_id, id, 'specific' FROM pgml.models;
    UPDATE pgml.deployments SET strategy = 'rollback';
    DELETE FROM pgml.projects;`);
  assert.equal(await database.value('SELECT count(*)::int FROM pgml.deployments'), 0);
});

test('pg_dump saves the rows of the catalog', async () => {
  const rows = await database.query(`
    SELECT unnest(extconfig)::regclass::text AS name FROM pg_extension WHERE extname = 'pgml' ORDER BY 1`);
  const tables = ['deployments', 'files', 'logs', 'models', 'projects', 'snapshots'];
  assert.deepEqual(
    rows.map(({ name }) => name),
    tables.flatMap((name) => [`pgml.${name}`, `pgml.${name}_id_seq`]),
  );
});

test('can be dropped and created again beside the tables it made', async () => {
  await database.query(`
    SELECT pgml.load_dataset('iris');
    SELECT pgml.train('Iris', 'regression', 'pgml.iris', 'target', materialize_snapshot => true);
    DROP EXTENSION pgml CASCADE;
    CREATE EXTENSION pgml;`);
  assert.equal(await database.value('SELECT count(*)::int FROM pgml.iris'), 150);
  assert.equal(await database.value('SELECT count(*)::int FROM pgml.snapshot_1'), 150);
  assert.equal(await database.value('SELECT count(*)::int FROM pgml.projects'), 0);
  assert.equal(await describeCatalog(), fs.readFileSync(golden, 'utf8'));
  await database.query(`
    SELECT pgml.load_dataset('iris', "limit" => 90);
    SELECT pgml.train('Iris', 'regression', 'pgml.iris', 'target', materialize_snapshot => true);`);
  assert.equal(await database.value('SELECT id::int FROM pgml.snapshots'), 2);
  assert.equal(await database.value('SELECT count(*)::int FROM pgml.snapshot_1'), 150);
  assert.equal(await database.value('SELECT count(*)::int FROM pgml.snapshot_2'), 90);
});

/** The description without the tables that this test made. */
async function describeCatalog(): Promise<string> {
  const lines = (await describeSchema(database)).split('\n');
  return lines.filter((line) => !/^pgml\.(iris|snapshot_\d+)\./.test(line)).join('\n');
}
