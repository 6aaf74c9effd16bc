import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { connectionParameters } from './connection-parameters.js';

const nowhere = { values: ['/nonexistent'], source: 'default' } as const;

test('every part of a URL', () => {
  const url = 'postgresql://us%40er:p%2Fw%C3%B6@[::1]:6000/d%20b?sslmode=require&application_name=x&options=-c%20a%3Db';
  assert.deepEqual(connectionParameters(url, nowhere, {}), {
    host: '::1',
    port: 6000,
    user: 'us@er',
    password: 'p/wö',
    database: 'd b',
    sslMode: 'require',
    applicationName: 'x',
    options: '-c a=b',
  });
});

test('what a URL leaves out comes from the environment, then from custom', () => {
  const environment = { PGUSER: 'ada', PGPASSWORD: 'pw', PGPORT: '7000', PGSSLMODE: 'disable' };
  const { host, port, user, database, password, sslMode } = connectionParameters('postgres://h', nowhere, environment);
  assert.deepEqual([host, port, user, database, password, sslMode], ['h', 7000, 'ada', 'ada', 'pw', 'disable']);
  const plain = connectionParameters('postgres://u@/d', nowhere, {});
  assert.equal(connectionParameters('postgres://u:p@ss:w@h', nowhere, {}).password, 'p@ss:w');
  assert.deepEqual([plain.host, plain.port, plain.sslMode], ['localhost', 5432, 'prefer']);
});

test('unix sockets, both spellings', () => {
  for (const url of ['postgresql://u@%2Frun%2Fpg/d', 'postgresql://u@/d?host=/run/pg'])
    assert.equal(connectionParameters(url, nowhere, {}).host, '/run/pg');
});

test('the environment alone', () => {
  const { host, port, database } = connectionParameters(undefined, nowhere, { PGHOST: 'db', PGDATABASE: 'd' });
  assert.deepEqual([host, port, database], ['db', 5432, 'd']);
});

test('the server of a data directory', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-cli-'));
  const flag = { values: [directory], source: 'flag' } as const;
  try {
    assert.throws(() => connectionParameters(undefined, flag, {}), { name: 'CommandError', message: /pgml up/ });
    fs.writeFileSync(path.join(directory, 'server.json'), JSON.stringify({ host: '0.0.0.0', port: 5499, pid: 1 }));
    const { host, port, user, database, password } = connectionParameters(undefined, flag, { PGHOST: 'elsewhere' });
    assert.deepEqual([host, port, user, database, password], ['127.0.0.1', 5499, 'pgml', 'pgml', undefined]);
    fs.writeFileSync(path.join(directory, 'password'), 'secret\n');
    assert.equal(connectionParameters(undefined, flag, {}).password, 'secret');
    assert.equal(connectionParameters(undefined, flag, { PGUSER: 'ada', PGPASSWORD: 'x' }).password, 'x');
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});

test('mistakes', () => {
  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['mysql://h', /is no connection URL/],
    ['postgres://u:p/w@h', /percent-encoded/],
    ['postgres://u:%zz@h', /percent-encoded/],
    ['postgres://h:99999', /from 1 to 65535/],
    ['postgres://h?port=0', /from 1 to 65535, not "0"/],
    ['postgres://h?sslmod=require', /did you mean sslmode\?/],
    ['postgres://h?sslmode=maybe', /one of disable, prefer/],
  ];
  for (const [url, message] of mistakes)
    assert.throws(() => connectionParameters(url, nowhere, {}), { name: 'UsageError', message }, url);
});
