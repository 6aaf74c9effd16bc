import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { encodeRow, readArtifact } from '@pgml/engine';
import { loadEvaluators } from '@pgml/kernels';
import { createRuntime } from './create-runtime.js';
import { type BundledDataset, type BundledName, bundledNames, readBundled } from './datasets/bundled.js';
import { anything } from './input.js';
import { answering, streaming } from './methods/method.js';
import { failure, never, pushable, trainOn } from './testing/session.js';

const runtime = createRuntime({ threads: 1 });
const session = runtime.session();
after(() => runtime.close());

const classification = { task: 'classification', algorithm: 'xgboost', hyperparams: { n_estimators: 20 } };

/** What the evaluator of an artifact answers for rows of the data set. */
function answers(bytes: Uint8Array, { columns, rows }: BundledDataset): number[] {
  const { header, block } = readArtifact(bytes);
  const memory = new WebAssembly.Memory({ initial: 100 });
  const evaluators = loadEvaluators(memory);
  const [model, row, scratch] = [2 ** 20, 0, 2 ** 16];
  new Uint8Array(memory.buffer).set(block, model);
  return rows.map((values) => {
    const named = Object.fromEntries(columns.map(({ name }, index) => [name, values[index]]));
    new Float32Array(memory.buffer).set(encodeRow(header, named), row);
    return evaluators.predictRow(model, row, scratch);
  });
}

const shapes: Record<BundledName, { rows: number; columns: number; metrics: [name: string, floor: number][] }> = {
  breast_cancer: {
    rows: 569,
    columns: 31,
    metrics: [
      ['f1', 0.9],
      ['roc_auc', 0.97],
    ],
  },
  diabetes: { rows: 442, columns: 11, metrics: [['r2', 0.2]] },
  digits: { rows: 1797, columns: 2, metrics: [['f1', 0.9]] },
  iris: { rows: 150, columns: 5, metrics: [['f1', 0.85]] },
  linnerud: { rows: 20, columns: 6, metrics: [] },
  wine: { rows: 178, columns: 14, metrics: [['f1', 0.85]] },
};

for (const name of bundledNames)
  test(`${name}: bundled, trained on, and the artifact predicts`, async () => {
    const { response } = await session.call('dataset', { name, limit: null }, null, never);
    const data = response as BundledDataset;
    assert.equal(data.rows.length, shapes[name].rows);
    assert.equal(data.columns.length, shapes[name].columns);
    assert.ok(data.rows.every((row) => row.length === data.columns.length));
    if (shapes[name].metrics.length === 0) return;

    const task = name === 'diabetes' ? 'regression' : 'classification';
    const { response: trained, artifact } = await trainOn(session, data, { ...classification, task });
    assert.equal(trained.rows, data.rows.length);
    assert.equal(trained.test_rows, Math.round(data.rows.length / 4));
    assert.equal(trained.train_rows + trained.test_rows, trained.rows);
    assert.equal(trained.num_features, name === 'digits' ? 64 : data.columns.length - 1);
    for (const [metric, floor] of shapes[name].metrics)
      assert.ok(trained.metrics[metric]! > floor, `${metric} is ${trained.metrics[metric]}`);
    assert.deepEqual(
      trained.columns.map((column) => column.name),
      data.columns.map((column) => column.name),
    );
    const truth = data.rows.map((row) => Number(row.at(-1)));
    const right = answers(artifact, data).filter((answer, row) => Math.abs(answer - truth[row]) < 0.5).length;
    if (task === 'classification') assert.ok(right / truth.length > 0.9, `${right} of ${truth.length} are right`);
  });

test('the same request and rows give the same bytes, another seed others', async () => {
  const data = await readBundled('iris');
  const request = { ...classification, hyperparams: { n_estimators: 5, subsample: 0.7 } };
  const [first, again] = [await trainOn(session, data, request), await trainOn(session, data, request)];
  assert.deepEqual(first.artifact, again.artifact);
  const other = await trainOn(session, data, { ...request, seed: 43 });
  assert.notDeepEqual(other.artifact, first.artifact);
});

