// `npm run reference [-- name …]`: runs every test against reference values and counts, for each estimator and task, the
// cases that agree. A case that is skipped, or an estimator without cases, counts as a failure.
import path from 'node:path';
import { run } from 'node:test';
import { build, root } from './build.mjs';
import { filesBelow } from './stale.mjs';

await build();
const { estimators } = await import('@pgml/engine');
const wanted = process.argv.slice(2);
const chosen = estimators.filter(({ algorithm, task }) => {
  const name = `${algorithm} ${task}`;
  return wanted.length === 0 || wanted.some((part) => name.includes(part));
});
const counts = new Map(chosen.map(({ algorithm, task }) => [`${algorithm} ${task}`, { passed: 0, all: 0 }]));
const files = filesBelow(path.join(root, 'compute/engine/dist/estimators')).filter((file) =>
  /(reference|cases)\.test\.js$/.test(file),
);
const faults = [];

/** Tests are named `reference: <algorithm> <task> …`. */
function count(name, passed) {
  const [, algorithm, task] = /^reference: (\S+) (\S+)/.exec(name) ?? [];
  const counted = counts.get(`${algorithm} ${task}`);
  if (!counted) return;
  counted.all++;
  if (passed) counted.passed++;
  else faults.push(name);
}

const stream = run({ files, concurrency: 2 });
stream.on('test:pass', ({ name, skip, todo }) => count(name, skip === undefined && todo === undefined));
stream.on('test:fail', ({ name }) => count(name, false));
await new Promise((resolve, reject) => {
  stream.on('end', resolve).on('error', reject).resume();
});

const widest = Math.max(...[...counts.keys()].map((name) => name.length));
for (const { algorithm, task, agreement } of chosen) {
  const { passed, all } = counts.get(`${algorithm} ${task}`);
  const tolerance = agreement.tolerance === 0 ? 'exactly' : `within ${agreement.tolerance}`;
  const said = `${agreement.what}, ${tolerance}${agreement.kind === 'band' ? ' (band over seeds)' : ''}`;
  console.log(
    `${`${algorithm} ${task}`.padEnd(widest)}  ${String(passed).padStart(3)} / ${String(all).padStart(3)}  ${said}`,
  );
}
for (const name of faults) console.log(`failed or skipped: ${name}`);
const untested = [...counts].filter(([, { all }]) => all === 0).map(([name]) => name);
for (const name of untested) console.log(`no reference case: ${name}`);
const total = [...counts.values()].reduce(
  (sum, { passed, all }) => ({ passed: sum.passed + passed, all: sum.all + all }),
  {
    passed: 0,
    all: 0,
  },
);
console.log(`\n${counts.size} estimators, ${total.passed} of ${total.all} cases agree`);
if (faults.length > 0 || untested.length > 0) process.exitCode = 1;
