import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InstallationError } from './errors.js';
import { runtimeParameters } from './runtime-address.js';

/** Reads keywords and values as libpq does. */
function parse(parameters: string): Record<string, string> {
  const pairs = [...parameters.matchAll(/(\w+)='((?:[^'\\]|\\.)*)'(?: |$)/gy)];
  assert.equal(pairs.map(([whole]) => whole).join(''), parameters, 'nothing is left over');
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value.replace(/\\(.)/g, '$1')]));
}

test('a URL becomes keywords and values, with the defaults of a runtime', () => {
  const { host, port, user, password, dbname, sslmode } = parse(runtimeParameters('postgresql://:secret@runtime/'));
  assert.deepEqual(
    { host, port, user, password, dbname },
    { host: 'runtime', port: '6433', user: 'pgml', password: 'secret', dbname: 'pgml' },
  );
  assert.equal(sslmode, undefined);
  const given = parse(
    runtimeParameters('postgres://me:x@[::1]:7/db?sslmode=verify-full&sslrootcert=%2Fca%20file&connect_timeout=9'),
  );
  assert.deepEqual(
    [given.host, given.port, given.user, given.dbname, given.sslmode, given.sslrootcert, given.connect_timeout],
    ['::1', '7', 'me', 'db', 'verify-full', '/ca file', '9'],
  );
});

test('whatever is in a password stays in the password', () => {
  for (const password of [`'`, `\\`, `x' host='elsewhere`, `\\' sslmode=disable`, 'p@ss/wörd:?&=%', ' ']) {
    const {
      password: read,
      host,
      sslmode,
    } = parse(runtimeParameters(`postgresql://pgml:${encodeURIComponent(password)}@here`));
    assert.deepEqual([read, host, sslmode], [password, 'here', undefined]);
  }
  // An @ need not be written as %40: the last one ends the login.
  assert.equal(parse(runtimeParameters('postgresql://pgml:a@b@here')).password, 'a@b');
});

test('what cannot be used is refused, and no part of the secret is shown', () => {
  for (const url of [
    'http://pgml:hidden@host',
    'postgresql://pgml:hidden',
    'postgresql://pgml:hidden%zz@host',
    'postgresql://pgml:hidden@/db',
    'postgresql://pgml@host',
    'postgresql://pgml:hidden@host?passfile=x',
    'postgresql://pgml:hidden@host:port',
    '',
  ])
    assert.throws(
      () => runtimeParameters(url),
      (error) => error instanceof InstallationError && !`${error.message} ${error.wayOut}`.includes('hidden'),
      url,
    );
});