test('many rows are trained on by a team, which gives the same bytes as one thread', async () => {
  const columns = ['a', 'b', 'y'].map((name) => ({ name, type: 'real' }));
  const rows = Array.from({ length: 60_000 }, (_, row) => {
    const [a, b] = [(row * 7919) % 1009, (row * 104_729) % 997];
    return [a, b, a > 500 ? b : -a];
  });
  const alone = createRuntime({ workers: 1, threads: 1 });
  const team = createRuntime({ workers: 1, threads: 3 });
  const request = { task: 'regression', algorithm: 'xgboost', hyperparams: { n_estimators: 8 } };
  try {
    const [one, three] = [
      await trainOn(alone.session(), { columns, rows }, request),
      await trainOn(team.session(), { columns, rows }, request),
    ];
    assert.deepEqual([one.response.threads, three.response.threads], [1, 3]);
    assert.deepEqual(three.artifact, one.artifact);
    assert.ok(three.response.metrics.r2! > 0.95);
  } finally {
    await Promise.all([alone.close(), team.close()]);
  }
});

test('snapshot columns carry preprocessing and statistics of the training rows', async () => {
  const { response } = await trainOn(session, await readBundled('iris'), classification);
  const { statistics, ...column } = response.columns[0];
  assert.deepEqual(column, {
    name: 'sepal_length',
    pg_type: 'real',
    nullable: true,
    label: false,
    position: 1,
    array: false,
    size: 1,
    preprocessor: { encode: 'native', impute: 'error', scale: 'preserve' },
  });
  assert.equal(
    statistics.histogram.reduce((sum, count) => sum + count, 0),
    response.train_rows,
  );
  assert.equal(statistics.categories, null);
  assert.equal(response.columns[4].statistics.distinct, 3);
});

test('clusters without a label, by the default algorithm', async () => {
  const data = await readBundled('iris');
  const unlabelled = { columns: data.columns.slice(0, 4), rows: data.rows.map((row) => row.slice(0, 4)) };
  const request = { task: 'clustering', algorithm: 'linear', hyperparams: { n_clusters: 3 }, test_sampling: 'random' };
  const { response, artifact } = await trainOn(session, unlabelled, request);
  assert.ok(response.metrics.silhouette! > 0.45);
  assert.deepEqual([response.num_features, response.num_labels, response.num_classes], [4, 0, 0]);
  assert.deepEqual(new Set(answers(artifact, unlabelled)), new Set([0, 1, 2]));
});

/** Text features and text labels: the label says which of two texts the row has. */
const texts = (label: 'text' | 'real'): BundledDataset => ({
  columns: [
    { name: 'cut', type: 'text' },
    { name: 'noise', type: 'real' },
    { name: 'answer', type: label },
  ],
  rows: Array.from({ length: 120 }, (_, row) => {
    const cut = row % 3 === 0 ? null : row % 3 === 1 ? 'good' : 'fair';
    return [cut, (row * 37) % 11, label === 'text' ? `is ${cut}` : cut === 'good' ? -5 : 12.5];
  }),
});

test('text features and labels are coded by first appearance, NULL is 0, and predict answers the code', async () => {
  const data = texts('text');
  const { response, artifact } = await trainOn(session, data, { ...classification, test_sampling: 'last' });
  assert.equal(response.num_classes, 3);
  assert.equal(response.metrics.f1, 1);
  const { header } = readArtifact(artifact);
  assert.deepEqual(header.features[0].categories, ['good', 'fair']);
  assert.deepEqual(header.labels, [
    { name: 'answer', pg_type: 'text', categories: ['is null', 'is good', 'is fair'], classes: [1, 2, 3] },
  ]);
  assert.deepEqual(answers(artifact, data).slice(0, 3), [1, 2, 3]);
  assert.deepEqual(response.columns[0].statistics.categories, {
    __NULL__: { value: 0, members: 30 },
    good: { value: 1, members: 30 },
    fair: { value: 2, members: 30 },
  });
});

test('class values are the labels themselves, whatever numbers they are', async () => {
  const data = texts('real');
  const { response, artifact } = await trainOn(session, data, classification);
  assert.deepEqual(readArtifact(artifact).header.labels[0].classes, [-5, 12.5]);
  assert.equal(response.metrics.roc_auc, 1);
  assert.deepEqual([...new Set(answers(artifact, data))], [12.5, -5]);
});

