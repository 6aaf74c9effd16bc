import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';
import { createRuntime } from '../create-runtime.js';
import { readBundled } from '../datasets/bundled.js';
import { cancelled } from '../errors.js';
import { anything } from '../input.js';
import { answering, streaming } from '../methods/method.js';
import { methods } from '../methods/registry.js';
import type { Session } from '../runtime.js';
import { pushable } from '../testing/session.js';
import { control, type FromRuntime, serveInProcess, type ToRuntime } from './in-process.js';

/** Answers only when it is cancelled. */
const patient = answering('patient', anything, (_, { signal }) => {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(cancelled())));
});
const count = streaming('count', anything, async function* (request) {
  for (let item = 1; item <= 3; item++) yield item;
  if (request === 'fail') throw new Error('after three');
});
const echo = answering('echo', anything, (request, { payload }) => ({ response: request, result: payload }));

const runtime = createRuntime({ workers: 1, threads: 1, methods: [...methods, patient, count, echo] });
after(() => runtime.close());

/** Has a blocking thread play the script; gives what it received. */
async function play(script: readonly ToRuntime[], session: Session = runtime.session()): Promise<FromRuntime[]> {
  const { port1, port2 } = new MessageChannel();
  const shared = new SharedArrayBuffer(control.WORDS * Int32Array.BYTES_PER_ELEMENT);
  serveInProcess(session, port1, shared);
  const client = new Worker(new URL('./testing/blocking-client.js', import.meta.url), {
    workerData: { port: port2, shared, script },
    transferList: [port2],
  });
  return new Promise((resolve, reject) => {
    client.on('message', resolve);
    client.on('error', reject);
  });
}

test('a blocked thread pushes, trains and gets the artifact', async () => {
  const { batch, columns } = pushable(await readBundled('wine'));
  const request = {
    dataset: 7,
    task: 'classification',
    algorithm: 'xgboost',
    hyperparams: { n_estimators: 5 },
    seed: 1,
    test_size: 0.25,
    test_sampling: 'stratified',
    columns,
  };
  const [first, second, third] = await play([
    { type: 'push', dataset: 7, columns: batch },
    { type: 'call', id: 1, method: 'train', request, payload: null },
    { type: 'call', id: 2, method: 'train', request, payload: null },
    { type: 'push', dataset: 7, columns: batch },
    { type: 'dropDatasets' },
    { type: 'call', id: 3, method: 'train', request, payload: null },
  ]);
  assert.ok(first?.type === 'result' && first.id === 1);
  assert.equal((first.response as { rows: number }).rows, 178);
  assert.equal(new TextDecoder().decode(first.result!.subarray(0, 8)), 'PGMLMODL');
  for (const later of [second, third]) {
    assert.ok(later?.type === 'error' && later.sqlstate === '22023');
    assert.match(later.message, /no rows under the dataset handle 7/);
  }
});

test('bytes go there and back, of a whole buffer or of a part of one', async () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
  const [whole, part, none] = await play([
    { type: 'call', id: 1, method: 'echo', request: { a: [1, null] }, payload: bytes },
    { type: 'call', id: 2, method: 'echo', request: 'x', payload: bytes.subarray(10, 20) },
    { type: 'call', id: 3, method: 'echo', request: null, payload: null },
  ]);
  assert.deepEqual(whole, { type: 'result', id: 1, response: { a: [1, null] }, result: bytes });
  assert.deepEqual(part, { type: 'result', id: 2, response: 'x', result: bytes.slice(10, 20) });
  assert.deepEqual(none, { type: 'result', id: 3, response: null, result: null });
});

test('a call is cancelled by a message, errors carry their fields, and the session goes on', async () => {
  const answers = await play([
    { type: 'call', id: 1, method: 'patient', request: {}, payload: null },
    { type: 'cancel', id: 1 },
    { type: 'call', id: 2, method: 'validate', request: { task: 'regression', algorithm: 'xgbost' }, payload: null },
  ]);
  assert.ok(answers[0]?.type === 'error' && answers[0].sqlstate === '57014');
  assert.ok(answers[1]?.type === 'error' && answers[1].sqlstate === '22023');
  assert.equal(answers[1].hint, 'Did you mean "xgboost"?');
});

test('streams end with end, or with an error after their items', async () => {
  const answers = await play([
    { type: 'stream', id: 1, method: 'count', request: 'well' },
    { type: 'stream', id: 2, method: 'count', request: 'fail' },
  ]);
  assert.deepEqual(
    answers.map((answer) => (answer.type === 'item' ? answer.item : answer.type)),
    [1, 2, 3, 'end', 1, 2, 3, 'error'],
  );
});

test('when the thread goes away its calls are aborted and its session closed', async () => {
  const session = runtime.session();
  const { port1, port2 } = new MessageChannel();
  serveInProcess(session, port1, new SharedArrayBuffer(64));
  let aborted = false;
  const closed = new Promise<void>((resolve) => {
    const { call, close } = session;
    session.call = (method, request, payload, signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return call.call(session, method, request, payload, signal);
    };
    session.close = () => {
      close.call(session);
      resolve();
    };
  });
  port2.postMessage({ type: 'call', id: 1, method: 'patient', request: {}, payload: null } satisfies ToRuntime);
  await new Promise((resolve) => setTimeout(resolve, 20));
  port2.close();
  await closed;
  assert.ok(aborted);
});
