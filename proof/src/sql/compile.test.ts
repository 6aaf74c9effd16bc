import assert from 'node:assert/strict';
import { PGlite } from '@electric-sql/pglite';
import { estimators, type FeatureDescription, writeArtifact } from '@pgml/engine';
import { type BlockDescription, RandomState, writeBlock } from '@pgml/kernels';
import { Database, DatabaseError } from '../testing/database.js';
import { after, before, test } from '../testing/test.js';

const FEATURES = 4;
/** What a feature can be, beside the numbers of the training rows. */
const extremes = ['0', '-0', '1e-45', '-1e-45', '3.4028235e38', '-3.4028235e38', '1e-30', '1e30'];

/** As many as a compiled model may have. */
const COMB_LEAVES = 2000;
const combThreshold = (node: number, leaves: number): number => Math.fround(3 - (4 * node) / leaves);

let database: Database;
before(async () => {
  database = await Database.open();
  const random = new RandomState(7);
  const rows = Array.from({ length: 200 }, () => {
    const x = Array.from({ length: FEATURES }, () => Math.fround(random.normal()));
    const score = 2 * x[0] - x[1] * x[2] + 0.1 * random.normal();
    return `(${x.join(', ')}, ${score}, ${Number(score > 0)}, ${Number(score > -1) + Number(score > 1)})`;
  });
  const drawn = Array.from({ length: 400 }, (_, row) => {
    const values = Array.from({ length: FEATURES }, () =>
      row < 200 || random.double() < 0.6
        ? String(Math.fround(3 * random.normal()))
        : extremes[random.integer(0, extremes.length)],
    );
    return `(${row}, '{${values.join(',')}}')`;
  });
  // Rows that reach a test of the comb below with exactly its threshold.
  for (let test = 1; test < 100; test++) {
    const threshold = combThreshold(2 * test - 1, COMB_LEAVES);
    drawn.push(`(${1000 + test}, '{${Array.from({ length: FEATURES }, () => threshold).join(',')}}')`);
  }
  await database.query(`
    CREATE TABLE samples (a real, b real, c real, d real, regression real, two int, three int);
    INSERT INTO samples VALUES ${rows.join(', ')};
    CREATE TABLE drawn (number int, features real[]);
    INSERT INTO drawn VALUES ${drawn.join(', ')};
    INSERT INTO drawn SELECT row_number() OVER () + 400, ARRAY[a, b, c, d] FROM samples;
    CREATE TABLE gaps AS
      SELECT number, (SELECT array_agg(CASE (number + place) % 5 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' ELSE value END ORDER BY place)
        FROM unnest(features) WITH ORDINALITY AS v (value, place)) AS features
      FROM drawn;`);
});
after(() => database.close());

/** The model is predicted from now on by a function, whose answers are those of the model for all rows of a table. */
async function compilesExactly(model: unknown, rows = 'drawn'): Promise<void> {
  // A batch is never predicted by the compiled function.
  await database.query(`
    CREATE TEMPORARY TABLE expected AS
    SELECT row_number() OVER () AS place, answer
    FROM unnest(pgml.predict_batch(${model}, (SELECT array_agg(value ORDER BY number, place) FROM ${rows},
      unnest(features) WITH ORDINALITY AS v (value, place)))) AS answer`);
  await database.query(`SELECT pgml.compile(${model})`);
  const different = await database.query(`
    SELECT features, answer, pgml.predict_model_${model}(features) AS compiled
    FROM (SELECT features, row_number() OVER (ORDER BY number) AS place FROM ${rows}) AS r JOIN expected USING (place)
    WHERE float4send(answer) <> float4send(pgml.predict_model_${model}(features))`);
  const compared = await database.value('SELECT count(*)::int FROM expected');
  await database.query('DROP TABLE expected');
  assert.ok(Number(compared) >= 3, 'there was something to compare');
  assert.deepEqual(different, []);
}

/** Each kind of model that can be compiled: weighted sums, trees, centroids, with their decisions. */
const compilable = ['linear', 'ridge', 'linear_svm', 'xgboost', 'kmeans'];

