import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatenate, decodeText, encodeText } from './bytes.js';
import { namesIn, readyStatus, renameIn } from './raw.js';
import { bytes, frame } from './testing/bytes.js';

const prefixed = (target: string, name: Uint8Array): Uint8Array =>
  name.length === 0 ? name : concatenate([encodeText(target === 'statement' ? 'S_' : 'P_'), name]);

const table: readonly (readonly [string, readonly string[], string])[] = [
  ["'P' 0000000e 'a' 00 'q' 00 0001 00000017", ['statement a'], "'P' 00000010 'S_a' 00 'q' 00 0001 00000017"],
  [
    "'B' 00000013 'p' 00 's' 00 0000 0001 00000001 78 0000",
    ['portal p', 'statement s'],
    "'B' 00000017 'P_p' 00 'S_s' 00 0000 0001 00000001 78 0000",
  ],
  ["'B' 0000000d 00 's' 00 0000 0000 0000", ['portal ', 'statement s'], "'B' 0000000f 00 'S_s' 00 0000 0000 0000"],
  ["'D' 00000007 'S' 's' 00", ['statement s'], "'D' 00000009 'S' 'S_s' 00"],
  ["'D' 00000007 'P' 'p' 00", ['portal p'], "'D' 00000009 'P' 'P_p' 00"],
  ["'C' 00000007 'S' ff 00", ['statement \ufffd'], "'C' 00000009 'S' 'S_' ff 00"],
  ["'E' 0000000a 'p' 00 00000000", ['portal p'], "'E' 0000000c 'P_p' 00 00000000"],
  ["'S' 00000004", [], "'S' 00000004"],
  ["'Q' 00000006 'a' 00", [], "'Q' 00000006 'a' 00"],
];

for (const [given, names, renamed] of table)
  test(`names in ${given}`, () => {
    assert.deepEqual(
      namesIn(frame(given)).map(({ target, name }) => `${target} ${decodeText(name)}`),
      names,
    );
    assert.deepEqual(
      renameIn(frame(given), ({ target, name }) => prefixed(target, name)),
      bytes(renamed),
    );
  });

test('a frame whose names stay is passed on uncopied', () => {
  const given = frame("'B' 0000000c 00 00 0000 0000 0000");
  assert.equal(
    renameIn(given, ({ target, name }) => prefixed(target, name)),
    given.bytes,
  );
});

test('broken frames are refused', () => {
  for (const written of ["'P' 00000005 'a'", "'D' 00000006 'X' 00", "'C' 00000004", "'B' 00000006 'a' 00"])
    assert.throws(() => namesIn(frame(written)), { name: 'ProtocolError', sqlstate: '08P01' }, written);
  assert.throws(() => renameIn(frame("'E' 0000000a 'p' 00 00000000"), () => bytes('00')), /zero byte/);
});

test('the status of ReadyForQuery', () => {
  assert.equal(readyStatus(frame("'Z' 00000005 'T'")), 'T');
  assert.throws(() => readyStatus(frame("'Z' 00000005 'x'")), { name: 'ProtocolError' });
  assert.throws(() => readyStatus(frame("'S' 00000004")), { name: 'ProtocolError' });
});
