// How long a newcomer waits: from `git clone` to the first prediction (install and build included), and from the command to
// the ready line on a new and on a used data directory. Prints; fails only when something does not work.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-start-'));
const seconds = (ms) => (ms / 1000).toFixed(2);
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Starts a command that prints the ready line; resolves to its URL, the waiting time, and a way to stop it. */
function start(command, args, cwd) {
  const begun = performance.now();
  // A group of its own, so that stop() is what Ctrl-C is at a terminal: a signal to all of npm, its shell and the server.
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    let output = '';
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${output}`)));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const ready = /^pgml ready.*?(postgres(?:ql)?:\/\/\S+)/m.exec(output);
      if (!ready) return;
      const stop = () => {
        process.kill(-child.pid, 'SIGINT');
        return ended;
      };
      resolve({ url: ready[1], waited: performance.now() - begun, stop });
    });
  });
}

async function firstPrediction(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`SELECT pgml.load_dataset('iris')`);
  await client.query(
    `SELECT pgml.train('Iris', task => 'classification', relation_name => 'pgml.iris', y_column_name => 'target', algorithm => 'xgboost')`,
  );
  const { rows } = await client.query(`SELECT pgml.predict('Iris', ARRAY[5.1, 3.5, 1.4, 0.2]) AS class`);
  await client.end();
  if (rows[0].class !== 0) throw new Error(`the first iris is a setosa (0), but ${rows[0].class} was predicted`);
}

try {
  const main = path.join(root, 'clients/cli/dist/main.js');
  const up = (directory) => start(process.execPath, [main, 'up', '--port', '0', '--data-dir', directory], root);
  const waits = { new: [], used: [] };
  for (let round = 0; round < 5; round++) {
    const directory = path.join(scratch, `data-${round}`);
    for (const kind of ['new', 'used']) {
      const server = await up(directory);
      waits[kind].push(server.waited);
      await server.stop();
    }
  }
  console.log(
    `ready on a new data directory   ${seconds(median(waits.new))} s (median of ${waits.new.length}; goal 6)`,
  );
  console.log(
    `ready on a used data directory  ${seconds(median(waits.used))} s (median of ${waits.used.length}; goal 2)`,
  );

  const begun = performance.now();
  const clone = path.join(scratch, 'pgml');
  execFileSync('git', ['clone', '--quiet', root, clone]);
  const server = await start(
    'npm',
    ['start', '--silent', '--', '--port', '0', '--data-dir', path.join(scratch, 'data')],
    clone,
  );
  await firstPrediction(server.url);
  const taken = performance.now() - begun;
  await server.stop();
  const megabytes = Number(execFileSync('du', ['-sm', clone]).toString().split('\t')[0]);
  console.log(`git clone to first prediction   ${seconds(taken)} s and ${megabytes} MB (goal 90 s)`);
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
