import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database, type Expected } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
  await database.query(`
    SELECT pgml.load_dataset('iris');
    SELECT pgml.train('iris', 'classification', 'pgml.iris', 'target', 'xgboost', '{"n_estimators": 2}');
    SELECT pgml.train('lines', 'regression', 'pgml.iris', 'target');
    INSERT INTO pgml.projects (name, task) VALUES ('idle', 'regression');
    CREATE TABLE plain AS SELECT x::real, (x % 2)::real AS y FROM generate_series(1, 40) AS x;
    CREATE TABLE nulls AS SELECT x, CASE WHEN x > 37 THEN NULL ELSE y END AS y FROM plain;
    CREATE TABLE holes AS SELECT CASE WHEN x > 37 THEN NULL ELSE x END AS x, y FROM plain;
    CREATE TABLE nans AS SELECT CASE WHEN x > 37 THEN 'NaN' ELSE x END AS x, y FROM plain;
    CREATE TABLE infinite AS SELECT CASE WHEN x > 37 THEN 'Infinity' ELSE x END AS x, y FROM plain;
    CREATE TABLE nan_label AS SELECT x, CASE WHEN x > 37 THEN 'NaN' ELSE y END AS y FROM plain;
    CREATE TABLE empty AS SELECT * FROM plain WHERE false;
    CREATE TABLE one_class AS SELECT x, 1 AS y FROM plain;
    CREATE TABLE identified AS SELECT x::real, x AS id FROM generate_series(1, 14000) AS x;
    CREATE TABLE close_int8 AS SELECT x, 16777216 + y::int8 AS y FROM plain;
    CREATE TABLE close_float8 AS SELECT x, 1 + y::float8 / 1e10 AS y FROM plain;
    CREATE TABLE close_numeric AS SELECT x, 1 + y::numeric / 1e10 AS y FROM plain;
    CREATE TABLE one_row AS SELECT * FROM plain LIMIT 1;
    CREATE TABLE lonely AS SELECT y FROM plain;
    CREATE TABLE nothing ();
    CREATE TABLE dated AS SELECT x, now() AS "when it was", y FROM plain;
    CREATE TABLE texts AS SELECT ARRAY['a', 'b'] AS words, y FROM plain;
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE TABLE moods AS SELECT x, 'good'::mood AS feeling, y FROM plain;
    CREATE TABLE ragged AS SELECT array_fill(x, ARRAY[CASE WHEN x = 30 THEN 3 ELSE 2 END]) AS points, y FROM plain;
    CREATE TABLE array_label AS SELECT x, ARRAY[y, y] AS y FROM plain;
    CREATE TABLE words AS SELECT x, CASE WHEN y = 1 THEN 'odd' ELSE 'even' END AS y FROM plain;
    CREATE SEQUENCE counter;`);
});
after(() => database.close());