for (const { algorithm, task, missing } of estimators.filter((one) => compilable.includes(one.algorithm)))
  for (const label of { regression: ['regression'], classification: ['two', 'three'] }[String(task)] ?? [null])
    test(`${algorithm}, ${task}${label ? ` of ${label}` : ''}: the same bits`, async () => {
      await database.query(`CREATE VIEW input AS SELECT a, b, c, d${label ? `, ${label}` : ''} FROM samples`);
      await database.query('SELECT pgml.train($1, $2, $3, $4, $5::text::pgml.algorithm)', [
        `${algorithm} ${task} ${label}`,
        task,
        'input',
        label,
        algorithm,
      ]);
      await database.query('DROP VIEW input');
      const model = await database.value('SELECT max(id) FROM pgml.models');
      await compilesExactly(model);
      if (missing === 'learn') await compilesExactly(model, 'gaps');
    });

/** A model of `project` as if trained, made by hand. */
async function insertModel(
  features: readonly Pick<FeatureDescription, 'name'>[],
  block: Omit<BlockDescription, 'features' | 'classValues'> & { classValues?: number[] },
  missing: 'learn' | 'refuse' = 'refuse',
): Promise<unknown> {
  const artifact = writeArtifact(
    {
      kind: block.kind,
      task: block.decision === 'value' ? 'regression' : 'classification',
      algorithm: 'linear',
      features: features.map(({ name }) => ({ name, pg_type: 'float4', width: 1 })),
      labels: [{ name: 'y', pg_type: 'float4' }],
      missing,
      hyperparams: {},
      seed: 42,
      details: {},
      version: '0',
    },
    writeBlock({ classValues: [], ...block, features: features.length }),
  );
  return database.value(
    `WITH project AS (
       INSERT INTO pgml.projects (name, task) VALUES ('by hand ' || (SELECT count(*) FROM pgml.projects), 'regression') RETURNING id
     ), model AS (
       INSERT INTO pgml.models (project_id, num_features, algorithm, hyperparams, status, search_params, search_args)
       SELECT id, ${features.length}, 'linear', '{}', 'successful', '{}', '{}' FROM project RETURNING id
     )
     INSERT INTO pgml.files (model_id, path, part, data) SELECT id, 'estimator.pgml', 0, decode($1, 'hex') FROM model
     RETURNING model_id`,
    [Buffer.from(artifact).toString('hex')],
  );
}

const four = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
const linear = (weights: readonly number[], intercept: number) =>
  ({
    kind: 'linear',
    outputs: 1,
    decision: 'value',
    words: [Float64Array.from(weights), Float64Array.of(intercept)],
  }) as const;

test('answers beyond the range of real are infinite or 0, as the model says', async () => {
  for (const weights of [
    [1e10, -1e10, 1e200, 0],
    [1e-10, -1e-30, 1e-200, 0],
    [-1e-260, 0.1, 1, 1e250],
  ])
    await compilesExactly(await insertModel(four, linear(weights, 0)));
  await compilesExactly(await insertModel(four, linear([-0, -0, 0, -0], -0)));
});

/** A chained tree in which every test sends what is below its threshold to the next test, and the rest to a leaf. */
function comb(leaves: number): BlockDescription['words'] {
  const random = new RandomState(3);
  const words = new Uint32Array(4 * (2 * leaves - 1));
  const floats = new Float32Array(words.buffer);
  for (let node = 0; node < 2 * leaves - 1; node++) {
    // The children of test t are the nodes 2t + 1, which is test t + 1 unless it is the last, and 2t + 2.
    const test = node === 0 ? 0 : (node + 1) / 2;
    const leaf = !Number.isInteger(test) || test === leaves - 1;
    words[4 * node] = leaf ? 0 : 4 * random.integer(0, FEATURES) + random.integer(0, 2);
    floats[4 * node + 1] = leaf ? Number.NaN : combThreshold(node, leaves);
    words[4 * node + 2] = 16 * (leaf ? node : 2 * test + 1);
    floats[4 * node + 3] = random.normal();
  }
  return [1, Float32Array.of(0.5), 0, words, Uint32Array.of(0)];
}

