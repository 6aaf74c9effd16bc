// npm run fuzz -- estimators [--minutes 10] [--seed N] [--only "part of a name"]: random parameters on random tables, for every
// estimator. Goes on after a failure, and prints for each the seed with which it is found again. A fit that has not looked for
// a minute whether it shall end counts as one that hangs: that ends the run.
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { estimators } from '@pgml/engine';
import { fuzzEstimator } from '../../compute/engine/dist/testing/fuzz.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const minutes = Number(values.minutes ?? 10);
const first = Number(values.seed ?? Date.now() % 2 ** 31);
const chosen = estimators.filter(({ algorithm, task }) => `${algorithm} ${task}`.includes(values.only ?? ''));

/** Steps so far, the seed and the number of the estimator; a thread of its own looks whether the steps go on. */
const state = new Int32Array(new SharedArrayBuffer(12));
const watch = `
  const { workerData: { state, names } } = require('node:worker_threads');
  let before = -1;
  setInterval(() => {
    const steps = Atomics.load(state, 0);
    if (steps === before) {
      require('node:fs').writeSync(2, names[state[2]] + ' hangs, seed ' + state[1] + '\\n');
      process.kill(process.pid, 'SIGKILL');
    }
    before = steps;
  }, 60000);
`;
new Worker(watch, {
  eval: true,
  workerData: { state, names: chosen.map(({ algorithm, task }) => `${algorithm} ${task}`) },
}).unref();

console.log(`seed ${first}, ${minutes} minutes, ${chosen.length} estimators`);
const tally = { fitted: 0, refused: 0, cut: 0 };
const end = Date.now() + 60_000 * minutes;
let failures = 0;
let seed = first;
for (; Date.now() < end; seed++)
  for (const [index, estimator] of chosen.entries()) {
    state[1] = seed;
    state[2] = index;
    try {
      fuzzEstimator(estimator, seed, tally, () => Atomics.add(state, 0, 1));
    } catch (error) {
      failures++;
      console.log(error.message);
    }
    Atomics.add(state, 0, 1);
  }
console.log(`${JSON.stringify(tally)}, ${failures} failures; seeds ${first} … ${seed - 1}`);
if (failures > 0) process.exitCode = 1;