const training: readonly (readonly [title: string, call: string, expected: Expected])[] = [
  ['no project', `NULL, 'regression', 'plain', 'y'`, { code: '22004', message: 'pgml.train needs a project_name' }],
  [
    'a new project without a task',
    `'new'`,
    {
      code: '42704',
      message: 'Project `new` does not exist. To create a new project, you must specify a `task`.',
      hint: /task => 'classification'/,
    },
  ],
  [
    'an unknown task',
    `'new', 'regresion', 'plain', 'y'`,
    { code: '22023', message: 'Unknown task `regresion`', hint: /regression, / },
  ],
  [
    'a task for language models',
    `'new', 'text-classification', 'plain', 'y'`,
    { code: '22023', message: 'use pgml.tune for transformers tasks (task `text_classification`)', hint: /regression/ },
  ],
  [
    'another task than the project has',
    `'iris', 'regression', 'plain', 'y'`,
    {
      code: '22023',
      message: 'Project `"iris"` already exists with a different task: `classification`. Create a new project instead.',
      hint: /another project_name/,
    },
  ],
  [
    'no relation the first time',
    `'new', 'regression'`,
    {
      code: '22023',
      message: 'You must pass a `relation_name` and `y_column_name` to snapshot the first time you train a model.',
      hint: /relation_name => /,
    },
  ],
  [
    'no relation in a project without models',
    `'idle'`,
    { code: '22023', message: /^You must pass a `relation_name`/, hint: /relation_name => / },
  ],
  [
    'no label',
    `'new', 'regression', 'plain'`,
    {
      code: '22023',
      message: 'You must pass a `y_column_name` when you pass a `relation_name` for a supervised task.',
      hint: /y_column_name => /,
    },
  ],
  [
    'an unknown relation',
    `'new', 'regression', 'plian', 'y'`,
    {
      code: '42P01',
      message: 'Relation "plian" could not be found in the public schema.',
      hint: 'Please specify the table schema, e.g. pgml.plian',
    },
  ],
  [
    'an unknown relation of a schema',
    `'new', 'regression', 'pgml.plain', 'y'`,
    { code: '42P01', message: `Relation "pgml"."plain" doesn't exist`, hint: /schema\.name/ },
  ],
  [
    'three parts',
    `'new', 'regression', 'a.b.c', 'y'`,
    {
      code: '42P01',
      message: 'Relation name "a.b.c" is not parsable into schema name and table name',
      hint: /double quotes/,
    },
  ],
  ['not a table', `'new', 'regression', 'counter', 'y'`, { code: '42P01', message: /counter/ }],
  [
    'an unknown label',
    `'new', 'regression', 'plain', 'z'`,
    {
      code: '42703',
      message: 'Column `z` not found. Did you pass the correct `y_column_name`?',
      hint: 'Columns of public.plain: "x", "y"',
    },
  ],
  ['a system column', `'new', 'regression', 'plain', 'ctid'`, { code: '42703', message: /^Column `ctid` not found/ }],
  [
    'an unknown left-out column',
    `'new', 'clustering', 'plain', 'z'`,
    { code: '42703', message: /^Column `z` not found/ },
  ],
  [
    'an algorithm that is none',
    `'new', 'regression', 'plain', 'y', 'xgbost'`,
    { code: '22P02', message: 'invalid input value for enum pgml.algorithm: "xgbost"' },
  ],
  [
    'an algorithm for another task',
    `'new', 'classification', 'plain', 'y', 'kmeans'`,
    { code: '22023', message: /kmeans does not support classification/, hint: /xgboost/ },
  ],
  [
    'an unknown hyperparameter',
    `'new', 'classification', 'plain', 'y', 'xgboost', '{"n_estimator": 3}'`,
    { code: '22023', message: /n_estimator/, hint: /n_estimators/ },
  ],
  [
    'a hyperparameter of the wrong type',
    `'new', 'classification', 'plain', 'y', 'xgboost', '{"n_estimators": "many"}'`,
    { code: '22023', message: /n_estimators.*must be.*many/, hint: /default/ },
  ],
  [
    'a hyperparameter out of range',
    `'new', 'classification', 'plain', 'y', 'xgboost', '{"n_estimators": -1}'`,
    { code: '22023', message: /n_estimators.*must be.*-1/, hint: /default/ },
  ],
  [
    'hyperparameters that are no object',
    `'new', 'classification', 'plain', 'y', 'xgboost', '[1]'`,
    { code: '22023', message: 'hyperparams must be a JSON object, but [1] was given', hint: /\{"name": value\}/ },
  ],
  [
    'a search',
    `'new', 'classification', 'plain', 'y', 'xgboost', search => 'grid', search_params => '{"n_estimators": [1, 2]}'`,
    { code: '0A000', message: /search.*not available yet/, hint: /best model/ },
  ],
  [
    'preprocessing',
    `'new', 'classification', 'plain', 'y', 'xgboost', preprocess => '{"x": {"scale": "standard"}}'`,
    { code: '0A000', message: /preprocess.*not available yet/, hint: /view/ },
  ],
  [
    'the OpenAI runtime',
    `'new', 'classification', 'plain', 'y', runtime => 'openai'`,
    { code: '0A000', message: 'OpenAI runtime is not supported for training or inference' },
  ],
  [
    'a NULL label',
    `'new', 'classification', 'nulls', 'y'`,
    {
      code: '22004',
      message: /^The training data labels in "y" contain 3 NULL values\. Consider filtering these values/,
    },
  ],
  [
    'a missing value',
    `'new', 'regression', 'holes', 'y'`,
    { code: '22023', message: /3 missing values.*x|x.*3 missing values/ },
  ],
  ['a NaN', `'new', 'regression', 'nans', 'y'`, { code: '22023', message: /3 missing values.*x|x.*3 missing values/ }],
  ['an infinite value', `'new', 'regression', 'infinite', 'y'`, { code: '22023', message: /x.*infinit|infinit.*x/ }],
  [
    'an infinite value for trees',
    `'new', 'regression', 'infinite', 'y', 'xgboost'`,
    { code: '22023', message: /infinit/ },
  ],
  ['a NaN label', `'new', 'regression', 'nan_label', 'y'`, { code: '22004', message: /contain 3/ }],
  ['no rows', `'new', 'regression', 'empty', 'y'`, { code: '22023', message: /no rows/ }],
  [
    'one class',
    `'new', 'classification', 'one_class', 'y'`,
    { code: '22023', message: /same value in all/, hint: /two classes/ },
  ],
  [
    'too many classes',
    `'new', 'classification', 'identified', 'id'`,
    { code: '22023', message: 'the label "id" has 10500 classes, the most are 10000', hint: /regression/ },
  ],
  ...['int8', 'float8', 'numeric'].map((type): [string, string, Expected] => [
    `classes of ${type} that real cannot tell apart`,
    `'new', 'classification', 'close_${type}', 'y'`,
    {
      code: '22023',
      message: /^the label "y" has the class (16777217|1\.0000000001), which the type real cannot hold$/,
      hint: /text/,
    },
  ]),
  [
    'an objective for another task',
    `'new', 'regression', 'plain', 'y', 'xgboost', '{"objective": "multi:softprob"}'`,
    { code: '22023', message: /^objective multi:softprob/, hint: /reg:squarederror/ },
  ],
  [
    'one row',
    `'new', 'regression', 'one_row', 'y', test_size => 1.0`,
    { code: '22023', message: 'test_size = 1 is too large. There are only 1 samples.' },
  ],
  [
    'too many test rows',
    `'new', 'regression', 'plain', 'y', test_size => 40`,
    { code: '22023', message: 'test_size = 40 is too large. There are only 40 samples.' },
  ],
  [
    'a negative test_size',
    `'new', 'regression', 'plain', 'y', test_size => -0.5`,
    { code: '22023', message: 'test_size = -0.5 is not a share or a number of rows', hint: /0 to 1/ },
  ],
  [
    'a test_size that is no number',
    `'new', 'regression', 'plain', 'y', test_size => 'NaN'`,
    { code: '22023', message: 'test_size = NaN is not a share or a number of rows', hint: /0 to 1/ },
  ],
  [
    'a sampling that is none',
    `'new', 'regression', 'plain', 'y', test_sampling => 'some'`,
    { code: '22P02', message: 'invalid input value for enum pgml.sampling: "some"' },
  ],
  [
    'nothing but the label',
    `'new', 'regression', 'lonely', 'y'`,
    { code: '22023', message: 'Relation "lonely" has no column to learn from', hint: /beside the label/ },
  ],
  ['no columns at all', `'new', 'regression', 'nothing', 'y'`, { code: '42703', message: /^Column `y` not found/ }],
  [
    'no columns at all, and no label',
    `'new', 'clustering', 'nothing'`,
    { code: '22023', message: 'Relation "nothing" has no column to learn from' },
  ],
  [
    'a column of dates',
    `'new', 'regression', 'dated', 'y'`,
    {
      code: '42804',
      message: 'Unhandled type for quantitative scalar column: when it was "timestamp with time zone"',
      hint: 'Train on a view that leaves out column "when it was" or casts it to one of these types.',
    },
  ],
  [
    'a label of dates',
    `'new', 'regression', 'dated', 'when it was'`,
    { code: '42804', message: /^Unhandled type for quantitative scalar column: when it was/, hint: /view/ },
  ],
  [
    'an array of texts',
    `'new', 'regression', 'texts', 'y'`,
    { code: '42804', message: 'Unhandled type for categorical variable: words "text[]"', hint: /"words"/ },
  ],
  [
    'a column of an enum',
    `'new', 'regression', 'moods', 'y'`,
    {
      code: '42804',
      message: 'Unhandled type for quantitative scalar column: feeling "public.mood"',
      hint: /"feeling"/,
    },
  ],
  [
    'arrays of different length',
    `'new', 'regression', 'ragged', 'y'`,
    { code: '22023', message: /Mismatched array length for feature `points`\. Expected: 2 Received: 3/ },
  ],
  [
    'an array as label',
    `'new', 'regression', 'array_label', 'y'`,
    { code: '42804', message: 'Label column "y" is an array (real[]), a label is a single value', hint: /one element/ },
  ],
  [
    'a text as label of a regression',
    `'new', 'regression', 'words', 'y'`,
    { code: '42804', message: 'Label column "y" is text, regression predicts a number', hint: /classification/ },
  ],
];

