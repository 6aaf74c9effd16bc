import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
});
after(() => database.close());

const measures = [
  'radius',
  'texture',
  'perimeter',
  'area',
  'smoothness',
  'compactness',
  'concavity',
  'concave points',
  'symmetry',
  'fractal dimension',
];
const real = (names: readonly string[]) => names.map((name) => `${name} real`);

const datasets: Record<string, { rows: number; columns: string[] }> = {
  breast_cancer: {
    rows: 569,
    columns: [
      ...['mean', 'error', 'worst'].flatMap((kind) =>
        real(measures.map((measure) => (kind === 'error' ? `${measure} error` : `${kind} ${measure}`))),
      ),
      'malignant boolean',
    ],
  },
  diabetes: { rows: 442, columns: real(['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6', 'target']) },
  digits: { rows: 1797, columns: ['image smallint[]', 'target smallint'] },
  iris: {
    rows: 150,
    columns: [...real(['sepal_length', 'sepal_width', 'petal_length', 'petal_width']), 'target integer'],
  },
  linnerud: { rows: 20, columns: real(['chins', 'situps', 'jumps', 'weight', 'waist', 'pulse']) },
  wine: {
    rows: 178,
    columns: [
      ...real([
        'alcohol',
        'malic_acid',
        'ash',
        'alcalinity_of_ash',
        'magnesium',
        'total_phenols',
        'flavanoids',
        'nonflavanoid_phenols',
        'proanthocyanins',
        'hue',
        'color_intensity',
        'od280/od315_of_diluted_wines',
        'proline',
      ]),
      'target integer',
    ],
  },
};

for (const [name, { rows, columns }] of Object.entries(datasets))
  test(`${name} is loaded with its columns and rows`, async () => {
    assert.deepEqual(await database.query('SELECT table_name, rows::int FROM pgml.load_dataset($1)', [name]), [
      { table_name: `pgml.${name}`, rows },
    ]);
    assert.equal(await database.value(`SELECT count(*)::int FROM pgml.${name}`), rows);
    const described = await database.query(
      `SELECT attname || ' ' || format_type(atttypid, atttypmod) AS line FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
      [`pgml.${name}`],
    );
    assert.deepEqual(
      described.map(({ line }) => line),
      columns,
    );
  });

test('rows are those of the originals, in their order', async () => {
  assert.deepEqual(await database.query('SELECT * FROM pgml.diabetes LIMIT 1'), [
    { age: 59, sex: 2, bmi: 32.1, bp: 101, s1: 157, s2: 93.2, s3: 38, s4: 4, s5: 4.8598, s6: 87, target: 151 },
  ]);
  assert.deepEqual(await database.query('SELECT * FROM pgml.linnerud LIMIT 1'), [
    { chins: 5, situps: 162, jumps: 60, weight: 191, waist: 36, pulse: 50 },
  ]);
  assert.deepEqual(
    await database.query('SELECT image[1][3] AS first, image[2][4] AS second, target FROM pgml.digits LIMIT 1'),
    [{ first: 5, second: 15, target: 0 }],
  );
  assert.equal(await database.value('SELECT array_dims(image) FROM pgml.digits LIMIT 1'), '[1:8][1:8]');
  // 212 of the 569 tumours are malignant, the first among them.
  assert.equal(await database.value('SELECT count(*)::int FROM pgml.breast_cancer WHERE malignant'), 212);
  assert.equal(await database.value('SELECT malignant FROM pgml.breast_cancer LIMIT 1'), true);
  assert.deepEqual(await database.query('SELECT target, count(*)::int FROM pgml.iris GROUP BY 1 ORDER BY 1'), [
    { target: 0, count: 50 },
    { target: 1, count: 50 },
    { target: 2, count: 50 },
  ]);
});

test('limit takes the first rows', async () => {
  assert.deepEqual(await database.query(`SELECT * FROM pgml.load_dataset('wine', "limit" => 5)`), [
    { table_name: 'pgml.wine', rows: 5 },
  ]);
  assert.deepEqual(await database.query('SELECT target, alcohol FROM pgml.wine LIMIT 1'), [
    { target: 0, alcohol: 14.23 },
  ]);
  assert.deepEqual(await database.query(`SELECT rows::int FROM pgml.load_dataset('wine', NULL, 0)`), [{ rows: 0 }]);
  assert.deepEqual(await database.query(`SELECT rows::int FROM pgml.load_dataset('wine', NULL, 1000)`), [
    { rows: 178 },
  ]);
});

test('loading again replaces the table and what depends on it', async () => {
  await database.query(`CREATE VIEW digit_vectors AS SELECT image FROM pgml.digits; DELETE FROM pgml.digits;`);
  await database.query(`SELECT pgml.load_dataset('digits')`);
  assert.equal(await database.value(`SELECT to_regclass('digit_vectors')`), null);
  assert.equal(await database.value('SELECT count(*)::int FROM pgml.digits'), 1797);
});

test('other data sets are not available yet', async () => {
  await database.refuses(`SELECT pgml.load_dataset('jdxcosta/diamonds')`, {
    code: '0A000',
    message: /jdxcosta\/diamonds.*not available yet/,
    hint: /breast_cancer, diabetes, digits, iris, linnerud, wine/,
  });
  await database.refuses('SELECT pgml.load_dataset(NULL)', {
    code: '22004',
    message: 'pgml.load_dataset needs the name of a data set',
  });
  await database.refuses(`SELECT pgml.load_dataset('iris', NULL, -1)`, {
    code: '2201W',
    message: 'limit = -1 is negative',
  });
});
