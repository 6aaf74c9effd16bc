import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database, type Row } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
});
after(() => database.close());

/** A project with models whose scores are given; their ids, in order. */
async function project(
  name: string,
  task: string,
  models: readonly [algorithm: string, metrics: string][],
): Promise<number[]> {
  await database.query('INSERT INTO pgml.projects (name, task) VALUES ($1, $2)', [name, task]);
  const ids: number[] = [];
  for (const [algorithm, metrics] of models) {
    const id = await database.value(
      `WITH model AS (
         INSERT INTO pgml.models (project_id, num_features, algorithm, hyperparams, status, metrics, search_params, search_args)
         SELECT id, 1, $2, '{}', 'successful', $3, '{}', '{}' FROM pgml.projects WHERE name = $1 RETURNING id)
       INSERT INTO pgml.files (model_id, path, part, data) SELECT id, 'estimator.pgml', 0, '' FROM model RETURNING model_id::int`,
      [name, algorithm, metrics],
    );
    ids.push(id as number);
  }
  return ids;
}

const deployed = (name: string) => database.value('SELECT pgml.deployed_model($1)::int', [name]);
const deploy = (call: string): Promise<Row[]> => database.query(`SELECT * FROM pgml.deploy(${call})`);

test('best_score compares numbers, not texts', async () => {
  const [, best] = await project('negative', 'regression', [
    ['linear', '{"r2": -0.9}'],
    ['ridge', '{"r2": -0.5}'],
    ['svm', '{"r2": -12}'],
    ['lasso', '{"r2": null}'],
    ['huber', '{}'],
  ]);
  assert.deepEqual(await deploy(`'negative'`), [{ project: 'negative', strategy: 'best_score', algorithm: 'ridge' }]);
  assert.equal(await deployed('negative'), best);
  const [, larger] = await project('small', 'classification', [
    ['linear', '{"f1": 1e-05}'],
    ['ridge', '{"f1": 0.9}'],
  ]);
  await deploy(`'small', 'best_score'`);
  assert.equal(await deployed('small'), larger);
});

test('lower perplexity is better, and of two equals the newer wins', async () => {
  const [first] = await project('perplexed', 'text_generation', [
    ['transformers', '{"perplexity": 2.5}'],
    ['transformers', '{"perplexity": 10}'],
  ]);
  await deploy(`'perplexed'`);
  assert.equal(await deployed('perplexed'), first);
  const [, newer] = await project('equal', 'clustering', [
    ['kmeans', '{"silhouette": 0.5}'],
    ['birch', '{"silhouette": 0.5}'],
  ]);
  await deploy(`'equal'`);
  assert.equal(await deployed('equal'), newer);
});

test('most_recent, an algorithm, an id, and back', async () => {
  const [linear, ridge, secondLinear] = await project('journey', 'regression', [
    ['linear', '{"r2": 0.5}'],
    ['ridge', '{"r2": 0.7}'],
    ['linear', '{"r2": 0.6}'],
  ]);
  assert.deepEqual(await deploy(`'journey', 'most_recent'`), [
    { project: 'journey', strategy: 'most_recent', algorithm: 'linear' },
  ]);
  assert.equal(await deployed('journey'), secondLinear);
  await database.refuses(`SELECT pgml.deploy('journey', 'rollback')`, {
    code: '42704',
    message: 'No qualified models exist for this deployment.',
    hint: /A rollback needs an earlier deployment/,
  });
  await deploy(`'journey', 'best_score', 'linear'`);
  assert.equal(await deployed('journey'), secondLinear);
  await deploy(`'journey', strategy => 'best_score'`);
  assert.equal(await deployed('journey'), ridge);
  assert.deepEqual(await deploy(String(linear)), [{ project: 'journey', strategy: 'specific', algorithm: 'linear' }]);
  assert.equal(await deployed('journey'), linear);
  assert.deepEqual(await deploy(`'journey', 'rollback'`), [
    { project: 'journey', strategy: 'rollback', algorithm: 'ridge' },
  ]);
  assert.equal(await deployed('journey'), ridge);
  await deploy(`'journey', 'rollback'`);
  assert.equal(await deployed('journey'), linear, 'two rollbacks swap back');
  await deploy(`'journey', 'rollback', 'linear'`);
  assert.equal(await deployed('journey'), secondLinear);
  assert.deepEqual(
    await database.query(`SELECT strategy::text FROM pgml.deployments JOIN pgml.projects ON projects.id = project_id
      WHERE name = 'journey' ORDER BY deployments.id`),
    ['most_recent', 'best_score', 'best_score', 'specific', 'rollback', 'rollback', 'rollback'].map((strategy) => ({
      strategy,
    })),
  );
});