for (const [title, call, expected] of training)
  test(`training refuses ${title}`, async () => {
    await database.refuses(`SELECT * FROM pgml.train(${call})`, expected);
    await database.refuses(`SELECT * FROM pgml.train(${call}, materialize_snapshot => true)`, {
      code: expected.code,
      message: expected.message,
    });
  });

const prediction: readonly (readonly [title: string, call: string, expected: Expected])[] = [
  [
    'an unknown project',
    `predict('nobody', ARRAY[1])`,
    {
      code: '42704',
      message: 'No deployed model exists for the project named: `nobody`',
      hint: /pgml\.train creates one/,
    },
  ],
  [
    'a project without a deployed model',
    `predict('idle', ARRAY[1])`,
    {
      code: '55000',
      message: 'No deployed model exists for the project named: `idle`',
      hint: /pgml\.deploy\('idle'\)/,
    },
  ],
  [
    'an unknown model',
    'predict(4711, ARRAY[1])',
    {
      code: '42704',
      message: 'pgml.models WHERE id = 4711 could not be loaded. Does it exist?',
      hint: /pgml\.trained_models/,
    },
  ],
  ...[3, 5, 8, 0].map((count): [string, string, Expected] => [
    `${count} features instead of 4`,
    `predict('iris', array_fill(1::real, ARRAY[${count}]))`,
    { code: '22023', message: `the model has 4 features, but ${count} were given`, hint: /order|predict_batch/ },
  ]),
  [
    'no whole number of rows',
    `predict_batch('iris', ARRAY[1, 2, 3, 4, 5])`,
    { code: '22023', message: /^5 values are no whole number of rows/ },
  ],
  [
    'too few features for probabilities',
    `predict_proba('iris', ARRAY[1])`,
    { code: '22023', message: /^the model has 4 features, but 1/, hint: /order/ },
  ],
  ['NaN', `predict('lines', ARRAY[1, 2, 3, 'NaN']::real[])`, { code: '22023', message: /"petal_width"/ }],
  [
    'a NULL element',
    `predict('lines', ARRAY[1, NULL, 3, 4]::real[])`,
    { code: '22004', message: /NULL.*linear/, hint: /COALESCE/ },
  ],
  ['infinity', `predict('lines', ARRAY[1, 2, 'Infinity', 4]::real[])`, { code: '22023', message: /"petal_length"/ }],
  [
    'a row with a NULL',
    `predict('lines', ROW(1, NULL, 3, 4))`,
    { code: '22004', message: /"sepal_width" is NULL/, hint: /COALESCE/ },
  ],
  ...['predict', 'predict_proba', 'predict_batch'].map((name): [string, string, Expected] => [
    `infinity for trees (${name})`,
    `${name}('iris', ARRAY[1, 'NaN', '-Infinity', 4]::real[])`,
    { code: '22023', message: /"petal_length" is -Infinity/, hint: /bound/ },
  ]),
  [
    'infinity for trees in a row',
    `predict('iris', ROW(1, 2, 3, 'Infinity'::real))`,
    { code: '22023', message: /"petal_width" is infinite/, hint: /bound/ },
  ],
  [
    'a row without a feature',
    `predict('iris', s) FROM (SELECT 1 AS sepal_length, 2 AS sepal_width) AS s`,
    { code: '22023', message: /no field "petal_length", "petal_width"/, hint: /sepal_length/ },
  ],
  [
    'a short ROW',
    `predict('iris', ROW(1, 2, 3))`,
    { code: '22023', message: 'the row has 3 fields, but the model was trained on 4', hint: /in this order/ },
  ],
  [
    'a value that is no row',
    `predict('iris', 5)`,
    { code: '22023', message: 'features are an array of numbers or a row, but integer was given', hint: /ROW/ },
  ],
  [
    'an array of texts',
    `predict('iris', ARRAY['a'])`,
    { code: '22023', message: 'features are an array of numbers or a row, but text[] was given', hint: /ROW/ },
  ],
  [
    'text for a number',
    `predict('iris', ROW('tall', 2, 3, 4))`,
    { code: '22023', message: 'feature "sepal_length" is a number, but "tall" was given' },
  ],
  [
    'probabilities of a regression',
    `predict_proba('lines', ARRAY[1, 2, 3, 4])`,
    { code: '0A000', message: `You can't predict probabilities for a regression model` },
  ],
];

