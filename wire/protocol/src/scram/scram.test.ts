import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, encodeText } from '../bytes.js';
import { ScramClient } from './client.js';
import { ScramServer } from './server.js';
import { formatVerifier, makeVerifier, mockVerifier, parseVerifier, verifyPassword } from './verifier.js';

// The example of RFC 7677 §3.
const vector = {
  password: 'pencil',
  salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
  clientNonce: 'rOprNGfwEbeRWgbNEkqO',
  serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};

const mockSecret = Uint8Array.from({ length: 16 }, (_, index) => index);
const verifier = makeVerifier(vector.password, vector.salt, 4096);
const vectorServer = () => new ScramServer({ user: 'user', verifier, mockSecret, nonce: vector.serverNonce });
const vectorClient = () => new ScramClient({ user: 'user', password: vector.password, nonce: vector.clientNonce });

test('the client says what RFC 7677 says', () => {
  const client = vectorClient();
  assert.equal(decodeText(client.first()), vector.clientFirst);
  assert.equal(decodeText(client.respond(encodeText(vector.serverFirst))), vector.clientFinal);
  client.finish(encodeText(vector.serverFinal));
  assert.equal(client.state, 'done');
});

test('the server says what RFC 7677 says', () => {
  const server = vectorServer();
  assert.equal(decodeText(server.receive(encodeText(vector.clientFirst))), vector.serverFirst);
  assert.equal(decodeText(server.receive(encodeText(vector.clientFinal))), vector.serverFinal);
  assert.equal(server.state, 'authenticated');
});

/** The state the server ends in, or the error. */
function attempt(password: string, server: ScramServer): unknown {
  const client = new ScramClient({ password });
  try {
    client.finish(server.receive(client.respond(server.receive(client.first()))));
    return [client.state, server.state];
  } catch (error) {
    return error;
  }
}

test('the right password enters, a wrong one does not', () => {
  for (const password of ['', 'pencil', 'pass,word=x', 'I\u00adX', 'пароль', '😀', '\ud800']) {
    const stored = parseVerifier(formatVerifier(makeVerifier(password)));
    assert.ok(stored);
    const server = () => new ScramServer({ user: 'ada', verifier: stored, mockSecret });
    assert.deepEqual(attempt(password, server()), ['done', 'authenticated'], password);
    const error = attempt(`${password}x`, server()) as { sqlstate: string; message: string };
    assert.equal(error.sqlstate, '28P01');
    assert.equal(error.message, 'password authentication failed for user "ada"');
    assert.ok(verifyPassword(password, stored));
    assert.ok(!verifyPassword(`${password}x`, stored));
  }
});

test('an unknown user sees the same exchange as a known one with a wrong password', () => {
  const salts = ['nobody', 'nobody', 'somebody'].map((user) => {
    const server = new ScramServer({ user, verifier: undefined, mockSecret, nonce: 'server' });
    const client = new ScramClient({ password: 'x', nonce: 'client' });
    const first = decodeText(server.receive(client.first()));
    assert.match(first, /^r=clientserver,s=[A-Za-z0-9+/]{22}==,i=4096$/);
    assert.throws(() => server.receive(client.respond(encodeText(first))), {
      sqlstate: '28P01',
      message: `password authentication failed for user "${user}"`,
    });
    return first;
  });
  assert.equal(salts[0], salts[1]);
  assert.notEqual(salts[0], salts[2]);
  assert.notDeepEqual(mockVerifier('a', mockSecret).salt, mockVerifier('a', new Uint8Array(16)).salt);
});

test('not even the keys of the mock verifier let anybody in', () => {
  const server = new ScramServer({ user: 'nobody', verifier: undefined, mockSecret });
  const first = decodeText(server.receive(encodeText('n,,n=,r=abc')));
  const proof = Buffer.alloc(32).toString('base64');
  const nonce = /^r=([^,]+)/.exec(first)![1];
  assert.throws(() => server.receive(encodeText(`c=biws,r=${nonce},p=${proof}`)), { sqlstate: '28P01' });
});

