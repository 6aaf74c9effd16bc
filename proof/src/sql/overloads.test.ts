import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
  await database.query(`
    CREATE TABLE t (a real, b numeric, c smallint[], d jsonb)`);
});
after(() => database.close());

/** What each call means, for every call that the documentation of PostgresML shows or users were reported to write. */
const calls: readonly (readonly [call: string, resolvesTo: string])[] = [
  [`predict('P', ARRAY[1, 2])`, 'predict(text,integer[])'],
  [`predict('P', c)`, 'predict(text,smallint[])'],
  [`predict('P', ARRAY[1::real, 2::real])`, 'predict(text,real[])'],
  [`predict('P', ARRAY[1::real, 2])`, 'predict(text,real[])'],
  [`predict('P', ARRAY[1::real, 2::double precision])`, 'predict(text,double precision[])'],
  [`predict('P', ARRAY[1::bigint])`, 'predict(text,bigint[])'],
  [`predict('P', ARRAY[true, false])`, 'predict(text,boolean[])'],
  [`predict('P', ARRAY[0.1, 2.0, 5.0])`, 'predict(text,numeric[])'],
  [`predict('P', ARRAY[b, b])`, 'predict(text,numeric[])'],
  [`predict('P', (a, b, c))`, 'predict(text,anyelement)'],
  [`predict('P', ROW(a, b))`, 'predict(text,anyelement)'],
  [`predict('P', ROW(t.*))`, 'predict(text,anyelement)'],
  [`predict('P', ('jan', 'nimbus', 0.5, 7))`, 'predict(text,anyelement)'],
  [`predict('P', t)`, 'predict(text,anyelement)'],
  [`predict(1, ARRAY[1::real])`, 'predict(bigint,real[])'],
  [`predict(1, (a, b))`, 'predict(bigint,anyelement)'],
  [`predict(1, c)`, 'predict(bigint,smallint[])'],
  [`predict(1, ARRAY[0.1, 2.0])`, 'predict(bigint,numeric[])'],
  [`predict(1, ARRAY[1, 2])`, 'predict(bigint,integer[])'],
  [`predict(1, ARRAY[1::bigint])`, 'predict(bigint,bigint[])'],
  [`predict(1, ARRAY[true])`, 'predict(bigint,boolean[])'],
  [`predict(1, ARRAY[1::double precision])`, 'predict(bigint,double precision[])'],
  [`predict('P', 'text')`, 'predict(text,text)'],
  [`predict('P', '{1,2}')`, 'predict(text,text)'],
  [`predict_proba('P', c)`, 'predict_proba(text,real[])'],
  [`predict_proba('P', ARRAY[0.1, 2.0])`, 'predict_proba(text,real[])'],
  [`predict_joint('P', ARRAY[1, 2])`, 'predict_joint(text,real[])'],
  [`decompose('P', c)`, 'decompose(text,real[])'],
  [`predict_batch('P', (SELECT array_agg(c) FROM t))`, 'predict_batch(text,real[])'],
  ['predict_batch(1, ARRAY[0.1])', 'predict_batch(bigint,real[])'],
  ['add(ARRAY[1.0, 2.0, 3.0], 3)', 'add(double precision[],double precision)'],
  ['divide(ARRAY[1.0, 2.0, 3.0], 100)', 'divide(double precision[],double precision)'],
  ['add(ARRAY[1::real], ARRAY[1::real])', 'add(real[],real[])'],
  ['divide(ARRAY[1::real], (SELECT count(*) FROM t))', 'divide(real[],real)'],
  ['norm_l1(ARRAY[1.0, 2.0])', 'norm_l1(numeric[])'],
  ['norm_l1(ARRAY[1, 2])', 'norm_l1(integer[])'],
  ['norm_l1(ARRAY[1::real])', 'norm_l1(real[])'],
  ['cosine_similarity(ARRAY[1::real], ARRAY[1.0, 2.0])', 'cosine_similarity(real[],real[])'],
  [
    'cosine_similarity(ARRAY[1::real], ARRAY[1::double precision])',
    'cosine_similarity(double precision[],double precision[])',
  ],
  [`transform('x', inputs => ARRAY['a'])`, 'transform(text,jsonb,text[],boolean)'],
  [`transform(task => '{"task": "x"}', inputs => ARRAY['a'])`, 'transform(text,jsonb,text[],boolean)'],
  [`transform(task => '{"task": "x"}'::jsonb, inputs => ARRAY['a'])`, 'transform(jsonb,jsonb,text[],boolean)'],
  [`transform(inputs => ARRAY['a'], args => '{}', task => 'x', cache => true)`, 'transform(text,jsonb,text[],boolean)'],
  [`transform('x', inputs => ARRAY['{"role": "user"}'::jsonb])`, 'transform(text,jsonb,jsonb[],boolean)'],
  [`transform_stream('x', input => 'y')`, 'transform_stream(text,jsonb,text,boolean)'],
  [`transform_stream('x', inputs => ARRAY[d])`, 'transform_stream(text,jsonb,jsonb[],boolean)'],
  [`embed('m', 'x')`, 'embed(text,text,jsonb)'],
  [`embed(transformer => 'm', text => 'x', kwargs => '{}')`, 'embed(text,text,jsonb)'],
  [`embed('m', ARRAY['a'])`, 'embed(text,text[],jsonb)'],
  [`generate('p', 'x')`, 'generate(text,text,jsonb)'],
  [`generate('p', ARRAY['x'])`, 'generate(text,text[],jsonb)'],
  ['deploy(12)', 'deploy(bigint)'],
  [`deploy('P')`, 'deploy(text,pgml.strategy,pgml.algorithm)'],
  [`deploy('P', 'best_score')`, 'deploy(text,pgml.strategy,pgml.algorithm)'],
  [`deploy('P', strategy => 'rollback')`, 'deploy(text,pgml.strategy,pgml.algorithm)'],
  [`deploy('P', 'best_score', 'linear')`, 'deploy(text,pgml.strategy,pgml.algorithm)'],
  [`deploy('P', 'best_score', NULL, true)`, 'deploy(text,pgml.strategy,pgml.algorithm,boolean)'],
  [
    `deploy('P', strategy => 'rollback', algorithm => NULL, compiled => true)`,
    'deploy(text,pgml.strategy,pgml.algorithm,boolean)',
  ],
  ['compile(12)', 'compile(bigint)'],
  [`compile('P')`, 'compile(text)'],
  [`sum(c::real[])`, 'sum(real[])'],
  [`max_abs(ARRAY[b]::double precision[])`, 'max_abs(double precision[])'],
];

