// Our side: fits one estimator for each message, in a process of its own, and says what it took.
import fs from 'node:fs';
import { checkParameters, findEstimator, soloTeam, targetMetrics } from '@pgml/engine';
import { classesOf, loadKernels, writeBlock } from '@pgml/kernels';
import { createTeam } from '@pgml/runtime';

const [folder, algorithm, task, description, threads] = process.argv.slice(2);
const { rows, features, classes, hyperparameters } = JSON.parse(description);
const estimator = findEstimator(algorithm, task);
const readFloats = (name) => new Float32Array(fs.readFileSync(`${folder}/${name}`).buffer.slice(0));
const supervised = task === 'regression' || task === 'classification';
const kernels = loadKernels();
const team = threads > 1 ? createTeam(kernels, Number(threads)) : soloTeam(kernels.run);

function load() {
  const x = readFloats('x');
  const base = kernels.allocate(4 * rows * features);
  const columns = kernels.f32(base, rows * features);
  for (let row = 0; row < rows; row++)
    for (let f = 0; f < features; f++) columns[f * rows + row] = x[row * features + f];
  const targetPointer = kernels.allocate(supervised ? 4 * rows : 0);
  const target = kernels.f32(targetPointer, supervised ? rows : 0);
  if (supervised) target.set(readFloats('y'));
  const columnPointer = (feature) => base + 4 * rows * feature;
  return {
    rows,
    features,
    columnPointer,
    column: (feature) => kernels.f32(columnPointer(feature), rows),
    target,
    targetPointer,
    targets: 1,
    targetOf: () => target,
    categories: () => 0,
    classes: task === 'classification' ? classes : 0,
    classNames: Array.from({ length: classes }, (_, index) => String(index)),
  };
}

const clock = () => {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1e3, cpu: (user + system) / 1e6 };
};

/** The answers of the model for the first `count` rows, and what a prediction took. */
function predict(fitted, count) {
  const mark = kernels.mark();
  const x = readFloats('x').subarray(0, count * features);
  const answered = classesOf(fitted.block);
  const clusters = fitted.clusters ?? Array.from({ length: answered }, (_, index) => index);
  const vector = fitted.block.decision === 'vector';
  const bytes = writeBlock({ ...fitted.block, features, classValues: vector ? [] : clusters });
  const model = kernels.allocate(bytes.length);
  kernels.u8(model, bytes.length).set(bytes);
  const input = kernels.allocate(4 * x.length);
  kernels.f32(input, x.length).set(x);
  const out = kernels.allocate(4 * count * Math.max(1, vector ? answered : 1));
  const scratch = kernels.allocate(8 * 64 * fitted.block.outputs);
  const start = clock();
  if (vector) kernels.run.predictProbabilities(model, input, count, out, scratch);
  else kernels.run.predict(model, input, count, out, scratch);
  const end = clock();
  const answers = kernels.f32(out, count).slice();
  kernels.release(mark);
  return { answers, bytes: bytes.length, seconds: end.cpu - start.cpu };
}

/** r² or accuracy on rows of the training table; for clusters, the mean squared distance to their means. */
function quality(answers, count) {
  if (task === 'regression' || task === 'classification') {
    const y = readFloats('y').subarray(0, count);
    if (task === 'classification') return answers.filter((answer, row) => answer === y[row]).length / count;
    const mean = y.reduce((sum, value) => sum + value, 0) / count;
    const total = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return 1 - y.reduce((sum, value, row) => sum + (value - answers[row]) ** 2, 0) / total;
  }
  return null;
}

const data = load();
const checked = checkParameters(estimator, hyperparameters);
process.send({ ready: targetMetrics[task] });
process.on('message', ({ count }) => {
  const mark = kernels.mark();
  const start = clock();
  const fitted = estimator.fit(data, checked, { kernels, team, seed: 0, checkpoint: () => {} });
  const end = clock();
  kernels.release(mark);
  const { answers, seconds, bytes } = predict(fitted, count);
  process.send({
    cpu: end.cpu - start.cpu,
    wall: end.wall - start.wall,
    predict: seconds,
    bytes,
    quality: quality(answers, count),
  });
});
