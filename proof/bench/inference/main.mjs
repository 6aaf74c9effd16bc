// Predictions of whole batches, ours and the reference's, one thread each, in turns on the same machine; and how long it
// takes from the bytes of an artifact to the first answer. Both sides fit the same data first. Prints medians of CPU.
// Needs python3 with scikit-learn and xgboost. Arguments: parts of names, --repetitions=7.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { checkParameters, findEstimator, readArtifact, soloTeam } from '@pgml/engine';
import { classesOf, loadKernels, writeBlock } from '@pgml/kernels';
import { median, printTable } from '../common/measure.mjs';
import { artifactOf, treesBlock } from '../common/model.mjs';
import { makeTable } from '../estimators/data.mjs';

const repetitions = Number(process.argv.find((argument) => argument.startsWith('--repetitions='))?.split('=')[1] ?? 7);
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const python = ['/usr/bin/python3', 'python3'].find((command) => command === 'python3' || fs.existsSync(command));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-inference-'));

/** `fitted` rows are learnt from, `predicted` ones are answered; `float32` is the type that the reference computes with. */
const cases = [
  {
    name: 'xgboost, 100 trees of depth 6',
    algorithm: 'xgboost',
    reference: 'xgboost.XGBClassifier',
    hyperparameters: { n_estimators: 100, max_depth: 6 },
    fitted: 20_000,
    predicted: 200_000,
    features: 28,
    float32: true,
  },
  {
    name: 'random forest, 100 full trees',
    algorithm: 'random_forest',
    reference: 'sklearn.ensemble.RandomForestClassifier',
    hyperparameters: { n_estimators: 100 },
    fitted: 20_000,
    predicted: 20_000,
    features: 28,
    float32: true,
  },
  {
    name: 'svm, rbf',
    algorithm: 'svm',
    reference: 'sklearn.svm.SVC',
    hyperparameters: { C: 0.1 },
    fitted: 6_000,
    predicted: 2_000,
    features: 28,
  },
  {
    name: 'nearest neighbours',
    algorithm: 'knn',
    reference: 'sklearn.neighbors.KNeighborsClassifier',
    hyperparameters: {},
    fitted: 50_000,
    predicted: 5_000,
    features: 8,
  },
  {
    name: 'logistic regression',
    algorithm: 'linear',
    reference: 'sklearn.linear_model.LogisticRegression',
    hyperparameters: {},
    fitted: 20_000,
    predicted: 200_000,
    features: 28,
  },
];

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Puts the table into kernel memory, fits the first rows of it and keeps the block; nothing of the fit stays. */
function fit({ algorithm, hyperparameters, fitted, features }, { x, y }) {
  const kernels = loadKernels();
  const estimator = findEstimator(algorithm, 'classification');
  const base = kernels.allocate(4 * fitted * features);
  const columns = kernels.f32(base, fitted * features);
  for (let row = 0; row < fitted; row++)
    for (let f = 0; f < features; f++) columns[f * fitted + row] = x[row * features + f];
  const targetPointer = kernels.allocate(4 * fitted);
  const target = kernels.f32(targetPointer, fitted);
  target.set(y.subarray(0, fitted));
  const columnPointer = (feature) => base + 4 * fitted * feature;
  const data = {
    rows: fitted,
    features,
    columnPointer,
    column: (feature) => kernels.f32(columnPointer(feature), fitted),
    target,
    targetPointer,
    targets: 1,
    targetOf: () => target,
    categories: () => 0,
    classes: 2,
    classNames: ['0', '1'],
  };
  const context = { kernels, team: soloTeam(kernels.run), seed: 0, checkpoint: () => {} };
  const { block } = estimator.fit(data, checkParameters(estimator, hyperparameters), context);
  return writeBlock({ ...block, features, classValues: Array.from({ length: classesOf(block) }, (_, index) => index) });
}

