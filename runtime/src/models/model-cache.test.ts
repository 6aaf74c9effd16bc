import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ArtifactError } from '@pgml/engine';
import { linearArtifact } from '../testing/models.js';
import { ModelCache } from './model-cache.js';

const MEGABYTE = 2 ** 20;
/** One third of a megabyte, and a different model for each weight. */
const third = (weight: number) => linearArtifact([weight], Math.floor(MEGABYTE / 3) - 1000);

test('a model is loaded once and found by its content', () => {
  const cache = new ModelCache(1);
  const artifact = linearArtifact([1, 2]);
  const digest = cache.load(artifact);
  assert.equal(digest, createHash('sha256').update(artifact).digest('hex'));
  assert.equal(cache.load(artifact.slice()), digest);
  const model = cache.use(digest)!;
  assert.equal(model.header.algorithm, 'linear');
  cache.release(model);
  assert.equal(cache.use('0'.repeat(64)), undefined);
  const { models, bytes, hits, misses, loads, evictions } = cache.report();
  assert.deepEqual(
    { models, bytes, hits, misses, loads, evictions },
    { models: 1, bytes: artifact.length, hits: 1, misses: 1, loads: 1, evictions: 0 },
  );
});

test('bytes that are no model are refused, and leave nothing', () => {
  const cache = new ModelCache(1);
  for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), linearArtifact([1, 2]).subarray(0, -16)])
    assert.throws(() => cache.load(bytes), ArtifactError);
  assert.equal(cache.report().models, 0);
});

test('the model used longest ago goes first', () => {
  const cache = new ModelCache(1);
  const [oldest, second, newest] = [1, 2, 3].map((weight) => cache.load(third(weight)));
  cache.release(cache.use(oldest)!);
  cache.load(third(4));
  assert.equal(cache.use(second), undefined);
  for (const digest of [oldest, newest]) cache.release(cache.use(digest)!);
  assert.equal(cache.report().evictions, 1);
  assert.ok(cache.report().bytes <= MEGABYTE);
});

test('a model in use stays, and what is too much then goes when it is released', () => {
  const cache = new ModelCache(1);
  const digests = [1, 2, 3].map((weight) => cache.load(third(weight)));
  const used = digests.map((digest) => cache.use(digest)!);
  const blocks = used.map(({ block }) => cache.memory.view(block, 64 + 16 + 16).slice());
  const fourth = cache.load(third(4));
  assert.equal(cache.report().models, 4);
  used.forEach(({ block }, index) => assert.deepEqual(cache.memory.view(block, 64 + 16 + 16), blocks[index]));
  cache.release(used[0]);
  assert.equal(cache.report().models, 3);
  assert.equal(cache.use(digests[0]), undefined);
  assert.ok(cache.use(fourth));
});

test('a model larger than the limit is alone, until another one comes', () => {
  const cache = new ModelCache(1);
  cache.load(third(1));
  const large = cache.load(linearArtifact([1], 2 * MEGABYTE));
  assert.equal(cache.report().models, 1);
  for (let round = 0; round < 2; round++) cache.release(cache.use(large)!);
  const small = cache.load(third(2));
  assert.equal(cache.use(large), undefined);
  assert.ok(cache.use(small));
});

test('the memory of models that went is used again', () => {
  const cache = new ModelCache(1);
  const wide = (seed: number) =>
    linearArtifact(Array.from({ length: 10_000 + ((seed * 7919) % 20_000) }, (_, index) => index + seed));
  for (let seed = 0; seed < 60; seed++) cache.load(wide(seed));
  const { memoryBytes, limitBytes, evictions } = cache.report();
  assert.ok(memoryBytes <= limitBytes, `${memoryBytes} bytes`);
  assert.ok(evictions > 50);
});
