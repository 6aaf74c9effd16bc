import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
});
after(() => database.close());

/** One call of every function that is not available yet, with what its hint must point to. */
const calls: readonly (readonly [name: string, call: string, hint: RegExp])[] = [
  [
    'pgml.train_joint',
    `pgml.train_joint('P', 'regression', 'pgml.linnerud', ARRAY['weight', 'waist'])`,
    /pgml\.train\./,
  ],
  ['pgml.tune', `pgml.tune('P', task => 'text-classification')`, /pgml\.train/],
  ['pgml.predict for text', `pgml.predict('P', 'great movie')`, /ARRAY\[1\.5, 2\]/],
  ['pgml.predict_joint', `pgml.predict_joint('P', ARRAY[1])`, /each label/],
  ['pgml.predict_joint', 'pgml.predict_joint(1, ARRAY[1])', /each label/],
  ['pgml.decompose', `pgml.decompose('P', ARRAY[1])`, /clustering/],
  ['pgml.generate', `pgml.generate('P', 'x')`, /pgml\.train/],
  ['pgml.generate', `pgml.generate('P', ARRAY['x'])`, /pgml\.train/],
  ['pgml.embed', `pgml.embed('intfloat/e5-small-v2', 'x')`, /pgml\.train/],
  ['pgml.embed', `pgml.embed('intfloat/e5-small-v2', ARRAY['x'])`, /pgml\.train/],
  ['pgml.rank', `pgml.rank('m', 'q', ARRAY['d'])`, /pgml\.train/],
  ['pgml.chunk', `pgml.chunk('recursive_character', 'text')`, /regexp_split_to_table/],
  ['pgml.transform', `pgml.transform('x', inputs => ARRAY['a'])`, /pgml\.train/],
  ['pgml.transform', `pgml.transform('{"task": "x"}'::jsonb, inputs => ARRAY['a'])`, /pgml\.train/],
  ['pgml.transform', `pgml.transform('x', inputs => ARRAY['{}'::jsonb])`, /pgml\.train/],
  ['pgml.transform', `pgml.transform('{}'::jsonb, inputs => ARRAY['{}'::jsonb])`, /pgml\.train/],
  ['pgml.transform_stream', `pgml.transform_stream('x', input => 'y')`, /pgml\.train/],
  ['pgml.transform_stream', `pgml.transform_stream('{}'::jsonb, input => 'y')`, /pgml\.train/],
  ['pgml.transform_stream', `pgml.transform_stream('x', inputs => ARRAY['{}'::jsonb])`, /pgml\.train/],
  ['pgml.transform_stream', `pgml.transform_stream('{}'::jsonb, inputs => ARRAY['{}'::jsonb])`, /pgml\.train/],
  ['pgml.sklearn_f1_score', `pgml.sklearn_f1_score(ARRAY[1], ARRAY[1])`, /pgml\.models\.metrics/],
  ['pgml.sklearn_r2_score', `pgml.sklearn_r2_score(ARRAY[1], ARRAY[1])`, /pgml\.models\.metrics/],
  ['pgml.sklearn_regression_metrics', `pgml.sklearn_regression_metrics(ARRAY[1], ARRAY[1])`, /pgml\.models\.metrics/],
  [
    'pgml.sklearn_classification_metrics',
    `pgml.sklearn_classification_metrics(ARRAY[1], ARRAY[1], 2)`,
    /pgml\.models\.metrics/,
  ],
  ['pgml.add', 'pgml.add(ARRAY[1.0], 3)', /unnest/],
  ['pgml.norm_l2', 'pgml.norm_l2(ARRAY[1, 2])', /unnest/],
  ['pgml.normalize_max', 'pgml.normalize_max(ARRAY[1.0])', /unnest/],
  ['pgml.dot_product', 'pgml.dot_product(ARRAY[1.0]::real[], ARRAY[2.0])', /unnest/],
  ['pgml.sum', 'pgml.sum(ARRAY[x]::real[]) FROM generate_series(1, 3) AS x', /unnest/],
  ['pgml.max_abs', 'pgml.max_abs(ARRAY[x]::double precision[]) FROM generate_series(1, 3) AS x', /unnest/],
];

for (const [name, call, hint] of calls)
  test(`${call} says that it is not available yet`, async () => {
    await database.refuses(`SELECT ${call}`, { code: '0A000', message: `${name} is not available yet`, hint });
  });

test('what PostgresML says of its Python is answered without Python', async () => {
  assert.deepEqual(
    await database.query(`
      SELECT pgml.validate_python_dependencies() AS dependencies, pgml.activate_venv('/venv') AS activated,
        pgml.python_package_version('numpy') AS numpy, (SELECT count(*)::int FROM pgml.python_pip_freeze()) AS packages`),
    [{ dependencies: true, activated: false, numpy: null, packages: 0 }],
  );
  assert.deepEqual(database.takeNotices(), [
    { severity: 'NOTICE', message: 'there is no Python here: virtual environment "/venv" is not used' },
  ]);
  await database.query('SELECT pgml.validate_shared_library()');
  assert.match(String(await database.value('SELECT pgml.python_version()')), /does not use Python/);
  assert.match(String(await database.value('SELECT pgml.xgboost_version()')), /^none/);
  for (const call of ['pgml.clear_gpu_cache()', 'pgml.clear_gpu_cache(0.9)'])
    await database.refuses(`SELECT ${call}`, { code: '55000', message: 'No GPU available', hint: /CPU/ });
});
