import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainStart, greeting } from './up.js';

test('the first line is what programs wait for', () => {
  const url = 'postgres://pgml:p%40ss@127.0.0.1:5433/pgml';
  assert.equal(greeting(url).split('\n')[0], `pgml ready ${url}`);
});

test('every known failure to start is one line with a way out', () => {
  const options = { host: '127.0.0.1', port: 5433, dataDirectory: './d' };
  const failures: readonly (readonly [object, RegExp])[] = [
    [{ code: 'EADDRINUSE', syscall: 'listen' }, /^port 5433 of 127\.0\.0\.1 is in use: .*--port/],
    [{ code: 'EACCES', syscall: 'listen' }, /--port/],
    [{ code: 'EADDRNOTAVAIL', syscall: 'listen' }, /^cannot listen on 127\.0\.0\.1 \(EADDRNOTAVAIL\): .*--host/],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, /--host/],
    [{ code: 'EACCES', syscall: 'mkdir' }, /^cannot write to the data directory \.\/d \(EACCES\): .*--data-dir/],
    [{ code: 'EROFS', syscall: 'open' }, /^cannot write to the data directory/],
    [{ code: 'ENOTDIR', syscall: 'mkdir' }, /is not a directory .*--data-dir/],
    [{ code: 'ENOSPC', syscall: 'write' }, /no space is left/],
  ];
  for (const [failure, message] of failures) {
    const explained = explainStart(Object.assign(new Error('x'), failure), options);
    assert.match(explained, message);
    assert.ok(!explained.includes('\n'));
  }
  assert.equal(explainStart(new Error('in use by another server\nand more'), options), 'in use by another server');
});