for (const [title, call, expected] of prediction)
  test(`prediction refuses ${title}`, async () => {
    await database.refuses(`SELECT pgml.${call}`, expected);
  });

test('tables as wide as PostgreSQL allows can be learned from', async () => {
  const columns = (count: number) =>
    Array.from({ length: count }, (_, index) => `c${index} real DEFAULT random()`).join(', ');
  await database.refuses(`CREATE TABLE too_wide (${columns(1601)})`, {
    code: '54011',
    message: 'tables can have at most 1600 columns',
  });
  await database.query(`
    CREATE TABLE wide (${columns(1600)});
    INSERT INTO wide (c0) SELECT x FROM generate_series(1, 50) AS x;
    SELECT pgml.train('wide', 'regression', 'wide', 'c0', 'xgboost', '{"n_estimators": 2}', materialize_snapshot => true);`);
  assert.equal(await database.value(`SELECT num_features FROM pgml.models ORDER BY id DESC LIMIT 1`), 1599);
  const answer = await database.value(`SELECT pgml.predict('wide', wide) FROM wide LIMIT 1`);
  assert.equal(typeof answer, 'number');
});

test('an array of a gigabyte is refused, and the next statement works', async () => {
  await database.refuses(`SELECT pgml.predict('iris', array_fill(1::real, ARRAY[268435456]))`, {
    code: '54000',
    message: /^array size exceeds the maximum allowed/,
  });
  await database.refuses(`SELECT pgml.predict('iris', array_fill(1::real, ARRAY[8000000]))`, {
    code: '22023',
    message: /8000000|8,000,000/,
  });
  assert.equal(typeof (await database.value(`SELECT pgml.predict('iris', ARRAY[1, 2, 3, 4])`)), 'number');
});

test('a training that takes too long is ended and leaves nothing', async () => {
  await database.query(`SELECT pgml.load_dataset('digits'); SET statement_timeout = '300ms'`);
  await database.refuses(
    `SELECT pgml.train('new', 'classification', 'pgml.digits', 'target', 'xgboost', '{"n_estimators": 20000}',
      materialize_snapshot => true)`,
    { code: '57014', message: /timeout|cancel/ },
  );
  await database.query('RESET statement_timeout');
});