/** A function that predicts all rows and tells the seconds of CPU that took. */
function predictor(bytes, x, { predicted, features }) {
  const kernels = loadKernels();
  const model = kernels.allocate(bytes.length);
  kernels.u8(model, bytes.length).set(bytes);
  const outputs = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const rows = kernels.allocate(4 * predicted * features);
  kernels.f32(rows, predicted * features).set(x.subarray(0, predicted * features));
  const out = kernels.allocate(4 * predicted);
  const scratch = kernels.allocate(8 * 64 * outputs);
  return () => {
    const start = cpu();
    kernels.run.predict(model, rows, predicted, out, scratch);
    return { seconds: cpu() - start, ones: kernels.f32(out, predicted).reduce((sum, answer) => sum + answer, 0) };
  };
}

function startReference(description) {
  const script = fileURLToPath(new URL('reference.py', import.meta.url));
  const child = spawn(python, [script, folder, JSON.stringify(description)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the reference ended: is python3 with scikit-learn and xgboost there?');
    return JSON.parse(value);
  };
  return { answer, ask: () => child.stdin.write('\n'), stop: () => child.kill() };
}

async function compare(description) {
  const { fitted, predicted, features } = description;
  const table = makeTable('classification', { rows: Math.max(fitted, predicted), features });
  fs.writeFileSync(path.join(folder, 'x'), table.x);
  fs.writeFileSync(path.join(folder, 'y'), table.y);
  const theirs = startReference(description);
  try {
    const bytes = fit(description, table);
    const predict = predictor(bytes, table.x, description);
    await theirs.answer();
    const taken = { ours: [], theirs: [] };
    // The first round warms up.
    for (let repetition = -1; repetition < repetitions; repetition++) {
      const own = predict();
      theirs.ask();
      const other = await theirs.answer();
      if (repetition < 0) continue;
      taken.ours.push(own);
      taken.theirs.push(other);
    }
    const [ours, others] = Object.values(taken).map((all) => ({
      perRow: (median(all.map(({ seconds }) => seconds)) / predicted) * 1e6,
      share: all[0].ones / predicted,
    }));
    return { ours, theirs: others, bytes: bytes.length };
  } finally {
    theirs.stop();
  }
}

/** Milliseconds from the bytes of an artifact to the first answer, where the modules are loaded. */
function firstAnswers() {
  const features = 28;
  const kernels = loadKernels();
  const artifact = artifactOf(treesBlock({ trees: 100, levels: 6, features, seed: 1 }), features);
  const row = kernels.allocate(4 * features);
  const scratch = kernels.allocate(8 * 64);
  // Reading any model loads the module that checks it.
  const other = artifactOf(treesBlock({ trees: 1, levels: 1, features, seed: 1 }), features);
  const taken = [other, ...Array(15).fill(artifact)].map((bytes) => {
    const mark = kernels.mark();
    const start = performance.now();
    const { block } = readArtifact(bytes);
    const model = kernels.allocate(block.length);
    kernels.u8(model, block.length).set(block);
    kernels.run.predictRow(model, row, scratch);
    const milliseconds = performance.now() - start;
    kernels.release(mark);
    return milliseconds;
  });
  return { first: taken[1], usual: median(taken), bytes: artifact.length };
}

const table = [['', 'rows', 'our us/row', 'their us/row', 'ratio', 'our block', 'class 1', 'theirs']];
try {
  for (const description of cases) {
    if (wanted.length > 0 && !wanted.some((part) => description.name.includes(part))) continue;
    const { ours, theirs, bytes } = await compare(description);
    table.push([
      description.name,
      String(description.predicted),
      ours.perRow.toFixed(3),
      theirs.perRow.toFixed(3),
      (ours.perRow / theirs.perRow).toFixed(2),
      `${Math.ceil(bytes / 1024)} kB`,
      ours.share.toFixed(3),
      theirs.share.toFixed(3),
    ]);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
printTable(table);
const { first, usual, bytes } = firstAnswers();
console.log(
  `\nfrom ${Math.ceil(bytes / 1024)} kB of an artifact of 100 trees of depth 6 to its first answer: ` +
    `${first.toFixed(2)} ms the first time, ${usual.toFixed(2)} ms then`,
);