test('rows that cannot be trained on are refused with the reason', async () => {
  const iris = await readBundled('iris');
  const spoilt = (change: (row: unknown[], index: number) => unknown[]): BundledDataset => ({
    ...iris,
    rows: iris.rows.map((row, index) => change([...row], index)),
  });
  const refused = (data: BundledDataset, request: Record<string, unknown> = {}) =>
    failure(trainOn(session, data, { ...classification, ...request }));

  const nullLabels = await refused(spoilt((row, index) => (index < 3 ? row.with(4, null) : row)));
  assert.equal(nullLabels.sqlstate, '22004');
  assert.match(nullLabels.message, /^The training data labels in "target" contain 3 NULL values\. .*`WHERE target IS/);
  const infinite = await refused(spoilt((row, index) => (index === 3 ? row.with(1, Infinity) : row)));
  assert.match(infinite.message, /"sepal_width" has 1 infinite values/);
  const oneClass = await refused(spoilt((row) => row.with(4, 7)));
  assert.match(oneClass.message, /"target" has the same value in all 112 training rows/);
  const empty = await refused({ ...iris, rows: [] });
  assert.equal(empty.message, 'there are no rows to train on');
  const large = await refused(iris, { test_size: 200 });
  assert.equal(large.message, 'test_size = 200 is too large. There are only 150 samples.');
  const text = await refused(texts('text'), { task: 'regression' });
  assert.match(text.message, /"answer" is text, but regression needs a number/);
  for (const error of [infinite, oneClass, empty, large, text]) assert.equal(error.sqlstate, '22023');
});

test('without test rows all rows train, and the metrics are null', async () => {
  const { response } = await trainOn(session, await readBundled('iris'), { ...classification, test_size: 0 });
  assert.deepEqual([response.train_rows, response.test_rows], [150, 0]);
  const { fit_time, score_time, ...metrics } = response.metrics;
  assert.ok(fit_time! > 0 && score_time! >= 0);
  assert.deepEqual(metrics, { f1: null, precision: null, recall: null, accuracy: null, mcc: null });
});

test('a class or category that only test rows have does not spoil the training', async () => {
  const data = texts('text');
  const late = { ...data, rows: data.rows.map((row, index) => (index === 119 ? ['ideal', 1, 'is new'] : row)) };
  const { response } = await trainOn(session, late, { ...classification, test_sampling: 'last' });
  assert.equal(response.num_classes, 3);
  assert.ok(response.metrics.f1! < 0.8 && response.metrics.accuracy! > 0.9);
});

test('a training stops when its caller gives up', async () => {
  const cancel = new AbortController();
  const slow = { ...classification, hyperparams: { n_estimators: 100_000, max_depth: 10 } };
  const training = failure(trainOn(session, await readBundled('digits'), slow, cancel.signal));
  const running = () => runtime.jobs().at(-1)!;
  while (running().state !== 'running' || running().progress === 0) await new Promise((wake) => setTimeout(wake, 10));
  cancel.abort();
  assert.equal((await training).sqlstate, '57014');
  assert.equal(running().state, 'cancelled');
  assert.ok(running().progress < 1);
});

test('a closed session stops its own training and takes no more calls', async () => {
  const own = runtime.session();
  const slow = { ...classification, hyperparams: { n_estimators: 100_000 } };
  const training = failure(trainOn(own, await readBundled('digits'), slow));
  own.close();
  assert.equal((await training).sqlstate, '57014');
  assert.equal((await failure(own.call('algorithms', {}, null, never))).sqlstate, '08003');
});

test('a fit that needs more kernel memory than it may have is refused', async () => {
  const small = createRuntime({ workers: 1, threads: 1, kernelMegabytes: 1 });
  try {
    const error = await failure(trainOn(small.session(), await readBundled('digits'), classification));
    assert.equal(error.sqlstate, '53200');
    assert.match(error.detail!, /out of kernel memory/);
    assert.equal(small.jobs()[0].state, 'failed');
  } finally {
    await small.close();
  }
});

test('pushed rows: used once, forgotten with the transaction, limited', async () => {
  const { batch, columns } = pushable(await readBundled('iris'));
  const request = { ...classification, dataset: 900, seed: 1, test_size: 0.25, test_sampling: 'random', columns };
  const train = (from = session) => from.call('train', request, null, never);
  session.pushRows(900, batch);
  await train();
  assert.match((await failure(train())).message, /no rows under the dataset handle 900/);
  session.pushRows(900, pushable(await readBundled('iris')).batch);
  session.dropDatasets();
  assert.match((await failure(train())).message, /no rows under the dataset handle 900/);

  session.pushRows(900, pushable(await readBundled('iris')).batch);
  session.pushRows(900, [{ name: 'x', type: 'text', width: 1, values: ['a'] }]);
  assert.match((await failure(train())).message, /a batch has 1 columns, those before it had 5/);

  const small = createRuntime({ workers: 1, datasetMegabytes: 1 });
  const limited = small.session();
  for (let part = 0; part < 20; part++)
    limited.pushRows(900, [{ name: 'x', type: 'real', width: 1, values: new Float32Array(20_000) }]);
  const error = await failure(train(limited));
  assert.equal(error.sqlstate, '54000');
  assert.match(error.message, /take more than 1 MB/);
  await small.close();
});

test('validate: what will be trained, or why not', async () => {
  const validate = (request: Record<string, unknown>) =>
    session.call('validate', { task: 'classification', algorithm: 'xgboost', ...request }, null, never);
  assert.deepEqual((await validate({})).response, { algorithm: 'xgboost', missing: 'learn' });
  const cases: [Record<string, unknown>, string, RegExp][] = [
    [{ hyperparams: { max_dept: 3 } }, '22023', /xgboost has no hyperparameter "max_dept"/],
    [{ hyperparams: { max_depth: 'six' } }, '22023', /must be an integer .*, but "six" was given/],
    [{ hyperparams: [] }, '22023', /must be a JSON object/],
    [{ algorithm: 'lasso' }, '22023', /lasso does not support classification/],
    [{ algorithm: 'dbscan' }, '22023', /dbscan does not support classification/],
    [{ algorithm: 'xgbost' }, '22023', /there is no algorithm "xgbost"/],
    [{ task: 'text-classification' }, '0A000', /does not serve the task text_classification/],
    [{ task: 'classify' }, '22023', /there is no task "classify"/],
    [{ search: 'grid' }, '0A000', /search for hyperparameters/],
    [{ search_params: { max_depth: [1, 2] } }, '0A000', /search for hyperparameters/],
    [{ preprocess: { x: { impute: 'mean' } } }, '0A000', /preprocess is not available/],
    [{ runtime: 'openai' }, '0A000', /OpenAI runtime is not supported/],
    [{ runtime: 'julia' }, '22023', /validate.runtime must be "python", "rust" or "openai", but "julia"/],
    [{ tsak: 1 }, '22023', /validate has no field "tsak"/],
  ];
  for (const [request, sqlstate, message] of cases) {
    const error = await failure(validate(request));
    assert.equal(error.sqlstate, sqlstate, error.message);
    assert.match(error.message, message);
  }
  assert.equal((await failure(validate({ hyperparams: { max_dept: 3 } }))).hint, 'Did you mean "max_depth"?');
});

test('algorithms are printed from the registry; unknown methods and data sets are refused', async () => {
  const { response } = await session.call('algorithms', {}, null, never);
  const listed = response as { algorithm: string; task: string; parameters: { name: string }[] }[];
  const xgboost = listed.find(({ algorithm, task }) => algorithm === 'xgboost' && task === 'regression')!;
  assert.ok(xgboost.parameters.some(({ name }) => name === 'max_depth'));
  JSON.stringify(response);
  assert.equal((await failure(session.call('nothing', {}, null, never))).sqlstate, '42883');
  const error = await failure(session.call('dataset', { name: 'imdb' }, null, never));
  assert.equal(error.sqlstate, '0A000');
  assert.match(error.hint!, /breast_cancer, diabetes, digits, iris, linnerud, wine/);
});

test('limit takes the first rows', async () => {
  const { response } = await session.call('dataset', { name: 'linnerud', limit: 2 }, null, never);
  assert.deepEqual((response as BundledDataset).rows, [
    [5, 162, 60, 191, 36, 50],
    [2, 110, 60, 189, 37, 52],
  ]);
});

test('methods that stream, and methods that fail in ways nobody thought of', async () => {
  const methods = [
    streaming('count', anything, async function* () {
      for (let item = 1; item <= 3; item++) yield item;
    }),
    answering('broken', anything, () => {
      throw new TypeError('nobody thought of this');
    }),
  ];
  const own = createRuntime({ methods });
  const counting = own.session();
  const items: unknown[] = [];
  for await (const item of counting.stream('count', {}, never)) items.push(item);
  assert.deepEqual(items, [1, 2, 3]);
  assert.match((await failure(counting.call('count', {}, null, never))).message, /answers with many items/);
  const broken = await failure(counting.call('broken', {}, null, never));
  assert.equal(broken.sqlstate, 'XX000');
  assert.match(broken.message, /nobody thought of this/);
  await own.close();
});
