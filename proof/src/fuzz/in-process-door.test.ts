/**
 * The in-process door: the messages of a database thread, whose shape the same program makes, with contents from SQL, which
 * may be anything. Every call must be answered once, and the runtime must go on.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { control, createRuntime, type FromRuntime, serveInProcess, type ToRuntime } from '@pgml/runtime';
import fc from 'fast-check';

const METHODS = ['algorithms', 'compile', 'dataset', 'encode', 'load', 'predict', 'train', 'validate', 'nonsense', ''];

const requests = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      algorithm: fc.constantFrom('xgboost', 'linear', 'kmeans', 'x', 1, null),
      task: fc.constantFrom('regression', 'classification', 'clustering', 7),
      dataset: fc.oneof(fc.integer({ min: -1, max: 3 }), fc.constant('1')),
      model: fc.oneof(fc.constant('ab'.repeat(32)), fc.string()),
      output: fc.constantFrom('values', 'probabilities', 'x'),
      one: fc.oneof(fc.boolean(), fc.string()),
      nulls: fc.integer({ min: -1, max: 5 }),
      hyperparams: fc.jsonValue(),
      row: fc.jsonValue(),
      name: fc.string(),
    },
    { requiredKeys: [] },
  ),
);
const payloads = fc.option(fc.uint8Array({ maxLength: 64 }));
const columns = fc.array(
  fc.record({
    name: fc.string(),
    type: fc.constant('real' as const),
    width: fc.integer({ min: 0, max: 3 }),
    values: fc.float32Array({ maxLength: 6 }).map((values) => Float32Array.from(values)),
  }),
  { maxLength: 3 },
);
const messages = fc.oneof(
  fc.record({
    type: fc.constant('call' as const),
    method: fc.constantFrom(...METHODS),
    request: requests,
    payload: payloads,
  }),
  fc.record({ type: fc.constant('stream' as const), method: fc.constantFrom(...METHODS), request: requests }),
  fc.record({ type: fc.constant('cancel' as const), id: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ type: fc.constant('push' as const), dataset: fc.integer({ min: 1, max: 3 }), columns }),
  fc.record({ type: fc.constant('dropDatasets' as const) }),
);

test('whatever SQL asks for through the in-process door, every call is answered and the runtime goes on', async () => {
  const runtime = createRuntime({ workers: 1, threads: 1 });
  const { port1, port2 } = new MessageChannel();
  serveInProcess(runtime.session(), port1, new SharedArrayBuffer(4 * control.WORDS));
  const open = new Set<number>();
  let answers = 0;
  let answered = () => {};
  port2.on('message', (message: FromRuntime) => {
    if (message.type === 'item') return;
    assert.ok(open.delete(message.id), `${message.id} is answered twice`);
    if (message.type === 'error') assert.match(message.sqlstate, /^[0-9A-Z]{5}$/);
    answers++;
    answered();
  });
  let id = 0;
  for (const message of fc.sample(messages, { seed: 1, numRuns: 3000 })) {
    if (message.type === 'call' || message.type === 'stream') {
      open.add(++id);
      port2.postMessage({ ...message, id } satisfies ToRuntime);
    } else port2.postMessage(message satisfies ToRuntime);
  }
  open.add(++id);
  port2.postMessage({ type: 'call', id, method: 'algorithms', request: {}, payload: null } satisfies ToRuntime);
  while (open.size > 0) await new Promise<void>((resolve) => (answered = resolve));
  assert.equal(answers, id);
  port2.close();
  await runtime.close();
});
