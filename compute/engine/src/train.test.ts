import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KernelMemoryError, loadEvaluators, loadKernels, RandomState } from '@pgml/kernels';
import { ArtifactError, readArtifact } from './artifact/artifact.js';
import { type ColumnBatch, Dataset, type Table } from './preprocessing/dataset.js';
import { Cancelled } from './estimator.js';
import { soloTeam } from './team.js';
import { type TrainContext, type TrainRequest, train } from './train.js';

const ROWS = 400;
const kernels = loadKernels();
const context: TrainContext = {
  kernels,
  team: soloTeam(kernels.run),
  checkpoint: () => {},
  seconds: () => 0,
};

/** Two numbers, a text and an array of two; the target is a sum of them, classes are its sign or its third. */
function sample(label: 'value' | 'class' | 'none') {
  const random = new RandomState(5);
  const rows = Array.from({ length: ROWS }, () => {
    const numbers = Array.from({ length: 4 }, () => Math.fround(random.normal()));
    const text = random.integer(0, 2) === 0 ? 'low' : 'high';
    const sum = numbers[0] - 2 * numbers[1] + numbers[3] + (text === 'high' ? 3 : 0);
    return { numbers, text, sum, answer: label === 'class' ? (sum < 0 ? 0 : sum < 3 ? 1 : 2) : sum };
  });
  const batch = (from: number, to: number): ColumnBatch[] => {
    const part = rows.slice(from, to);
    const real = (name: string, width: number, values: (row: (typeof rows)[0]) => number[]): ColumnBatch => ({
      name,
      type: 'real',
      width,
      values: Float32Array.from(part.flatMap(values)),
    });
    return [
      real('a', 1, ({ numbers }) => [numbers[0]]),
      ...(label === 'none' ? [] : [real('y', 1, ({ answer }) => [answer])]),
      { name: 't', type: 'text', width: 1, values: part.map(({ text }) => text) },
      real('v', 2, ({ numbers }) => [numbers[1], numbers[2]]),
      real('b', 1, ({ numbers }) => [numbers[3]]),
    ];
  };
  const columns = batch(0, 1).map(({ name, type, width }, index) => ({
    name,
    pg_type: type === 'text' ? 'text' : width > 1 ? 'float4[]' : 'float4',
    nullable: false,
    label: name === 'y',
    position: index + 1,
    array: width > 1,
  }));
  const table = (chunk: number): Table => {
    const dataset = new Dataset();
    for (let from = 0; from < ROWS; from += chunk) dataset.append(batch(from, Math.min(ROWS, from + chunk)));
    return dataset.take();
  };
  return { columns, table };
}

const request = (more: Partial<TrainRequest>): TrainRequest => ({
  task: 'regression',
  algorithm: 'xgboost',
  hyperparams: {},
  seed: 42,
  test_size: 0.25,
  test_sampling: 'stratified',
  columns: [],
  ...more,
});

test('a model whose numbers overflowed is refused', () => {
  const { columns, table } = sample('value');
  const asked = request({ columns, hyperparams: { learning_rate: 1e300 } });
  assert.throws(() => train(asked, table(ROWS), context), /no finite numbers/);
});

for (const algorithm of ['linear', 'xgboost'])
  for (const [task, label, metric, floor] of [
    ['regression', 'value', 'r2', 0.8],
    ['classification', 'class', 'f1', 0.7],
  ] as const)
    test(`${algorithm} ${task}: learns, and does not care how the rows were pushed`, () => {
      const { columns, table } = sample(label);
      const asked = request({ task, algorithm, columns });
      const whole = table(ROWS);
      const before = kernels.mark();
      const { response, artifact } = train(asked, whole, context);
      assert.equal(kernels.mark(), before);
      assert.ok(whole.columns.every((column, index) => columns[index].label || column.chunks.length === 0));
      assert.ok(response.metrics[metric]! > floor, `${metric} is ${response.metrics[metric]}`);
      assert.equal(response.num_features, 5);
      assert.deepEqual(
        response.columns.map(({ size }) => size),
        [1, 1, 1, 2, 1],
      );
      const pieces = train(asked, table(37), context);
      assert.deepEqual(pieces.artifact, artifact);
      assert.deepEqual(pieces.response, response);
    });

