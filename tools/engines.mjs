// The tests of the SQL surface and the contract of bridges, on every engine that can be had here, and a table of the results.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './build.mjs';

/** Files at a time. */
const CONCURRENCY = 2;
const variable = 'PGML_TEST_ENGINE';

/** By engine, the file with its contract; one file can be about several engines. */
const contracts = {
  pglite: 'proof/dist/contracts/bridge-pglite.test.js',
  native: 'proof/dist/contracts/bridge-native.test.js',
  dblink: 'proof/dist/contracts/bridge-dblink.test.js',
  'dblink-18': 'proof/dist/contracts/bridge-dblink.test.js',
};

export const isForEngines = (file) => file.startsWith('proof/dist/sql/') || Object.values(contracts).includes(file);

/** Runs them on these engines, or on all, and prints the table; resolves to whether all is well. */
export async function testEngines(files, wanted) {
  const compiled = (file) => import(pathToFileURL(path.join(root, 'proof/dist/testing/engines', file)).href);
  const { engineNames: all } = await compiled('engine.js');
  const { obstacle } = await compiled('engines.js');
  const engineNames = wanted ?? all;
  const sql = files.filter((file) => !Object.values(contracts).includes(file));
  const results = new Map(sql.map((file) => [path.basename(file, '.test.js'), {}]));
  results.set('contract of bridges', {});
  const obstacles = {};
  const runs = [];
  for (const engine of engineNames) {
    obstacles[engine] = await obstacle(engine);
    if (obstacles[engine] !== undefined) continue;
    for (const file of sql) runs.push({ engine, file, row: path.basename(file, '.test.js') });
    runs.push({ engine, file: contracts[engine], row: 'contract of bridges' });
  }
  const runRest = async () => {
    for (let next = runs.shift(); next; next = runs.shift())
      results.get(next.row)[next.engine] = await runFile(next.file, next.engine);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, runRest));
  printTable(engineNames, results);
  for (const [engine, reason] of Object.entries(obstacles))
    if (reason !== undefined) console.log(`${engine}: not tested, because ${reason}`);
  return [...results.values()].flatMap(Object.values).every(({ failed }) => failed === 0);
}

/** One test file in a process of its own; its output is shown when something in it fails. */
async function runFile(file, engine) {
  const child = spawn(process.execPath, ['--enable-source-maps', '--test', '--test-reporter=tap', file], {
    cwd: root,
    env: { ...process.env, [variable]: engine },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const status = await new Promise((resolve) => child.once('close', resolve));
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)`, 'm').exec(output)?.[1] ?? 0);
  const result = { passed: count('pass'), skipped: count('skipped'), failed: count('fail') + count('cancelled') };
  if (status !== 0) {
    result.failed ||= 1;
    console.log(`${file} on ${engine}:\n${output}`);
  }
  return result;
}

function printTable(engineNames, results) {
  const cell = (result) => (result ? `${result.passed} / ${result.skipped} / ${result.failed}` : '-');
  const rows = [...results].map(([row, byEngine]) => [row, ...engineNames.map((engine) => cell(byEngine[engine]))]);
  const lines = [['passed / skipped / failed', ...engineNames], ...rows];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  console.log();
  for (const line of lines)
    console.log(
      line
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  console.log();
}
