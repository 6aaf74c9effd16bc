import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
});
after(() => database.close());

const hostile = [
  'with "double" quotes',
  "with 'single' quotes",
  'with.dots.inside',
  'with spaces and\ttabs and\nlines',
  'ünïcödé π 数据 🦉',
  `'); DROP TABLE pgml.projects; --`,
  '$1 %I %s %L \\ \\x00',
  '{"json": true}',
  '__NULL__',
  'select',
  'MixedCase',
  'ctid2',
  'a'.repeat(63),
  // 62 bytes, and one letter of two more would be cut in half.
  `${'b'.repeat(60)}é`,
];

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

for (const [index, name] of hostile.entries())
  test(`${JSON.stringify(name)} as the name of a table, its columns and the project`, async () => {
    const label = `${index}`;
    await database.query(`
      CREATE TABLE ${identifier(name)} AS SELECT x::real AS ${identifier(name)}, (2 * x)::real AS ${identifier(label)}
      FROM generate_series(1, 40) AS x`);
    // A name with dots must be quoted; any other is taken as it stands, and quoted as well.
    const relations = name.includes('.') ? [identifier(name)] : [name, `public.${identifier(name)}`];
    for (const relation of relations) {
      const [trained] = await database.query(
        `SELECT * FROM pgml.train($1, 'regression', $2, $3, materialize_snapshot => true)`,
        [name, relation, label],
      );
      assert.deepEqual(trained, { project: name, task: 'regression', algorithm: 'linear', deployed: true });
      const [snapshot] = await database.query(`
        SELECT id, relation_name, columns #>> '{0,name}' AS feature, columns #>> '{1,name}' AS label FROM pgml.snapshots
        ORDER BY id DESC LIMIT 1`);
      assert.deepEqual([snapshot.relation_name, snapshot.feature, snapshot.label], [relation, name, label]);
      assert.equal(
        await database.value(`SELECT count(${identifier(name)})::int FROM pgml.snapshot_${snapshot.id}`),
        40,
      );
    }
    for (const features of ['ARRAY[10]', `${identifier(name)}`]) {
      const answer = await database.value(
        `SELECT pgml.predict($1, ${features === 'ARRAY[10]' ? features : 't'}) FROM ${identifier(name)} AS t OFFSET 9 LIMIT 1`,
        [name],
      );
      assert.ok(Math.abs(Number(answer) - 20) < 1e-3, `${features}: ${answer}`);
    }
    assert.deepEqual(await database.query('SELECT project FROM pgml.deploy($1)', [name]), [{ project: name }]);
  });

test('project names have up to 2000 bytes', async () => {
  const name = 'é'.repeat(1000);
  await database.query('CREATE TABLE short AS SELECT x, 2 * x AS y FROM generate_series(1, 40) AS x');
  const [trained] = await database.query(`SELECT project FROM pgml.train($1, 'regression', 'short', 'y')`, [name]);
  assert.equal(trained.project, name);
  assert.ok(Math.abs(Number(await database.value('SELECT pgml.predict($1, ARRAY[3])', [name])) - 6) < 1e-3);
  await database.refuses(
    `SELECT pgml.train($1, 'regression', 'short', 'y')`,
    { code: '22023', message: 'project_name has 2001 bytes, it may have 2000', hint: 'Give a shorter name.' },
    [`${name}x`],
  );
});

test('names that nothing has are repeated in the error and do nothing', async () => {
  for (const name of [
    ...hostile,
    'x'.repeat(64),
    'x'.repeat(10_000),
    '',
    '.',
    '..',
    '"',
    '"."',
    '""',
    'a."b',
    '\u0001',
  ]) {
    const missing = `${name}?`;
    await database.refuses(
      `SELECT pgml.predict($1, ARRAY[1])`,
      {
        code: '42704',
        message: `No deployed model exists for the project named: \`${missing}\``,
      },
      [missing],
    );
    await database.refuses(
      `SELECT pgml.deploy($1)`,
      { code: '42704', message: `Project named \`${missing}\` does not exist.` },
      [missing],
    );
    const error = await database.refuses(
      `SELECT pgml.train('new', 'regression', $1, 'y')`,
      { code: '42P01', message: /^Relation / },
      [missing],
    );
    if (!missing.includes('.')) assert.ok(error.message.includes(missing), error.message);
    await database.refuses(
      `SELECT pgml.train('new', 'regression', 'short', $1)`,
      {
        code: '42703',
        message: `Column \`${missing}\` not found. Did you pass the correct \`y_column_name\`?`,
        hint: 'Columns of public.short: "x", "y"',
      },
      [missing],
    );
  }
});

test('a column name that is one byte too long is not the one that PostgreSQL would cut it to', async () => {
  await database.query(
    `CREATE TABLE ${'c'.repeat(63)} AS SELECT x AS ${'d'.repeat(63)}, x AS y FROM generate_series(1, 40) AS x`,
  );
  await database.refuses(
    `SELECT pgml.train('new', 'regression', $1, 'y')`,
    { code: '42P01', message: /^Relation "c+" could not be found/ },
    ['c'.repeat(64)],
  );
  await database.refuses(
    `SELECT pgml.train('new', 'regression', $1, $2)`,
    { code: '42703', message: /^Column `d+` not found/ },
    ['c'.repeat(63), 'd'.repeat(64)],
  );
});

test('a temporary table is pg_temp.name', async () => {
  await database.query(
    `CREATE TEMPORARY TABLE passing AS SELECT x::real, x::real AS y FROM generate_series(1, 20) AS x`,
  );
  for (const name of ['pg_temp.passing', 'PG_TEMP."passing"'])
    await database.query(`SELECT * FROM pgml.train('passing', 'regression', '${name}', 'y')`);
  await database.refuses(`SELECT pgml.train('passing', 'regression', 'passing', 'y')`, {
    code: '42P01',
    message: /^Relation "passing" could not be found in the public schema/,
  });
});

test('backslashes are themselves where standard_conforming_strings is off', async () => {
  await database.query(
    `CREATE TABLE "back\\slash" AS SELECT x::real AS "x\\", (2 * x)::real AS "y\\" FROM generate_series(1, 20) AS x`,
  );
  const name = `a\\'b\\\\`;
  await database.query('SET standard_conforming_strings = off; SET escape_string_warning = off; SET pgml.seed = 7');
  await database.query('SELECT pgml.train($1, $2, $3, $4)', [name, 'regression', 'back\\slash', 'y\\']);
  const predictions = await database.query(
    `SELECT pgml.predict($1, ARRAY[3::real]) AS one, pgml.predict($1, ROW(3)) AS row,
       (SELECT prediction FROM pgml.predict_query($1, 'SELECT 1, ARRAY[3]')) AS query`,
    [name],
  );
  await database.query(`SELECT pgml.deploy($1, 'best_score', NULL, true)`, [name]);
  const compiled = await database.value('SELECT pgml.predict($1, ARRAY[3::real])', [name]);
  await database.query('RESET standard_conforming_strings; RESET escape_string_warning; RESET pgml.seed');
  const [{ one }] = predictions;
  assert.ok(Math.abs(Number(one) - 6) < 1e-4, String(one));
  assert.deepEqual([predictions, compiled], [[{ one, row: one, query: one }], one]);
});