test('kmeans learns without a label and is measured by silhouette', () => {
  const { columns, table } = sample('none');
  const hyperparams = { n_clusters: 3, random_state: 0 };
  // The default of the SQL function is linear, which means kmeans here.
  const asked = request({ task: 'clustering', algorithm: 'linear', hyperparams, columns });
  const { response, artifact } = train(asked, table(100), context);
  assert.ok(response.metrics.silhouette! > 0 && response.metrics.silhouette! < 1);
  assert.equal(response.num_labels, 0);
  assert.equal(response.num_classes, 0);
  const { header, facts } = readArtifact(artifact);
  assert.equal(header.algorithm, 'kmeans');
  assert.deepEqual(header.labels, []);
  assert.equal(facts.classes, 3);
});

test('pca answers a vector for each row, and is measured by the variance it keeps', () => {
  const { columns, table } = sample('none');
  // The default of the SQL function is linear, which means pca here.
  const asked = request({ task: 'decomposition', algorithm: 'linear', hyperparams: { n_components: 3 }, columns });
  const { response, artifact } = train(asked, table(100), context);
  const kept = response.metrics.cumulative_explained_variance!;
  assert.ok(kept > 0.5 && kept < 1, `${kept}`);
  assert.equal(response.num_labels, 0);
  const { header, block, facts } = readArtifact(artifact);
  assert.equal(header.algorithm, 'pca');
  assert.deepEqual(header.labels, []);
  assert.equal(facts.decision, 'vector');
  assert.equal(facts.classes, 3);
  const { explained_variance_ratio: ratios } = header.details as { explained_variance_ratio: number[] };
  assert.equal(
    ratios.reduce((sum, ratio) => sum + ratio, 0),
    kept,
  );

  const memory = new WebAssembly.Memory({ initial: 16 });
  const evaluators = loadEvaluators(memory);
  new Uint8Array(memory.buffer).set(block, 1024);
  const row = new Float32Array(memory.buffer, 0, facts.features);
  row.set([0.5, 2, -1, 0.25, 3]);
  const [vector, first, scratch] = [128, 256, 512];
  evaluators.predictProbabilities(1024, 0, 1, vector, scratch);
  evaluators.predict(1024, 0, 1, first, scratch);
  // A change along the first component changes the first value alone, and by as much.
  const before = new Float32Array(memory.buffer, vector, 3).slice();
  assert.equal(new Float32Array(memory.buffer, first, 1)[0], before[0]);
  const words = new Uint32Array(memory.buffer, 1024, 16);
  const component = new Float64Array(memory.buffer, 1024 + words[6], facts.features);
  for (const [i, part] of component.entries()) row[i] += 2 * part;
  evaluators.predictProbabilities(1024, 0, 1, vector, scratch);
  const after = new Float32Array(memory.buffer, vector, 3);
  for (const [i, value] of after.entries()) assert.ok(Math.abs(value - before[i] - (i === 0 ? 2 : 0)) < 1e-6);
});

test('progress goes from 0 to 1 and a thrown checkpoint ends the training with memory released', () => {
  const { columns, table } = sample('value');
  const asked = request({ hyperparams: { n_estimators: 20 }, columns });
  const seen: number[] = [];
  train(asked, table(ROWS), { ...context, checkpoint: (progress) => seen.push(progress) });
  assert.ok(seen.length > 5);
  assert.ok(
    seen.every((progress, i) => progress >= (seen[i - 1] ?? 0) && progress <= 1),
    seen.join(),
  );
  const before = kernels.mark();
  for (let stop = 0; stop < seen.length; stop += 7) {
    let calls = 0;
    const checkpoint = () => {
      if (calls++ === stop) throw new Cancelled();
    };
    assert.throws(() => train(asked, table(ROWS), { ...context, checkpoint }), Cancelled);
    assert.equal(kernels.mark(), before);
  }
});