const trees = (words: BlockDescription['words']) => ({ kind: 'trees', outputs: 1, decision: 'value', words }) as const;

test('a tree as deep as it has leaves, with as many as are allowed; one more is refused', async () => {
  const model = await insertModel(four, trees(comb(COMB_LEAVES)), 'learn');
  await compilesExactly(model);
  await compilesExactly(model, 'gaps');
  await database.refuses(`SELECT pgml.compile(${await insertModel(four, trees(comb(COMB_LEAVES + 1)))})`, {
    code: '0A000',
    message: 'the model cannot be compiled to SQL: it has 2001 leaves, and at most 2000 can be compiled',
    hint: 'Predict with pgml.predict, which runs every model.',
  });
});

test('coefficients for which PostgreSQL would report an overflow or underflow are refused', async () => {
  for (const weight of [1e300, 1e-300, Number.POSITIVE_INFINITY, Number.NaN])
    await database.refuses(`SELECT pgml.compile(${await insertModel(four, linear([1, weight, 0, 0], 0))})`, {
      code: '0A000',
      message: `the model cannot be compiled to SQL: it has the coefficient ${weight}, for which PostgreSQL would report an overflow or underflow`,
    });
});

test('trees whose sums may overflow are refused', async () => {
  const leaf = new Uint32Array(12);
  const floats = new Float32Array(leaf.buffer);
  // Two levels of tests that are closed; the leftmost of four leaves is what the tree says.
  for (const test of [1, 2, 3]) floats[2 * test + 1] = Number.NaN;
  floats[8] = 3e38;
  const words = [1, Float32Array.of(3e38), 2, leaf];
  await database.refuses(`SELECT pgml.compile(${await insertModel(four, trees(words))})`, {
    code: '0A000',
    message: 'the model cannot be compiled to SQL: sums of its leaves may be out of range for PostgreSQL',
  });
});

const hostile = [`x'); DROP TABLE samples; --`, '$function$ $$ $pgml$ %s %I', `back\\slash\\' "quoted"`, 'ünïcode\n\t'];

test('the same errors, and names of features that are no code', async () => {
  const model = await insertModel(
    hostile.map((name) => ({ name })),
    linear([1, 2, 3, 4], 0),
  );
  const learning = await insertModel(four, trees(comb(3)), 'learn');
  const failures = async (call: (model: unknown, features: string) => string) => {
    const calls = [
      ...[
        `'{1,2,3}'`,
        `'{1,2,3,4,5,6,7,8}'`,
        `'{}'`,
        `'{1,NULL,NULL,4}'`,
        `'{{NaN,2},{3,NULL}}'`,
        `'{1,2,NaN,4}'`,
        `'{1,Infinity,NaN,4}'`,
        `'{{1,2},{3,-Infinity}}'`,
        `'[5:8]={Infinity,1,2,3}'`,
      ].map((features) => call(model, features)),
      ...[`'{1,NULL,NaN,Infinity}'`, `'{-Infinity,NULL,2,Infinity}'`, `'{1}'`].map((features) =>
        call(learning, features),
      ),
    ];
    const reports = [];
    for (const sql of calls) {
      const error = await database.query(sql).then(
        () => assert.fail(`${sql} works`),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof DatabaseError, String(error));
      const { code, message, detail, hint } = error;
      reports.push({ code, message, detail: detail ?? '', hint: hint ?? '' });
    }
    return reports;
  };
  const expected = await failures((id, features) => `SELECT pgml.predict(${id}, ${features}::real[])`);
  for (const id of [model, learning]) await database.query(`SELECT pgml.compile(${id})`);
  const given = await failures((id, features) => `SELECT pgml.predict_model_${id}(${features})`);
  assert.deepEqual(given, expected);
  assert.equal(await database.value(`SELECT pgml.predict_model_${model}('{{1,2},{3,4}}')`), 30);
  assert.equal(await database.value(`SELECT pgml.predict_model_${model}('[0:3]={1,2,3,4}')`), 30);
  assert.equal(await database.value(`SELECT pgml.predict_model_${model}(NULL)`), null);
});

