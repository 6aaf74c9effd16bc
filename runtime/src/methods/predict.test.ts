import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { encodeRow, readArtifact, writeArtifact } from '@pgml/engine';
import { loadEvaluators, writeBlock } from '@pgml/kernels';
import { createRuntime } from '../create-runtime.js';
import { readBundled } from '../datasets/bundled.js';
import { answersOf, featureBytes, linearArtifact } from '../testing/models.js';
import { failure, never, trainOn } from '../testing/session.js';

const runtime = createRuntime({ threads: 1 });
const session = runtime.session();
after(() => runtime.close());

const load = async (artifact: Uint8Array) => {
  const { response } = await session.call('load', {}, artifact, never);
  return (response as { model: string }).model;
};
const predict = (model: string, payload: Uint8Array | null, more = {}, signal = never) =>
  session.call('predict', { model, output: 'values', one: false, nulls: 0, ...more }, payload, signal);

test('a loaded model predicts one row and many; another session finds it', async () => {
  const model = await load(linearArtifact([1, 2, 3]));
  const one = await predict(model, featureBytes(1, 1, 1), { one: true });
  assert.deepEqual(one.response, { loaded: true });
  assert.deepEqual(answersOf(one.result), [6]);
  assert.deepEqual(answersOf((await predict(model, featureBytes(1, 1, 1, 0, 0, 2))).result), [6, 6]);
  assert.deepEqual(answersOf((await predict(model, new Uint8Array())).result), []);
  const request = { model, output: 'values', one: true, nulls: 0 };
  const other = await runtime.session().call('predict', request, featureBytes(0, 0, 1), never);
  assert.deepEqual(answersOf(other.result), [3]);
});

test('a model of vectors gives all its values, or the first; one of single values has no vectors', async () => {
  const { header } = readArtifact(linearArtifact([1, 2]));
  const block = writeBlock({
    kind: 'linear',
    features: 2,
    outputs: 3,
    decision: 'vector',
    classes: 3,
    classValues: [],
    words: [Float64Array.of(1, 0, 0, 1, 1, 1), Float64Array.of(0, 0, 10)],
  });
  const model = await load(writeArtifact(header, block));
  const rows = featureBytes(1, 2, 3, 4);
  assert.deepEqual(answersOf((await predict(model, rows, { output: 'vectors' })).result), [1, 2, 13, 3, 4, 17]);
  assert.deepEqual(answersOf((await predict(model, rows)).result), [1, 3]);
  assert.equal((await failure(predict(model, rows, { output: 'probabilities' }))).sqlstate, '0A000');
  const single = await load(linearArtifact([1, 2]));
  const { sqlstate, message } = await failure(predict(single, rows, { output: 'vectors' }));
  assert.deepEqual([sqlstate, message], ['0A000', 'a regression model of linear answers one value for a row']);
});

test('a model that is not there is said to be so', async () => {
  const model = 'ab'.repeat(32);
  assert.deepEqual(await predict(model, featureBytes(1)), { response: { loaded: false }, result: null });
  assert.deepEqual(await session.call('encode', { model, row: {} }, null, never), {
    response: { loaded: false },
    result: null,
  });
});

test('many rows of a trained model give the answers of one row each, to the bit', async () => {
  const data = await readBundled('iris');
  const { artifact } = await trainOn(session, data, {
    task: 'classification',
    algorithm: 'xgboost',
    hyperparams: { n_estimators: 10 },
  });
  const { header, block, facts } = readArtifact(artifact);
  const model = await load(artifact);
  const rows = data.rows.map((row) =>
    encodeRow(header, Object.fromEntries(data.columns.map(({ name }, index) => [name, row[index]]))),
  );
  // More rows than one look at the clock.
  const many = Array.from({ length: 10 }, () => rows).flat();
  const payload = featureBytes(...many.flatMap((row) => [...row]));

  const memory = new WebAssembly.Memory({ initial: 100 });
  const evaluators = loadEvaluators(memory);
  const [blockAt, rowAt, scratch, out] = [2 ** 20, 0, 2 ** 16, 2 ** 17];
  new Uint8Array(memory.buffer).set(block, blockAt);
  const expected = many.map((row) => {
    new Float32Array(memory.buffer).set(row, rowAt);
    evaluators.predictProbabilities(blockAt, rowAt, 1, out, scratch);
    return {
      value: evaluators.predictRow(blockAt, rowAt, scratch),
      probabilities: [...new Float32Array(memory.buffer, out, facts.classes)],
    };
  });
  assert.deepEqual(
    answersOf((await predict(model, payload)).result),
    expected.map(({ value }) => value),
  );
  assert.deepEqual(
    answersOf((await predict(model, payload, { output: 'probabilities' })).result),
    expected.flatMap(({ probabilities }) => probabilities),
  );
  const named = Object.fromEntries(data.columns.map(({ name }, index) => [name, data.rows[7][index]]));
  const { response } = await session.call('encode', { model, row: named }, null, never);
  const { loaded, features } = response as { loaded: boolean; features: string };
  assert.ok(loaded);
  assert.deepEqual(Float32Array.from(features.slice(1, -1).split(','), Number), rows[7]);
});

