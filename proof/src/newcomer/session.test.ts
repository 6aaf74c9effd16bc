// A newcomer's first session, through the three clients that people have: psql, node-postgres, psycopg2. Same answers
// from each, and the same again after a restart.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { type RunningServer, startServer, temporaryDirectory } from '../testing/server.js';

const run = promisify(execFile);

const features = `"mean radius", "mean texture", "mean perimeter", "mean area", "mean smoothness", "mean compactness",
  "mean concavity", "mean concave points", "mean symmetry", "mean fractal dimension", "radius error", "texture error",
  "perimeter error", "area error", "smoothness error", "compactness error", "concavity error", "concave points error",
  "symmetry error", "fractal dimension error", "worst radius", "worst texture", "worst perimeter", "worst area",
  "worst smoothness", "worst compactness", "worst concavity", "worst concave points", "worst symmetry",
  "worst fractal dimension"`;

const load = `SELECT * FROM pgml.load_dataset('breast_cancer')`;
const train = `SELECT * FROM pgml.train('Breast Cancer', task => 'classification', relation_name => 'pgml.breast_cancer',
  y_column_name => 'malignant', algorithm => 'xgboost')`;
const predict = `SELECT malignant, pgml.predict('Breast Cancer', ARRAY[${features}]) FROM pgml.breast_cancer LIMIT 5`;
const probabilities = `SELECT pgml.predict_proba('Breast Cancer', ARRAY[${features}])::text FROM pgml.breast_cancer LIMIT 5`;

/** Runs one query and gives its rows as PostgreSQL's own text, so that answers of different clients can be compared. */
type Ask = (sql: string) => Promise<string[][]>;

const python = `
import sys, json, psycopg2
connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
psycopg2.extensions.register_type(psycopg2.extensions.new_type((16, 20, 23, 25, 700, 701), 'TEXT', lambda value, cursor: value), connection)
cursor = connection.cursor()
cursor.execute(sys.argv[2])
print(json.dumps([list(row) for row in cursor.fetchall()]))
`;

const clients: Record<string, (url: string) => Ask> = {
  psql: (url) => async (sql) => {
    const { stdout } = await run('psql', [url, '-X', '-A', '-t', '-q', '-F', '\t', '-c', sql], { maxBuffer: 1 << 26 });
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
  },
  'node-postgres': (url) => async (sql) => {
    const types = { getTypeParser: () => (text: string) => text };
    const client = new pg.Client({ connectionString: url, types });
    await client.connect();
    try {
      return (await client.query<string[]>({ text: sql, rowMode: 'array' })).rows;
    } finally {
      await client.end();
    }
  },
  psycopg2: (url) => async (sql) => {
    const { stdout } = await run('/usr/bin/python3', ['-c', python, url, sql], { maxBuffer: 1 << 26 });
    return JSON.parse(stdout) as string[][];
  },
};

/** Why a client cannot be used on this machine, or undefined when it can. */
async function missing(name: string): Promise<string | undefined> {
  const probes: Record<string, [string, string[]]> = {
    psql: ['psql', ['--version']],
    psycopg2: ['/usr/bin/python3', ['-c', 'import psycopg2']],
  };
  const probe = probes[name];
  return (
    probe &&
    run(...probe).then(
      () => undefined,
      (error: Error) => `${name} is not installed here: ${error.message.split('\n')[0]}`,
    )
  );
}

test('a newcomer loads, trains and predicts; every client sees the same; a restart changes nothing', async (t) => {
  const directory = temporaryDirectory();
  let server: RunningServer | undefined = await startServer(`${directory}/data`);
  t.after(async () => {
    await server?.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  const first = clients['node-postgres'](server.url);
  assert.deepEqual(await first(load), [['pgml.breast_cancer', '569']]);
  assert.deepEqual(await first(train), [['Breast Cancer', 'classification', 'xgboost', 't']]);
  const expected = { predict: await first(predict), probabilities: await first(probabilities) };
  assert.equal(expected.predict.length, 5);
  for (const [malignant, answer] of expected.predict) assert.equal(answer, malignant === 't' ? '1' : '0');

  const everyClientAgrees = async (when: string, url: string) => {
    for (const [name, connect] of Object.entries(clients)) {
      await t.test(`${name} ${when}`, async (t) => {
        const reason = await missing(name);
        if (reason) return t.skip(reason);
        const ask = connect(url);
        assert.deepEqual(await ask(predict), expected.predict);
        assert.deepEqual(await ask(probabilities), expected.probabilities);
        assert.deepEqual(await ask('SELECT name, algorithm FROM pgml.deployed_models'), [['Breast Cancer', 'xgboost']]);
        assert.deepEqual(await ask('SELECT count(*) FROM pgml.breast_cancer'), [['569']]);
      });
    }
  };
  await everyClientAgrees('before the restart', server.url);
  assert.equal(await server.stop(), 0);
  server = undefined;
  server = await startServer(`${directory}/data`);
  await everyClientAgrees('after the restart', server.url);
});
