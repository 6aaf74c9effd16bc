/** Bytes that nobody should send: nothing of it may harm the door, or those who come after. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { encodeFrontend, encodeStartup } from '@pgml/protocol';
import { RuntimeError } from '../../runtime.js';
import { type Column, readRecords } from './record-images.js';
import { parseStatements } from './statement.js';
import { TestClient } from './testing/client.js';
import { openDoor, until } from './testing/door.js';
import { arrayImage, bytea, recordImage } from './testing/images.js';

const random = new RandomState(20251123);
const below = (bound: number) => random.integer(0, bound);
const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));

/** Numbers at which readers go wrong. */
const extremes = [-1, 0, 1, 3, 4, 7, 0x7fffffff, -0x80000000, 0x3fffffff, 0x00010000];

const damages: readonly ((bytes: Buffer) => Buffer)[] = [
  (bytes) => bytes,
  (bytes) => bytes.subarray(0, below(bytes.length + 1)),
  (bytes) => {
    for (let count = 1 + below(4); count > 0 && bytes.length > 0; count--) bytes[below(bytes.length)] ^= 1 << below(8);
    return bytes;
  },
  (bytes) => {
    if (bytes.length >= 4) bytes.writeInt32BE(extremes[below(extremes.length)], below(bytes.length - 3));
    return bytes;
  },
  (bytes) => {
    const at = below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), noise(1 + below(6)), bytes.subarray(at + below(4))]);
  },
  () => noise(1 + below(300)),
];

const damaged = (bytes: Uint8Array): Buffer => damages[below(damages.length)](Buffer.from(bytes));

const statements = [
  `SELECT call('echo', '{"a": [1, "it''s"]}', '\\x00ff', 'token')`,
  `SELECT * FROM push(1, 't', '["x", "y", "z"]', ${bytea(recordImage([1.5, 'größe', [1, null]]))})`,
  `SELECT predict('\\x00', 'values', 'true', ${bytea(arrayImage([1, 2, 3]))})`,
  String.raw`SELECT load(E'\\x0102');SELECT 1;;BEGIN;SHOW server_version`,
  `SELECT open_stream('count', '{"to": 9}', NULL); SELECT fetch_stream(1, 5); SELECT close_stream(1)`,
  `SET a = 'b;c', "d"; RESET ALL; DISCARD ALL; START TRANSACTION; ROLLBACK WORK`,
];

/** Runs it on damaged inputs; it may do nothing worse than throw a RuntimeError. */
function survives(inputs: readonly Uint8Array[], rounds: number, read: (bytes: Buffer) => void): void {
  for (let round = 0; round < rounds; round++) {
    const bytes = damaged(inputs[below(inputs.length)]);
    const shown = bytes.toString('base64');
    try {
      read(bytes);
    } catch (error) {
      assert.ok(error instanceof RuntimeError, `round ${round}, ${shown}: ${String(error)}`);
    }
  }
}

test('damaged statements are parsed or refused', () => {
  survives(statements.map(Buffer.from), 20_000, (bytes) => parseStatements(bytes));
});

test('damaged rows are read or refused', () => {
  const rows = [
    Buffer.concat([recordImage([1, 'a', [1, 2]]), recordImage([{ nullOf: 700 }, 'b', [3, null]])]),
    recordImage([{ nullOf: 700 }, { nullOf: 25 }, [4]]),
  ];
  survives(rows, 20_000, (bytes) => {
    const columns: Column[] = ['x', 'y', 'z'].map((name) => ({ name, type: undefined, width: undefined }));
    const { rows, batches } = readRecords(columns, bytes);
    for (const { values, width } of batches) assert.equal(values.length, rows * width);
  });
});

const query = (text: string) => encodeFrontend({ type: 'Query', query: text });
const startup = encodeStartup({
  type: 'StartupMessage',
  major: 3,
  minor: 0,
  parameters: new Map([
    ['user', 'pgml'],
    ['application_name', 'fuzz'],
  ]),
});
const beforeLogin = [
  startup,
  Buffer.concat([encodeStartup({ type: 'SSLRequest' }), startup]),
  Buffer.concat([encodeStartup({ type: 'GSSENCRequest' }), startup]),
  encodeStartup({ type: 'CancelRequest', processId: 1, secretKey: Buffer.alloc(4) }),
  Buffer.concat([
    startup,
    encodeFrontend({ type: 'SASLInitialResponse', mechanism: 'SCRAM-SHA-256', data: noise(30) }),
  ]),
  Buffer.concat([
    startup,
    encodeFrontend({ type: 'SASLInitialResponse', mechanism: 'SCRAM-SHA-256', data: Buffer.from('n,,n=,r=abc') }),
    encodeFrontend({ type: 'SASLResponse', data: Buffer.from('c=biws,r=abc,p=AAAA') }),
    query('SELECT 1'),
  ]),
];
const afterLogin = [
  ...statements.map(query),
  Buffer.concat(statements.map(query)),
  encodeFrontend({ type: 'Parse', statement: '', query: 'SELECT 1', parameterTypes: [1, 2] }),
  Buffer.concat([encodeFrontend({ type: 'Describe', target: 'portal', name: '' }), encodeFrontend({ type: 'Sync' })]),
  encodeFrontend({ type: 'FunctionCall', functionId: 1, argumentFormats: [], arguments: [null], resultFormat: 0 }),
  Buffer.concat([encodeFrontend({ type: 'CopyDone' }), encodeFrontend({ type: 'Terminate' }), query('SELECT 1')]),
];

test('damaged conversations harm nobody, wherever the client stops', { timeout: 60_000 }, async () => {
  const door = await openDoor({ maximumMessageBytes: 100_000, startupMilliseconds: 2000 });
  const witness = await TestClient.connect(door.port);
  const rounds = 300;
  for (let round = 0; round < rounds; round++) {
    const loggedIn = round % 2 === 1;
    const client = loggedIn ? await TestClient.connect(door.port) : await TestClient.dial(door.port);
    const inputs = loggedIn ? afterLogin : beforeLogin;
    const bytes = damaged(inputs[below(inputs.length)]);
    const half = below(bytes.length + 1);
    client.write(bytes.subarray(0, half));
    if (below(2) === 0) await new Promise((resolve) => setImmediate(resolve));
    client.write(bytes.subarray(half));
    if (below(2) === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    client.close();
    if (round % 10 === 0) assert.deepEqual(await witness.rows('SELECT 1'), [['1']]);
  }
  const others = door.connections.slice(1);
  assert.equal(others.length, rounds);
  await until(() => others.every(({ state }) => state === 'closed'), 'every connection is closed');
  assert.ok(door.sessions.slice(1).every(({ closed, running }) => closed && running === 0));
  assert.equal(door.sessions[0].closed, false);
  // Nothing of it was a defect.
  assert.ok(!door.fatals.includes('XX000'), door.fatals.join(' '));
  assert.deepEqual(await witness.rows('SELECT 1'), [['1']]);
  await door.close();
});