test('what cannot be predicted is refused with what was wrong', async () => {
  const model = await load(linearArtifact([1, 2]));
  const refusals: [payload: Uint8Array | null, more: object, sqlstate: string, message: string | RegExp][] = [
    [featureBytes(1), { one: true }, '22023', 'the model has 2 features, but 1 were given'],
    [featureBytes(1, 2, 3, 4), { one: true }, '22023', 'the model has 2 features, but 4 were given'],
    [featureBytes(1, 2, 3), {}, '22023', '3 values are no whole number of rows: the model has 2 features'],
    [
      featureBytes(1, Number.NaN),
      { nulls: 1 },
      '22004',
      'features must not be NULL for a model of linear, but 1 of 2 are',
    ],
    [
      featureBytes(...Array.from({ length: 2001 }, () => 0), Number.NaN),
      {},
      '22023',
      'feature "x2" is NaN in row 1001, but a model of linear needs finite numbers',
    ],
    [
      featureBytes(1, 2),
      { output: 'probabilities' },
      '0A000',
      "You can't predict probabilities for a regression model",
    ],
    [featureBytes(1, 2).subarray(1), {}, '22023', 'features must be 4 bytes each, but 7 bytes were given'],
    [null, {}, '22023', 'predict needs features as its payload, but none was given'],
    [featureBytes(1, 2), { model: 'AB' }, '22023', /predict\.model must be 64 hexadecimal digits/],
    [
      featureBytes(1, 2),
      { output: 'scores' },
      '22023',
      /predict\.output must be "values", "probabilities" or "vectors"/,
    ],
    [featureBytes(1, 2), { nulls: -1 }, '22023', /predict\.nulls must be an integer/],
  ];
  for (const [payload, more, sqlstate, message] of refusals) {
    const error = await failure(predict(model, payload, more));
    assert.equal(error.sqlstate, sqlstate, error.message);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
  }
  assert.equal((await failure(session.call('load', {}, Uint8Array.of(1), never))).sqlstate, 'XX001');
  assert.equal((await failure(session.call('load', {}, null, never))).sqlstate, '22023');
  assert.equal((await failure(session.call('encode', { model, row: [1] }, null, never))).sqlstate, '22023');
  assert.deepEqual(answersOf((await predict(model, featureBytes(1, 2))).result), [5], 'and it still works');
});

test('features keep their sign of zero and their NaN as text', async () => {
  const artifact = linearArtifact([1, 2, 3]);
  const model = await load(artifact);
  const { response } = await session.call('encode', { model, row: { x1: 0.1, x2: '-0', x3: 1e-45 } }, null, never);
  assert.deepEqual(response, { loaded: true, features: '{0.10000000149011612,-0,1.401298464324817e-45}' });
});

test('a long prediction lets others go first, and can be cancelled', async () => {
  // Half a second of work: 4 million multiplications for each of the rows.
  const wide = await load(linearArtifact(Array.from({ length: 20_000 }, (_, index) => index)));
  const small = await load(linearArtifact([1]));
  const payload = new Uint8Array(4 * 20_000 * 2_000);
  const order: string[] = [];
  const stop = new AbortController();
  const long = predict(wide, payload, {}, stop.signal).finally(() => order.push('long'));
  const cancelledAt = failure(long);
  await predict(small, featureBytes(1)).finally(() => order.push('small'));
  stop.abort();
  assert.equal((await cancelledAt).sqlstate, '57014');
  assert.deepEqual(order, ['small', 'long']);
  assert.deepEqual(answersOf((await predict(small, featureBytes(2))).result), [2]);
});