test('a rolled back deployment was never there', async () => {
  const [first, second] = await project('undone', 'regression', [
    ['linear', '{"r2": 0.5}'],
    ['ridge', '{"r2": 0.7}'],
  ]);
  await deploy(String(first));
  await database.query(`BEGIN; SELECT pgml.deploy('undone')`);
  assert.equal(await deployed('undone'), second);
  await database.query('ROLLBACK');
  assert.equal(await deployed('undone'), first);
});

test('the views tell what is and was deployed', async () => {
  assert.deepEqual(
    await database.query(
      `SELECT name, algorithm FROM pgml.deployed_models WHERE name IN ('undone', 'small') ORDER BY name`,
    ),
    [
      { name: 'small', algorithm: 'ridge' },
      { name: 'undone', algorithm: 'linear' },
    ],
  );
  // Overview and trained models show models with a snapshot, which these models do not have.
  assert.deepEqual(await database.query('SELECT * FROM pgml.overview'), []);
  assert.deepEqual(await database.query('SELECT * FROM pgml.trained_models'), []);
});

test('what cannot be deployed is refused', async () => {
  await project('empty', 'regression', []);
  await database.refuses(`SELECT pgml.deploy('empty')`, {
    code: '42704',
    message: 'No qualified models exist for this deployment.',
    hint: /pgml.trained_models/,
  });
  await database.refuses(`SELECT pgml.deploy('journey', 'best_score', 'xgboost')`, {
    code: '42704',
    message: 'No qualified models exist for this deployment.',
  });
  await database.refuses(`SELECT pgml.deploy('nobody')`, {
    code: '42704',
    message: 'Project named `nobody` does not exist.',
    hint: /pgml.projects/,
  });
  for (const strategy of [`'new_score'`, `'specific'`, 'NULL'])
    await database.refuses(`SELECT pgml.deploy('journey', ${strategy})`, {
      code: '22023',
      message: 'invalid strategy',
      hint: /best_score, most_recent and rollback; pgml\.deploy\(model_id\)/,
    });
  await database.refuses(`SELECT pgml.deploy('journey', 'nonsense')`, {
    code: '22P02',
    message: 'invalid input value for enum pgml.strategy: "nonsense"',
  });
  await database.refuses('SELECT pgml.deploy(4711)', {
    code: '42704',
    message: 'pgml.models WHERE id = 4711 could not be loaded. Does it exist?',
    hint: /pgml.trained_models/,
  });
  await database.refuses(`SELECT pgml.deployed_model('empty')`, {
    code: '55000',
    message: 'No deployed model exists for the project named: `empty`',
    hint: /pgml\.deploy\('empty'\)/,
  });
  await database.refuses(`SELECT pgml.deployed_model('nobody')`, {
    code: '42704',
    message: 'No deployed model exists for the project named: `nobody`',
  });
  assert.deepEqual(await deploy('NULL::bigint'), []);
});

test('a model in several parts is joined in order; one of PostgresML is none', async () => {
  const [model] = await project('parts', 'regression', [['linear', '{}']]);
  await database.query(`
    UPDATE pgml.files SET data = '\\x0a' WHERE model_id = ${model};
    INSERT INTO pgml.files (model_id, path, part, data)
    VALUES (${model}, 'estimator.pgml', 10, '\\x0c'), (${model}, 'estimator.pgml', 2, '\\x0b'), (${model}, 'other', 0, '\\xff');`);
  assert.equal(await database.value(`SELECT encode(pgml.model_artifact(${model}), 'hex')`), '0a0b0c');
  await database.query(
    `UPDATE pgml.files SET path = 'estimator.rmp' WHERE model_id = ${model} AND path = 'estimator.pgml'`,
  );
  await database.refuses(`SELECT pgml.deploy(${model})`, {
    code: '42704',
    message: `pgml.models WHERE id = ${model} could not be loaded. Does it exist?`,
    hint: /must be trained again/,
  });
});
