// Rows of a training set out of the database: pgml_bridge.push of 20 columns of type real.
import { inTurns, printTable } from '../common/measure.mjs';
import { cpuOf } from '../common/processes.mjs';

const ROWS = 200_000;
const COLUMNS = 20;
const GOALS = { native: 1_500_000, dblink: 200_000 };

export async function comparePush({ databases, postmaster, runtime }, rounds) {
  const names = Array.from({ length: COLUMNS }, (_, column) => `x${column}`);
  const sides = {};
  for (const [bridge, { client }] of Object.entries(databases)) {
    await client.query(`CREATE TABLE wide AS SELECT ${names.map((name) => `random()::real AS ${name}`).join(', ')}
      FROM generate_series(1, ${ROWS})`);
    await client.query('VACUUM ANALYZE wide');
    sides[bridge] = () => client.query(`SELECT pgml_bridge.push('SELECT * FROM wide')`);
  }
  const taken = await inTurns(sides, rounds, () => cpuOf([postmaster, runtime.pid]));
  printTable([
    [`push of ${ROWS} rows of ${COLUMNS} real`, 'rows/s', 'CPU µs/row', 'goal'],
    ...Object.entries(taken).map(([bridge, { wall, cpu }]) => [
      bridge,
      ((1000 * ROWS) / wall).toFixed(0),
      ((1000 * cpu) / ROWS).toFixed(2),
      `≥ ${GOALS[bridge]}`,
    ]),
  ]);
}