test('the definition works in a database that has no pgml', async () => {
  await database.query(
    `SELECT pgml.train('portable', 'regression', 'samples', 'regression', 'xgboost', '{"n_estimators": 5}')`,
  );
  const model = await database.value(`SELECT pgml.deployed_model('portable')`);
  const definition = String(await database.value(`SELECT pgml.compile('portable')`));
  const features = '{0.1,-0.2,NaN,7,1,2}';
  const expected = await database.value(`SELECT pgml.predict('portable', '${features}'::real[])`);
  const elsewhere = new PGlite();
  await elsewhere.exec('CREATE SCHEMA pgml');
  await elsewhere.exec(definition);
  const { rows } = await elsewhere.query(`SELECT pgml.predict_model_${model}('${features}') AS answer`);
  await elsewhere.close();
  assert.deepEqual(rows, [{ answer: expected }]);
});

const compiled = (model: unknown) =>
  database.value(`SELECT to_regprocedure('pgml.predict_model_${model}(real[])') IS NOT NULL`);

test('a function is made and dropped with its transaction, its deployment and its model', async () => {
  await database.query(`SELECT pgml.train('managed', 'regression', 'samples', 'regression')`);
  const model = await database.value(`SELECT pgml.deployed_model('managed')`);
  await database.query(`BEGIN; SELECT pgml.compile(${model}); ROLLBACK`);
  assert.equal(await compiled(model), false);
  for (const [given, expected] of [
    ['true', true],
    ['NULL', true],
    ['false', false],
    ['NULL', false],
    ['true', true],
  ] as const) {
    assert.deepEqual(await database.query(`SELECT * FROM pgml.deploy('managed', 'most_recent', NULL, ${given})`), [
      { project: 'managed', strategy: 'most_recent', algorithm: 'linear' },
    ]);
    assert.equal(await compiled(model), expected);
  }

  await database.query(`BEGIN; DELETE FROM pgml.projects WHERE name = 'managed'; ROLLBACK`);
  assert.equal(await compiled(model), true);
  await database.query(`DELETE FROM pgml.projects WHERE name = 'managed'`);
  assert.equal(await compiled(model), false);
  const others = "SELECT count(*)::int FROM pg_proc WHERE proname ~ '^predict_model_'";
  assert.notEqual(await database.value(others), 0);
  await database.query('BEGIN; TRUNCATE pgml.projects CASCADE');
  assert.equal(await database.value(others), 0);
  await database.query('ROLLBACK');
  assert.notEqual(await database.value(others), 0);
});

test('a function that something depends on keeps its model', async () => {
  const model = await insertModel(four, linear([1, 2, 3, 4], 0));
  await database.query(
    `SELECT pgml.compile(${model}); CREATE VIEW dependent AS SELECT pgml.predict_model_${model}('{1,2,3,4}')`,
  );
  await database.refuses(`DELETE FROM pgml.models WHERE id = ${model}`, {
    code: '2BP01',
    message: /other objects depend/,
  });
  await database.query('DROP VIEW dependent');
});

test('what is not there, or not allowed', async () => {
  await database.refuses('SELECT pgml.compile(123456789)', { code: '42704', message: /could not be loaded/ });
  await database.refuses(`SELECT pgml.compile('no such project')`, {
    code: '42704',
    message: /No deployed model exists/,
  });
  assert.equal(await database.value('SELECT pgml.compile(NULL::bigint)'), null);
  const model = await insertModel(four, linear([1, 2, 3, 4], 0));
  await database.query(`
    CREATE ROLE compiling_stranger;
    GRANT compiling_stranger TO CURRENT_USER;
    GRANT USAGE ON SCHEMA pgml TO compiling_stranger;
    GRANT SELECT ON ALL TABLES IN SCHEMA pgml TO compiling_stranger;
    SET ROLE compiling_stranger`);
  try {
    await database.refuses(`SELECT pgml.compile(${model})`, {
      code: '42501',
      message: `permission denied to create the function pgml.predict_model_${model}(real[])`,
      hint: /GRANT CREATE ON SCHEMA pgml TO compiling_stranger/,
    });
  } finally {
    await database.query('RESET ROLE; DROP OWNED BY compiling_stranger; DROP ROLE compiling_stranger');
  }
});