test('the server refuses malformed first messages', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['', '08P01'],
    ['n', '08P01'],
    ['x,,n=,r=abc', '08P01'],
    ['p=tls-server-end-point,,n=,r=abc', '08P01'],
    ['n,a=root,n=,r=abc', '0A000'],
    ['n,,m=ext,n=,r=abc', '0A000'],
    ['n,,r=abc', '08P01'],
    ['n,,n=', '08P01'],
    ['n,,n=,r=', '08P01'],
    ['n,,n=,r=a b', '08P01'],
    ['n,,n=,r=é', '08P01'],
  ];
  for (const [message, sqlstate] of refused) {
    const server = vectorServer();
    assert.throws(() => server.receive(encodeText(message)), { name: 'ProtocolError', sqlstate }, message);
    assert.equal(server.state, 'failed');
    assert.throws(() => server.receive(encodeText(vector.clientFirst)), /the exchange is over/);
  }
});

test('the server refuses final messages that do not fit the first', () => {
  const nonce = `r=${vector.clientNonce}${vector.serverNonce}`;
  const proof = vector.clientFinal.slice(vector.clientFinal.indexOf(',p='));
  const refused: readonly (readonly [string, string])[] = [
    ['', '08P01'],
    [`c=biws,${nonce}`, '08P01'],
    [`c=eSws,${nonce}${proof}`, '08P01'], // another channel binding flag than before
    [`c=biws,${nonce}x${proof}`, '08P01'],
    [`c=biws,${nonce},p=AAAA`, '08P01'],
    [`c=biws,${nonce}${proof}=`, '08P01'],
    [`c=biws,${nonce}${proof.replace('Q=', 'S=')}`, '08P01'], // the same bytes, written otherwise
    [`c=biws,${nonce},x=extension${proof}`, '28P01'], // is signed, so the proof no longer fits
  ];
  for (const [message, sqlstate] of refused) {
    const server = vectorServer();
    server.receive(encodeText(vector.clientFirst));
    assert.throws(() => server.receive(encodeText(message)), { sqlstate }, message);
    assert.equal(server.state, 'failed');
  }
});

test('a client that could do channel binding says y, which is right without -PLUS', () => {
  const server = vectorServer();
  const first = decodeText(server.receive(encodeText('y,,n=,r=abc')));
  assert.throws(
    () =>
      server.receive(encodeText(`c=eSws,r=${/^r=([^,]+)/.exec(first)![1]},p=${Buffer.alloc(32).toString('base64')}`)),
    { sqlstate: '28P01' },
  );
});

test('the client refuses a server that cheats', () => {
  const refused = [
    '',
    'r=other,s=AAAA,i=4096', // not our nonce
    `r=${vector.clientNonce},s=AAAA,i=4096`, // nothing added to it
    `r=${vector.clientNonce}x,s=A,i=4096`,
    `r=${vector.clientNonce}x,s=AAAA,i=0`,
    `r=${vector.clientNonce}x,s=AAAA,i=4294967295`, // would keep us busy for half an hour
  ];
  for (const message of refused) {
    const client = vectorClient();
    client.first();
    assert.throws(() => client.respond(encodeText(message)), { name: 'ProtocolError', sqlstate: '08P01' }, message);
    assert.equal(client.state, 'failed');
  }
  for (const [message, sqlstate] of [
    ['v=AAAA', '28000'],
    ['e=other-error', '28P01'],
    ['x', '08P01'],
  ] as const) {
    const client = vectorClient();
    client.first();
    client.respond(encodeText(vector.serverFirst));
    assert.throws(() => client.finish(encodeText(message)), { sqlstate }, message);
    assert.equal(client.state, 'failed');
  }
  assert.throws(() => vectorClient().finish(encodeText(vector.serverFinal)), /unexpected SASL message/);
});

test('a verifier is read as PostgreSQL writes it, and nothing else is', () => {
  const text = formatVerifier(verifier);
  assert.match(text, /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
  const parsed = parseVerifier(text);
  assert.ok(parsed);
  assert.equal(formatVerifier(parsed), text);
  for (const wrong of [
    '',
    'pencil',
    'md5d41d8cd98f00b204e9800998ecf8427e',
    text.slice(0, -1),
    text.replace('4096', '0'),
  ])
    assert.equal(parseVerifier(wrong), undefined, wrong);
});
