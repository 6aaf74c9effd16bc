// The same rows, parameters and seed give the same artifact and the same predictions, to the bit, on every engine.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { estimators } from '@pgml/engine';
import { Database } from '../testing/database.js';
import { engineNames } from '../testing/engines/engine.js';
import { smallParameters } from '../testing/small-parameters.js';
import { obstacle } from '../testing/engines/engines.js';

/** Numbers that look random and are the same in every version of PostgreSQL. */
const noise = (salt: string) => `(('x' || substr(md5(i || '${salt}'), 1, 8))::bit(32)::int / 2147483648.0)`;

const tables = `
  CREATE TABLE whole AS
    SELECT ${noise('a')}::real AS a, ${noise('b')} AS b, (ARRAY['red', 'green', 'blue'])[1 + i % 3] AS color,
      ARRAY[${noise('c')}, ${noise('d')}]::real[] AS c, 0 AS label
    FROM generate_series(1, 300) AS i;
  UPDATE whole SET label = (a > 0)::int + (b > 0.3 AND color = 'red')::int;
  CREATE TABLE gaps AS
    SELECT nullif(a, (SELECT max(a) FROM whole)) AS a, CASE WHEN b > 0.8 THEN NULL ELSE b END AS b, color, label
    FROM whole;
  UPDATE gaps SET a = 'NaN' WHERE a > 0.9;`;

/** What a model without probabilities says when it is asked for them. */
const WITHOUT_PROBABILITIES = '0A000';

type Outcome = Readonly<Record<string, string>>;

/** The artifact's digest and the predictions of every estimator. */
async function outcomeOn(database: Database): Promise<Outcome> {
  await database.query(tables);
  const outcome: Record<string, string> = {};
  for (const { algorithm, task, missing } of estimators) {
    const project = `${algorithm} ${task}`;
    const table = missing === 'learn' ? 'gaps' : 'whole';
    const label = task === 'classification' || task === 'regression' ? `'label'` : 'NULL';
    const hyperparams = JSON.stringify(smallParameters(algorithm, task));
    await database.query(
      `SELECT pgml.train('${project}', '${task}', '${table}', ${label}, '${algorithm}', '${hyperparams}')`,
    );
    const model = `(SELECT id FROM pgml.deployed_models WHERE name = '${project}')`;
    outcome[`${project}: artifact`] = String(await database.value(`SELECT encode(pgml.model_digest(${model}), 'hex')`));
    outcome[`${project}: predictions`] = String(
      await database.value(
        `SELECT string_agg(pgml.predict('${project}', r)::text, ' ' ORDER BY r::text) FROM ${table} AS r`,
      ),
    );
    if (task !== 'classification') continue;
    const probabilities = await database
      .value(
        `SELECT string_agg(pgml.predict_proba('${project}', pgml_bridge.encode(${model}, to_jsonb(r)))::text, ' ' ORDER BY r::text)
        FROM ${table} AS r`,
      )
      .then(String, (error: { code?: string }) => {
        if (error.code === WITHOUT_PROBABILITIES) return undefined;
        throw error as Error;
      });
    if (probabilities !== undefined) outcome[`${project}: probabilities`] = probabilities;
  }
  return outcome;
}

async function runOn(engine: (typeof engineNames)[number]): Promise<Outcome> {
  const database = await Database.open({}, engine);
  try {
    return await outcomeOn(database);
  } finally {
    await database.close();
  }
}

describe('the same bits as on PGlite', () => {
  let expected: Outcome;
  before(async () => {
    expected = await runOn('pglite');
    assert.ok(Object.values(expected).every((value) => value.length >= 64));
  });
  for (const engine of engineNames.slice(1))
    test(engine, async (context) => {
      const missing = await obstacle(engine);
      if (missing === undefined) assert.deepEqual(await runOn(engine), expected);
      else context.skip(missing);
    });
});
