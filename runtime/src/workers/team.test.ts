import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { checkParameters, findEstimator } from '@pgml/engine';
import { type Kernels, loadKernels, RandomState, writeBlock } from '@pgml/kernels';
import { createTeam } from './team.js';

const ROWS = 150_000;
const FEATURES = 6;

/** Fits on enough rows that all kernels are shared out; the sha-256 of the model. */
async function fitHash(size: number): Promise<string> {
  const kernels = loadKernels();
  const random = new RandomState(1);
  const base = kernels.allocate(4 * ROWS * FEATURES);
  const values = kernels.f32(base, ROWS * FEATURES);
  for (let i = 0; i < values.length; i++) values[i] = random.double() < 0.05 ? Number.NaN : random.double();
  const targetPointer = kernels.allocate(4 * ROWS);
  const target = kernels.f32(targetPointer, ROWS);
  for (let i = 0; i < ROWS; i++) target[i] = Number(values[i] * values[ROWS + i] + 0.3 * random.double() > 0.4);
  const columnPointer = (feature: number) => base + 4 * ROWS * feature;
  const data = {
    rows: ROWS,
    features: FEATURES,
    columnPointer,
    column: (feature: number) => kernels.f32(columnPointer(feature), ROWS),
    target,
    targetPointer,
    targets: 1,
    targetOf: () => target,
    categories: () => 0,
    classes: 2,
    classNames: ['0', '1'],
  };
  const team = createTeam(kernels, size);
  // So that the helpers have started and do take part.
  await new Promise((resolve) => setTimeout(resolve, 300));
  try {
    const estimator = findEstimator('xgboost', 'classification')!;
    const parameters = checkParameters(estimator, { n_estimators: 6, subsample: 0.9 });
    const fitted = estimator.fit(data, parameters, { kernels, team, seed: 3, checkpoint: () => {} });
    return createHash('sha256')
      .update(writeBlock({ ...fitted.block, features: FEATURES, classValues: [0, 1] }))
      .digest('hex');
  } finally {
    team.close();
  }
}

test('a fit gives the same bytes on one, two and three threads', async () => {
  const alone = await fitHash(1);
  assert.equal(await fitHash(1), alone);
  assert.equal(await fitHash(2), alone);
  assert.equal(await fitHash(2), alone);
  assert.equal(await fitHash(3), alone);
});

/** Calls that each write one number to a place of its own. */
function enumerate(kernels: Kernels, size: number): void {
  const team = createTeam(kernels, size);
  try {
    const count = 40_000;
    const target = kernels.allocate(4 * count);
    for (let round = 0; round < 20; round++) {
      kernels.u32(target, count).fill(0xffffffff);
      const step = 1 + 7 * round;
      const calls: number[][] = [];
      for (let from = 0; from < count; from += step) calls.push([target, from, Math.min(count, from + step)]);
      team.run('enumerateRows', calls);
      kernels.u32(target, count).forEach((value, index) => {
        assert.equal(value, index);
      });
    }
  } finally {
    team.close();
  }
}

test('every call is run once, whether helpers have started or not', () => {
  for (const size of [1, 2, 4]) enumerate(loadKernels(), size);
});

test('a kernel that fails is told to the leader, and the team can go on', async () => {
  const kernels = loadKernels();
  const team = createTeam(kernels, 2);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const beyond = kernels.memory.buffer.byteLength;
  assert.throws(
    () =>
      team.run('enumerateRows', [
        [beyond, 0, 1],
        [beyond, 0, 1],
      ]),
    /enumerateRows failed/,
  );
  const target = kernels.allocate(16);
  team.run('enumerateRows', [
    [target, 0, 2],
    [target, 2, 4],
  ]);
  assert.deepEqual([...kernels.u32(target, 4)], [0, 1, 2, 3]);
  assert.throws(() => team.run('noSuchKernel', []), /no kernel noSuchKernel/);
  team.close();
});

test('a worker thread can lead a team', async () => {
  const source = `
    import { createTeam } from ${JSON.stringify(new URL('./team.js', import.meta.url).href)};
    import { loadKernels } from ${JSON.stringify(import.meta.resolve('@pgml/kernels'))};
    import { parentPort } from 'node:worker_threads';
    const kernels = loadKernels();
    const team = createTeam(kernels, 2);
    const target = kernels.allocate(4000);
    for (let round = 0; round < 200; round++)
      team.run('enumerateRows', Array.from({ length: 10 }, (_, i) => [target, 100 * i, 100 * (i + 1)]));
    team.close();
    parentPort.postMessage([...kernels.u32(target, 1000)].every((value, index) => value === index));`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  const answer = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  assert.equal(answer, true);
});
