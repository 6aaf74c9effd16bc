// Training of gradient boosted trees, ours and xgboost's `hist` method, one thread each, in turns on the same machine:
// 28 features, 256 bins, depth 6, 100 trees, learning rate 0.1, logistic loss. Prints medians and their ratio.
// Needs python3 with xgboost (Debian: python3-xgboost). Arguments: numbers of rows (200000 1000000), --repetitions=3.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { checkParameters, findEstimator, soloTeam } from '@pgml/engine';
import { loadKernels, writeBlock } from '@pgml/kernels';
import { FEATURES, writeData } from './data.mjs';

const TEST_FROM = 1_000_000;
const TEST_ROWS = 200_000;
const sizes = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const rowCounts = sizes.length > 0 ? sizes.map(Number) : [200_000, 1_000_000];
const repetitions = Number(process.argv.find((argument) => argument.startsWith('--repetitions='))?.split('=')[1] ?? 3);

const python = ['/usr/bin/python3', 'python3'].find((command) => command === 'python3' || fs.existsSync(command));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-boosting-'));
const file = (name) => path.join(folder, name);

function readFloats(name, from, count) {
  const values = new Float32Array(count);
  const handle = fs.openSync(file(name), 'r');
  fs.readSync(handle, new Uint8Array(values.buffer), 0, 4 * count, 4 * from);
  fs.closeSync(handle);
  return values;
}

/** The area under the ROC curve, ties counted half. */
function areaUnderCurve(scores, labels) {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && scores[order[j]] === scores[order[i]]) j++;
    for (let k = i; k < j; k++)
      if (labels[order[k]] > 0) {
        positives++;
        rankSum += (i + 1 + j) / 2;
      }
    i = j;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (scores.length - positives));
}

const clock = () => {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1e3, cpu: (user + system) / 1e6 };
};
const since = (start, end = clock()) => ({ wall: end.wall - start.wall, cpu: end.cpu - start.cpu });
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Puts rows of the file into kernel memory as columns. */
function load(kernels, rows) {
  const base = kernels.allocate(4 * rows * FEATURES);
  const columns = kernels.f32(base, rows * FEATURES);
  for (let start = 0; start < rows; start += 100_000) {
    const count = Math.min(100_000, rows - start);
    const chunk = readFloats('x', start * FEATURES, count * FEATURES);
    for (let f = 0; f < FEATURES; f++)
      for (let r = 0; r < count; r++) columns[f * rows + start + r] = chunk[r * FEATURES + f];
  }
  const targetPointer = kernels.allocate(4 * rows);
  const target = kernels.f32(targetPointer, rows);
  target.set(readFloats('y', 0, rows));
  const columnPointer = (feature) => base + 4 * rows * feature;
  return {
    rows,
    features: FEATURES,
    columnPointer,
    column: (feature) => kernels.f32(columnPointer(feature), rows),
    target,
    targetPointer,
    classes: 2,
  };
}

const estimator = findEstimator('xgboost', 'classification');
const parameters = checkParameters(estimator, { learning_rate: 0.1 });

/** One fit: CPU and wall seconds of preparation and training, and the area under the curve of the test rows. */
function ours(kernels, data) {
  const mark = kernels.mark();
  const start = clock();
  let prepared;
  const fitted = estimator.fit(data, parameters, {
    kernels,
    team: soloTeam(kernels.run),
    seed: 0,
    checkpoint: (_progress, detail) => {
      if (!prepared && detail.startsWith('round')) prepared = clock();
    },
  });
  const result = { preparation: since(start, prepared), training: since(prepared) };
  kernels.release(mark);

  const bytes = writeBlock({ ...fitted.block, features: FEATURES, classValues: [0, 1] });
  const model = kernels.allocate(bytes.length);
  kernels.u8(model, bytes.length).set(bytes);
  const rows = kernels.allocate(4 * TEST_ROWS * FEATURES);
  kernels.f32(rows, TEST_ROWS * FEATURES).set(readFloats('x', TEST_FROM * FEATURES, TEST_ROWS * FEATURES));
  const scores = kernels.allocate(8 * TEST_ROWS);
  kernels.run.scores(model, rows, TEST_ROWS, scores);
  result.auc = areaUnderCurve(kernels.f64(scores, TEST_ROWS), testLabels);
  kernels.release(mark);
  return result;
}

console.log('writing data');
writeData(TEST_FROM + TEST_ROWS, file('x'), file('y'));
const testLabels = readFloats('y', TEST_FROM, TEST_ROWS);

const script = fileURLToPath(new URL('reference.py', import.meta.url));
const reference = spawn(python, [script, file('x'), file('y'), String(FEATURES), String(TEST_FROM)], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, OMP_NUM_THREADS: '1', OMP_WAIT_POLICY: 'passive' },
});
const answers = readline.createInterface({ input: reference.stdout })[Symbol.asyncIterator]();
const answer = async () => {
  const { value, done } = await answers.next();
  if (done) throw new Error('python3 with xgboost is needed (Debian: apt-get install python3-xgboost)');
  return JSON.parse(value);
};

try {
  console.log(`xgboost ${(await answer()).version}, ${repetitions} repetitions, medians; seconds of CPU (wall)`);
  for (const rows of rowCounts) {
    const kernels = loadKernels();
    const data = load(kernels, rows);
    const runs = { ours: [], theirs: [] };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      runs.ours.push(ours(kernels, data));
      reference.stdin.write(`${JSON.stringify({ rows, predictions: file('p') })}\n`);
      const theirs = await answer();
      runs.theirs.push({ ...theirs, auc: areaUnderCurve(readFloats('p', 0, TEST_ROWS), testLabels) });
    }
    const part = (side, name, kind) => median(runs[side].map((run) => run[name][kind]));
    const both = (side, kind) => median(runs[side].map((run) => run.preparation[kind] + run.training[kind]));
    const show = (cpu, wall) => `${cpu.toFixed(2)} (${wall.toFixed(2)})`;
    console.log(`\n${rows} rows`);
    for (const name of ['preparation', 'training', 'together']) {
      const [mine, other] = ['ours', 'theirs'].map((side) =>
        ['cpu', 'wall'].map((kind) => (name === 'together' ? both(side, kind) : part(side, name, kind))),
      );
      console.log(
        `  ${name.padEnd(12)} pgml ${show(...mine).padEnd(15)} xgboost ${show(...other).padEnd(15)} CPU ratio ${(mine[0] / other[0]).toFixed(2)}`,
      );
    }
    const [mine, other] = [runs.ours[0].auc, runs.theirs[0].auc];
    console.log(
      `  test AUC     pgml ${mine.toFixed(5)}  xgboost ${other.toFixed(5)}  difference ${(mine - other).toFixed(5)}`,
    );
  }
} finally {
  reference.stdin.end();
  fs.rmSync(folder, { recursive: true, force: true });
}
