// What prediction in SQL costs beside the evaluation itself: all rows of a table, against the same evaluator called row
// by row without a database, each row copied to where the evaluator reads.
import assert from 'node:assert/strict';
import { loadEvaluators } from '@pgml/kernels';
import { inTurns, printTable } from '../common/measure.mjs';

const ROWS = 100_000;

export async function compareTable(database, block, features) {
  await database.exec(`SELECT setseed(0.5);
    CREATE TABLE scanned AS SELECT array_agg(random()::real) AS x FROM generate_series(1, ${ROWS * features}) AS i GROUP BY i % ${ROWS}`);
  const { rows } = await database.query('SELECT x FROM scanned');
  const values = Float32Array.from(rows.flatMap(({ x }) => x));

  const memory = new WebAssembly.Memory({ initial: 64, maximum: 1024 });
  const evaluators = loadEvaluators(memory);
  const model = 65536;
  new Uint8Array(memory.buffer).set(block, model);
  const row = Math.ceil((model + block.length) / 16) * 16;
  const scratch = row + 4 * features;
  const place = new Float32Array(memory.buffer, row, features);

  let plainSum = 0;
  const plain = () => {
    plainSum = 0;
    for (let at = 0; at < values.length; at += features) {
      for (let feature = 0; feature < features; feature++) place[feature] = values[at + feature];
      plainSum += evaluators.predictRow(model, row, scratch);
    }
  };
  let sqlSum = 0;
  const predict = async () => {
    const answer = await database.query(`SELECT sum(pgml_bridge.predict('bench', x)::float8) AS sum FROM scanned`);
    sqlSum = answer.rows[0].sum;
  };
  const scan = () => database.query('SELECT sum(cardinality(x)::float8) FROM scanned');
  const batch = () =>
    database.query(`SELECT cardinality(pgml_bridge.predict_batch('bench', array_agg(x))) FROM scanned`);

  const taken = await inTurns({ plain, predict, scan, batch }, 9);
  assert.ok(Math.abs(sqlSum - plainSum) < 1e-6 * Math.abs(plainSum) + 1e-3, `${sqlSum} is not ${plainSum}`);
  const microseconds = (milliseconds) => ((milliseconds * 1000) / ROWS).toFixed(3);
  const line = (title, { wall, cpu }) => [
    title,
    microseconds(wall),
    microseconds(cpu),
    (wall / taken.plain.wall).toFixed(3),
    (cpu / taken.plain.cpu).toFixed(3),
  ];
  console.log(`${ROWS} rows of real[${features}], 100 trees of depth 6; medians of 9 rounds in turns`);
  printTable([
    ['', 'wall µs/row', 'CPU µs/row', 'wall ratio', 'CPU ratio'],
    line('evaluator without a database', taken.plain),
    line('pgml_bridge.predict over the table', taken.predict),
    line('pgml_bridge.predict_batch of array_agg', taken.batch),
    line('scan that only looks at the array', taken.scan),
  ]);
}