test('what linear cannot learn from is refused by name and number', () => {
  const refused = (change: (batch: ColumnBatch[]) => ColumnBatch[], more: Partial<TrainRequest> = {}) => {
    const { columns, table } = sample('value');
    const dataset = new Dataset();
    const plain = table(ROWS).columns.map((column, index): ColumnBatch => {
      const { name } = columns[index];
      if (column.type === 'real') return { name, type: 'real', width: column.width, values: column.chunks[0] };
      const values = Array.from(column.chunks[0], (code) => column.dictionary[code - 1]);
      return { name, type: 'text', width: 1, values };
    });
    dataset.append(change(plain));
    try {
      train(request({ algorithm: 'linear', test_sampling: 'last', columns, ...more }), dataset.take(), context);
    } catch (error) {
      return error as Error & { sqlstate: string };
    }
    throw new Error('not refused');
  };
  const missing = refused((batch) => {
    (batch[3].values as Float32Array).fill(Number.NaN, 10, 14);
    return batch;
  });
  assert.equal(missing.message, '4 missing values for v, which linear cannot learn from');
  assert.equal(missing.sqlstate, '22023');
  const unseen = refused((batch) => {
    (batch[2].values as string[])[ROWS - 1] = 'elsewhere';
    return batch;
  });
  assert.match(unseen.message, /1 test rows have a value of "t" that no training row has/);
  const { columns } = sample('value');
  const two = columns.map((column) => ({ ...column, label: column.label || column.name === 'a' }));
  const joint = refused((batch) => batch, { columns: two, task: 'classification' });
  assert.equal(joint.message, 'classification learns one label, but 2 were given');
  const none = columns.map((column) => ({ ...column, label: false }));
  assert.match(refused((batch) => batch, { columns: none }).message, /regression needs a label column/);
  const array = columns.map((column) => ({ ...column, label: column.name === 'v' }));
  assert.match(refused((batch) => batch, { columns: array }).message, /the label "v" is an array/);
});

test('too little kernel memory is said so', () => {
  const small = loadKernels(new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true }));
  const { columns, table } = sample('value');
  const little = { ...context, kernels: small, team: soloTeam(small.run) };
  assert.throws(() => train(request({ columns }), table(ROWS), little), KernelMemoryError);
});

for (const [layout, max_depth] of [
  ['complete', 4],
  ['chained', 11],
] as const)
  test(`damaged ${layout} trees are refused or safe to run`, () => {
    const { columns, table } = sample('class');
    const hyperparams = { n_estimators: 4, max_depth, min_child_weight: 0 };
    const { artifact } = train(request({ task: 'classification', hyperparams, columns }), table(ROWS), context);
    const whole = readArtifact(artifact);
    const levels = new Uint32Array(whole.block.slice().buffer)[8];
    assert.equal(levels > 0, layout === 'complete');

    const random = new RandomState(max_depth);
    const memory = new WebAssembly.Memory({ initial: 16 });
    const evaluators = loadEvaluators(memory);
    const start = artifact.length - whole.block.length;
    let refused = 0;
    for (let round = 0; round < 3000; round++) {
      const copy = artifact.slice();
      const reach = round % 2 === 0 ? 64 : whole.block.length;
      for (let hits = random.integer(1, 4); hits > 0; hits--)
        copy[start + random.integer(0, reach)] = random.integer(0, 256);
      try {
        const { block } = readArtifact(copy);
        // At the end of the memory, so that reading behind the model would trap. Rows of missing values go both ways.
        const model = memory.buffer.byteLength - block.length;
        new Uint8Array(memory.buffer).set(block, model);
        new Float32Array(memory.buffer, 0, 40).fill(round % 3 === 0 ? Number.NaN : random.normal());
        evaluators.predict(model, 0, 5, 1024, 2048);
      } catch (error) {
        assert.ok(error instanceof ArtifactError, `round ${round}: ${error}`);
        refused++;
      }
    }
    assert.ok(refused > 300 && refused < 3000, `${refused} of 3000 were refused`);
  });
