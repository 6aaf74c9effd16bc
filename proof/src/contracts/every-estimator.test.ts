/** Every estimator of the registry through SQL: trains with its defaults, deploys, and predicts what it learned. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { estimators } from '@pgml/engine';
import { RandomState } from '@pgml/kernels';
import { Database } from '../testing/database.js';
import { smallParameters } from '../testing/small-parameters.js';

const ROWS = 150;
const FEATURES = 4;

let database: Database;
before(async () => {
  database = await Database.open();
  // Three clusters, which are the classes, too; the value grows from one to the next. Positive, as some models want it.
  const random = new RandomState(17);
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const cluster = row % 3;
    const x = Array.from(
      { length: FEATURES },
      (_unused, f) => 8 + cluster * (f % 2 === 0 ? 2 : -2) + 0.4 * random.normal(),
    );
    return `(ARRAY[${x.join()}]::real[], '${['low', 'middle', 'high'][cluster]}', ${10 * cluster + 0.2 * random.normal()})`;
  });
  await database.query(`CREATE TABLE public.three (x real[] NOT NULL, class text NOT NULL, value real NOT NULL)`);
  await database.query(`INSERT INTO public.three VALUES ${rows.join()}`);
  await database.query(`CREATE VIEW public.three_classes AS SELECT x, class FROM public.three`);
  await database.query(`CREATE VIEW public.three_values AS SELECT x, value FROM public.three`);
  await database.query(`CREATE VIEW public.three_unlabelled AS SELECT x FROM public.three`);
});
after(() => database.close());

const relations = {
  classification: ['three_classes', 'class'],
  regression: ['three_values', 'value'],
  clustering: ['three_unlabelled', undefined],
  decomposition: ['three_unlabelled', undefined],
} as const;

/** The part of the rows that get the answer which most rows of their class get. */
const purity = `
  SELECT sum(most)::real / ${ROWS} FROM (
    SELECT class, max(count) AS most FROM (
      SELECT class, answer, count(*) FROM (SELECT class, pgml.predict($1, x) AS answer FROM public.three) AS answers
      GROUP BY class, answer
    ) AS counts GROUP BY class
  ) AS purest`;

for (const { algorithm, task } of estimators) {
  const project = `every ${algorithm} ${task}`;
  test(project, async () => {
    const [relation, label] = relations[task];
    const [trained] = await database.query(
      `SELECT * FROM pgml.train($1, $2, $3, $4, algorithm => $5::pgml.algorithm, hyperparams => $6, test_size => 0.2)`,
      [project, task, `public.${relation}`, label ?? null, algorithm, JSON.stringify(smallParameters(algorithm, task))],
    );
    assert.equal(trained?.deployed, true);
    const [{ wrong }] = (await database.query(
      `SELECT count(*) FILTER (WHERE answer IS NULL OR answer = 'NaN' OR abs(answer) = 'Infinity')::int AS wrong
       FROM (SELECT pgml.predict($1, x) AS answer FROM public.three) AS answers`,
      [project],
    )) as [{ wrong: number }];
    assert.equal(wrong, 0);
    if (task === 'regression') {
      const correlation = await database.value(`SELECT corr(pgml.predict($1, x), value) FROM public.three`, [project]);
      assert.ok(Number(correlation) > 0.8, `correlation ${String(correlation)}`);
    } else if (task !== 'decomposition') {
      const pure = await database.value(purity, [project]);
      // A biclustering, and what finds the number of clusters itself, may divide classes.
      const least = task === 'classification' ? 0.8 : 0.3;
      assert.ok(Number(pure) >= least, `purity ${String(pure)}`);
    }
  });
}

test('probabilities add up to 1, or are refused with a reason', async () => {
  for (const { algorithm } of estimators.filter((one) => one.task === 'classification')) {
    const project = `every ${algorithm} classification`;
    try {
      const sum = await database.value(
        `SELECT sum(p) FROM unnest(pgml.predict_proba($1, (SELECT x FROM public.three LIMIT 1))) AS p`,
        [project],
      );
      assert.ok(Math.abs(Number(sum) - 1) < 1e-5, `${algorithm}: ${String(sum)}`);
    } catch (error) {
      assert.match((error as Error).message, /probabilit/, algorithm);
    }
  }
});
