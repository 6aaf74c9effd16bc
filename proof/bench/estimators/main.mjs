// Every estimator of the registry against its reference, each on a table of its usual size, in turns on the same machine:
// seconds of CPU (wall) of a fit, medians, and the ratios ours / theirs; how well both fit the table; time of predictions.
// Needs python3 with scikit-learn and xgboost. Arguments: parts of names ("ridge", "svm classification"), --repetitions=3, --threads=1, and
// --save, which writes what was measured to results.json, from which the reference pages print it.
import { fork, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { estimators } from '@pgml/engine';
import { median, printTable } from '../common/measure.mjs';
import { makeTable } from './data.mjs';

const option = (name, fallback) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? fallback;
const repetitions = Number(option('repetitions', 3));
const threads = option('threads', '1');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const resultsFile = fileURLToPath(new URL('results.json', import.meta.url));
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = ['/usr/bin/python3', 'python3'].find((command) => command === 'python3' || fs.existsSync(command));
const environment = {
  ...process.env,
  OMP_NUM_THREADS: threads,
  OPENBLAS_NUM_THREADS: threads,
  OMP_WAIT_POLICY: 'passive',
};
/** Rows that both sides predict. */
const PREDICTED = 10_000;
/** One fit of both sides takes longer: measured once. */
const PATIENCE = 60;

const chosen = estimators.filter(({ algorithm, task }) => {
  const name = `${algorithm} ${task}`;
  return wanted.length === 0 || wanted.some((part) => name.includes(part));
});

/** A process that answers each question with one line or message. */
function startOurs(folder, { algorithm, task }, description) {
  const child = fork(beside('ours.mjs'), [folder, algorithm, task, JSON.stringify(description), threads]);
  const answers = [];
  const waiting = [];
  let ended = false;
  child.on('message', (message) => (waiting.length > 0 ? waiting.shift().resolve(message) : answers.push(message)));
  child.on('exit', () => {
    ended = true;
    for (const { reject } of waiting) reject(new Error('our side ended'));
  });
  const answer = () =>
    new Promise((resolve, reject) => {
      if (answers.length > 0) resolve(answers.shift());
      else if (ended) reject(new Error('our side ended'));
      else waiting.push({ resolve, reject });
    });
  return { answer, ask: (question) => child.send(question), stop: () => child.kill() };
}

function startReference(folder, task, description) {
  const child = spawn(python, [beside('reference.py'), folder, task, JSON.stringify(description), threads], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment,
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the reference ended: is python3 with scikit-learn and xgboost there?');
    return JSON.parse(value);
  };
  return { answer, ask: (question) => child.stdin.write(`${JSON.stringify(question)}\n`), stop: () => child.kill() };
}

async function compare(estimator) {
  const { task, reference, typical } = estimator;
  const { rows, features, classes = 2, hyperparameters = {}, against } = typical;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-estimators-'));
  const { x, y } = makeTable(task, typical);
  fs.writeFileSync(path.join(folder, 'x'), x);
  fs.writeFileSync(path.join(folder, 'y'), y);
  const shape = { rows, features, classes };
  const sides = {
    ours: startOurs(folder, estimator, { ...shape, hyperparameters }),
    theirs: startReference(folder, task, { ...shape, reference, hyperparameters, ...against }),
  };
  const taken = { ours: [], theirs: [] };
  try {
    for (const side of Object.values(sides)) await side.answer();
    const question = { count: Math.min(PREDICTED, rows) };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const [name, side] of Object.entries(sides)) {
        side.ask(question);
        taken[name].push(await side.answer());
      }
      if (taken.ours[0].wall + taken.theirs[0].wall > PATIENCE) break;
    }
  } finally {
    for (const side of Object.values(sides)) side.stop();
    fs.rmSync(folder, { recursive: true });
  }
  const middle = (side, what) => median(taken[side].map((one) => one[what]));
  const sideOf = (side) =>
    Object.fromEntries(['cpu', 'wall', 'predict', 'quality'].map((what) => [what, middle(side, what)]));
  return {
    rows,
    features,
    threads: Number(threads),
    ours: { ...sideOf('ours'), bytes: taken.ours[0].bytes },
    theirs: sideOf('theirs'),
  };
}

const seconds = (value) => (value === null ? '-' : value.toFixed(value < 0.1 ? 4 : 2));
const ratio = (one, other) => (one === null || other === null ? '-' : (one / other).toFixed(2));
const rowOf = (name, { rows, features, ours, theirs }) => [
  name,
  `${rows} x ${features}`,
  `${seconds(ours.cpu)} (${seconds(ours.wall)})`,
  `${seconds(theirs.cpu)} (${seconds(theirs.wall)})`,
  ratio(ours.cpu, theirs.cpu),
  ratio(ours.wall, theirs.wall),
  ratio(ours.predict, theirs.predict),
  ours.quality === null ? '-' : ours.quality.toFixed(4),
  theirs.quality === null ? '-' : theirs.quality.toFixed(4),
];

const results = fs.existsSync(resultsFile) ? JSON.parse(fs.readFileSync(resultsFile, 'utf8')) : {};
const measured = {};

function save() {
  const saved = { ...results };
  for (const [name, one] of Object.entries(measured)) saved[name] = { ...saved[name], [`threads_${threads}`]: one };
  fs.writeFileSync(resultsFile, `${JSON.stringify(Object.fromEntries(Object.entries(saved).sort()), null, 2)}\n`);
}

for (const estimator of chosen) {
  const name = `${estimator.algorithm} ${estimator.task}`;
  try {
    measured[name] = await compare(estimator);
    console.log(rowOf(name, measured[name]).join('  '));
    if (process.argv.includes('--save')) save();
  } catch (error) {
    console.log(`${name}: not measured: ${error.message}`);
  }
}
const head = [
  '',
  'rows x features',
  'our CPU s (wall)',
  'their CPU s (wall)',
  'CPU',
  'wall',
  'predict',
  'quality',
  'theirs',
];
console.log();
printTable([head, ...Object.entries(measured).map(([name, one]) => rowOf(name, one))]);
const ratios = Object.values(measured).map(({ ours, theirs }) => ours.cpu / theirs.cpu);
const count = (holds) => ratios.filter(holds).length;
console.log(
  `\n${ratios.length} estimators, ${threads} thread(s): ${count((one) => one < 1)} need less CPU than their reference, ` +
    `${count((one) => one >= 1 && one <= 2)} up to twice as much, ${count((one) => one > 2)} more`,
);
