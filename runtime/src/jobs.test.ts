import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Jobs } from './jobs.js';

test('a job waits, runs and ends', () => {
  const jobs = new Jobs();
  const job = jobs.create('train');
  assert.deepEqual(
    { ...jobs.list()[0], created: null },
    {
      id: 1,
      method: 'train',
      state: 'waiting',
      progress: 0,
      created: null,
      started: null,
      ended: null,
      error: null,
    },
  );
  job.begin();
  assert.equal(job.report().state, 'running');
  assert.ok(job.report().started! >= job.report().created);
  job.end('succeeded');
  assert.equal(job.report().progress, 1);
  const other = jobs.create('train');
  other.end('failed', 'why');
  assert.deepEqual([other.report().state, other.report().error, other.report().progress], ['failed', 'why', 0]);
});

test('the last hundred ended jobs are remembered, and all that have not ended', () => {
  const jobs = new Jobs();
  const running = jobs.create('train');
  running.begin();
  for (let count = 0; count < 300; count++) jobs.create('train').end('succeeded');
  const ids = jobs.list().map((job) => job.id);
  assert.equal(ids[0], running.id);
  assert.ok(ids.length >= 100 && ids.length <= 103, `${ids.length} are remembered`);
  assert.equal(ids.at(-1), 301);
});