for (const [call, expected] of calls)
  test(`${call} is ${expected}`, async () => {
    const query = call.startsWith('deploy') ? `SELECT * FROM pgml.${call}` : `SELECT pgml.${call} AS answer FROM t`;
    // A view depends on the functions that it calls.
    await database.query(`CREATE TEMPORARY VIEW resolved AS ${query}`);
    const functions = await database.query(`
      SELECT refobjid::regprocedure::text AS name FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid
      WHERE ev_class = 'resolved'::regclass AND refclassid = 'pg_proc'::regclass`);
    await database.query('DROP VIEW resolved');
    assert.deepEqual(functions, [{ name: `pgml.${expected}` }]);
  });

const refused: readonly (readonly [call: string, code: string, message: RegExp])[] = [
  [`norm_l1('{1,2}')`, '42725', /is not unique/],
  [`transform('summarization')`, '42725', /is not unique/],
  [`transform_stream('text-generation')`, '42725', /is not unique/],
  [`transform('{}'::json, inputs => ARRAY['a'])`, '42883', /does not exist/],
  [`embed('m', 'x', '{}'::json)`, '42883', /does not exist/],
  [`deploy('P', 'most_recent', 'ridge'::text)`, '42883', /does not exist/],
];

for (const [call, code, message] of refused)
  test(`${call} is ambiguous or unknown`, async () => {
    await database.refuses(`SELECT pgml.${call}`, { code, message });
  });

test('a row of a subquery is a row', async () => {
  await database.refuses(`SELECT pgml.predict('P', s) FROM (SELECT 1 AS a, 'x' AS b) AS s`, {
    code: '42704',
    message: 'No deployed model exists for the project named: `P`',
  });
});
