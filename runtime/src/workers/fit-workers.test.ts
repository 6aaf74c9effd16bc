import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Table, TrainRequest } from '@pgml/engine';
import { Jobs } from '../jobs.js';
import { failure, never } from '../testing/session.js';
import { FitWorkers } from './fit-workers.js';

const pools: FitWorkers[] = [];
after(() => Promise.all(pools.map((pool) => pool.close())));

function poolOf(thread: string, size = 1, maximumWaiting = 10): FitWorkers {
  const script = new URL(`./testing/${thread}-thread.js`, import.meta.url);
  const pool = new FitWorkers({ size, maximumWaiting, threads: 1, kernelMegabytes: 64, heapMegabytes: 32, script });
  pools.push(pool);
  return pool;
}

const request: TrainRequest = {
  task: 'regression',
  algorithm: 'linear',
  hyperparams: {},
  seed: 1,
  test_size: 0.25,
  test_sampling: 'last',
  columns: [],
};
const table = (): Table => ({ rows: 0, columns: [] });
const jobs = new Jobs();
const client = {};

/** The fit is under way: its worker has been given the order. */
async function started(pool: FitWorkers): Promise<void> {
  while (pool.running.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a fit that does not hear of its cancel is ended, and the pool goes on', async () => {
  const pool = poolOf('deaf');
  for (let round = 0; round < 2; round++) {
    const cancel = new AbortController();
    const job = jobs.create('train');
    const fit = failure(pool.fit(request, table(), job, cancel.signal, client));
    await started(pool);
    assert.equal(job.report().state, 'running');
    cancel.abort();
    assert.equal((await fit).sqlstate, '57014');
    assert.equal(job.report().state, 'cancelled');
    assert.ok(job.report().ended !== null);
    assert.equal(pool.running.length, 0);
  }
});

test('a worker that is killed from outside fails its fit alone', async () => {
  const pool = poolOf('deaf', 2);
  const cancel = new AbortController();
  const victim = failure(pool.fit(request, table(), jobs.create('train'), never, client));
  const other = failure(pool.fit(request, table(), jobs.create('train'), cancel.signal, client));
  await started(pool);
  await pool.running[0].thread.terminate();
  const error = await victim;
  assert.equal(error.sqlstate, '58000');
  assert.match(error.message, /died with exit code \d; nothing was stored/);
  assert.equal(pool.running.length, 1);
  cancel.abort();
  assert.equal((await other).sqlstate, '57014');
});

test('a worker that exits by itself', async () => {
  const error = await failure(poolOf('leaving').fit(request, table(), jobs.create('train'), never, client));
  assert.equal(error.sqlstate, '58000');
  assert.match(error.message, /exit code 3/);
});

test('a worker without memory left', async () => {
  const pool = poolOf('hungry');
  const error = await failure(pool.fit(request, table(), jobs.create('train'), never, client));
  assert.equal(error.sqlstate, '53200');
  assert.match(error.message, /ran out of memory; nothing was stored/);
  assert.match(error.detail!, /The limits of a worker are 64 MB for kernels and 32 MB for its heap/);
  assert.match(error.hint!, /--worker-memory/);
});

test('a worker that cannot start', async () => {
  const error = await failure(poolOf('missing').fit(request, table(), jobs.create('train'), never, client));
  assert.equal(error.sqlstate, 'XX000');
  assert.match(error.message, /Cannot find module/);
});

test('fits above the size wait for their turn, can be cancelled waiting, and end with the pool', async () => {
  const pool = poolOf('deaf');
  const [first, second, third] = [jobs.create('train'), jobs.create('train'), jobs.create('train')];
  const [cancelFirst, cancelSecond] = [new AbortController(), new AbortController()];
  const running = failure(pool.fit(request, table(), first, cancelFirst.signal, client));
  const waiting = failure(pool.fit(request, table(), second, cancelSecond.signal, client));
  const last = failure(pool.fit(request, table(), third, never, client));
  await started(pool);
  assert.deepEqual(
    [first, second, third].map((job) => job.report().state),
    ['running', 'waiting', 'waiting'],
  );
  cancelSecond.abort();
  assert.equal((await waiting).sqlstate, '57014');
  assert.equal(pool.running.length, 1);
  cancelFirst.abort();
  await running;
  await started(pool);
  assert.deepEqual(
    [first, second, third].map((job) => job.report().state),
    ['cancelled', 'cancelled', 'running'],
  );
  const late = failure(pool.fit(request, table(), jobs.create('train'), never, client));
  await pool.close();
  assert.equal((await last).sqlstate, '57P01');
  assert.equal((await late).sqlstate, '57P01');
  assert.equal((await failure(pool.fit(request, table(), jobs.create('train'), never, client))).sqlstate, '57P01');
});

test('a call that was cancelled before it began does not begin', async () => {
  const pool = poolOf('deaf');
  const fit = pool.fit(request, table(), jobs.create('train'), AbortSignal.abort(), client);
  assert.equal((await failure(fit)).sqlstate, '57014');
  assert.equal(pool.running.length, 0);
});

test('clients take turns, however many fits one of them has', async () => {
  const pool = poolOf('deaf');
  const [greedy, modest] = [{}, {}];
  const cancels = new Map<string, AbortController>();
  const order: string[] = [];
  const begin = (name: string, owner: object) => {
    const cancel = new AbortController();
    cancels.set(name, cancel);
    const job = jobs.create('train');
    return { name, job, ended: failure(pool.fit(request, table(), job, cancel.signal, owner)) };
  };
  const fits = [begin('a1', greedy), begin('a2', greedy), begin('a3', greedy), begin('b1', modest)];
  for (let left = fits.length; left > 0; left--) {
    await started(pool);
    const running = fits.find(({ job }) => job.report().state === 'running')!;
    order.push(running.name);
    cancels.get(running.name)!.abort();
    await running.ended;
  }
  assert.deepEqual(order, ['a1', 'a2', 'b1', 'a3']);
});

test('more fits than may wait are refused, with the limit and its flag', async () => {
  const pool = poolOf('deaf', 1, 1);
  const others = [1, 2].map(() => failure(pool.fit(request, table(), jobs.create('train'), never, client)));
  const error = await failure(pool.fit(request, table(), jobs.create('train'), never, {}));
  assert.equal(error.sqlstate, '53400');
  assert.match(`${error.detail} ${error.hint}`, /limit is 1\..*--max-waiting-jobs/);
  await pool.close();
  for (const other of others) assert.equal((await other).sqlstate, '57P01');
});

test('a fit whose helper dies fails alone, and is not left waiting', async () => {
  const script = new URL('./testing/leading-thread.js', import.meta.url);
  const pool = new FitWorkers({
    size: 1,
    maximumWaiting: 1,
    threads: 2,
    kernelMegabytes: 64,
    heapMegabytes: 64,
    script,
  });
  pools.push(pool);
  const fit = failure(pool.fit(request, table(), jobs.create('train'), never, client));
  while (!pool.running[0]?.helpers.length) await new Promise((resolve) => setTimeout(resolve, 5));
  await pool.running[0].helpers[0].terminate();
  const error = await fit;
  assert.equal(error.sqlstate, '58000');
  assert.match(error.message, /died with exit code \d; nothing was stored/);
  assert.equal(pool.lost, 1);
});
