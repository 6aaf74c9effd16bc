// One row: SELECT pgml.predict beside SELECT 1, with one client and with eight.
import { median, printTable } from '../common/measure.mjs';
import { pgbench } from '../common/pgbench.mjs';

export const GOALS = { native: 0.85, dblink: 0.2 };

export async function compareLatency({ databases, postmaster, runtime }, features, { seconds, rounds }) {
  // A row that differs each time, or else the answer could be folded into the plan.
  const others = Array.from({ length: features - 1 }, (_, index) => `${(index / features).toFixed(2)}::real`);
  const row = `ARRAY[:x::real, ${others.join(', ')}]`;
  const statement = (expression) => `\\set x random(0, 1)\nSELECT ${expression};\n`;
  const sides = [
    ['SELECT 1', Object.values(databases)[0], statement('1')],
    ['SELECT the row', Object.values(databases)[0], statement(row)],
    ...Object.entries(databases).map(([bridge, database]) => [
      bridge,
      database,
      statement(`pgml.predict('bench', ${row})`),
    ]),
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
