// Both sides of a comparison in turns, so that whatever else the machine does hits both alike.
export const median = (values) => quantile(values, 0.5);

/** The value below which this part of the values lies, 0 ≤ part < 1. */
export const quantile = (values, part) => values.toSorted((a, b) => a - b)[Math.floor(part * values.length)];

/** CPU milliseconds that this process has used. */
function ownCpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Runs each of `sides` (name → async function) `rounds` times in turns. Gives the medians of wall and CPU milliseconds; `cpu`
 * tells the milliseconds used so far, by this process unless given.
 */
export async function inTurns(sides, rounds, cpu = ownCpu) {
  const taken = Object.fromEntries(Object.keys(sides).map((name) => [name, { wall: [], cpu: [] }]));
  for (let round = -1; round < rounds; round++)
    for (const [name, run] of Object.entries(sides)) {
      const before = cpu();
      const begun = performance.now();
      await run();
      const wall = performance.now() - begun;
      const used = cpu() - before;
      // The first round warms up.
      if (round < 0) continue;
      taken[name].wall.push(wall);
      taken[name].cpu.push(used);
    }
  return Object.fromEntries(
    Object.entries(taken).map(([name, { wall, cpu }]) => [name, { wall: median(wall), cpu: median(cpu) }]),
  );
}

/** Prints rows of text in columns. */
export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
    );
}
