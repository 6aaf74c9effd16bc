// One row: SELECT pgml.predict beside SELECT 1, with one client and with eight.
import { median, printTable } from '../common/measure.mjs';
import { pgbench } from '../common/pgbench.mjs';

export const GOALS = { native: 0.85, dblink: 0.2 };

export async function compareLatency({ databases, postmaster, runtime }, features, { seconds, rounds }) {
  const row = `ARRAY[${Array.from({ length: features }, (_, index) => (index / features).toFixed(2)).join(', ')}]::real[]`;
  // A row that differs each time, or else the answer could be folded into the plan.
  const prediction = `\\set x random(1, 1000000)\nSELECT pgml.predict('bench', (:x / 1e6)::real || (${row})[2:]);\n`;
  const one = `\\set x random(1, 1000000)\nSELECT (:x / 1e6)::real || (${row})[2:];\n`;
  const sides = [
    ['SELECT 1', Object.values(databases)[0], 'SELECT 1;\n'],
    ['SELECT the row', Object.values(databases)[0], one],
    ...Object.entries(databases).map(([bridge, database]) => [bridge, database, prediction]),
  ];
  const processes = [postmaster, runtime.pid];
  const rows = [['one row, prepared', 'statements/s', 'CPU µs each', 'to SELECT 1', 'goal']];
  for (const clients of [1, 8]) {
    const taken = Object.fromEntries(sides.map(([name]) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const [name, { url }, script] of sides)
        taken[name].push(await pgbench({ url, script, clients, seconds, processes }));
    const of = (name, field) => median(taken[name].map((one) => one[field]));
    for (const [name] of sides)
      rows.push([
        `${clients} client${clients > 1 ? 's' : ''}, ${name}`,
        of(name, 'perSecond').toFixed(0),
        of(name, 'serverCpu').toFixed(0),
        (of(name, 'perSecond') / of('SELECT 1', 'perSecond')).toFixed(3),
        name in GOALS ? `≥ ${GOALS[name]}` : '',
      ]);
  }
  printTable(rows);
}
