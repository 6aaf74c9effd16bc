import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, encodeText } from '../bytes.js';
import { passwordBytes, saslprep } from './saslprep.js';

test('the examples of RFC 4013 §3', () => {
  assert.equal(saslprep('I\u00adX'), 'IX');
  assert.equal(saslprep('user'), 'user');
  assert.equal(saslprep('USER'), 'USER');
  assert.equal(saslprep('\u00aa'), 'a');
  assert.equal(saslprep('\u2168'), 'IX');
  assert.equal(saslprep('\u0007'), undefined);
  assert.equal(saslprep('\u0627\u0031'), undefined);
});

test('mapping, prohibition and direction', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['a\u00a0b', 'a b'],
    ['a\u3000b', 'a b'],
    ['\u200b', ' '],
    ['\u00ad', undefined], // nothing is left
    ['e\u0301', 'é'],
    ['\ue000', undefined], // private use
    ['\ud800', undefined], // half a surrogate pair
    ['\u{1f600}', undefined], // not in Unicode 3.2
    ['\u0627\u0628', '\u0627\u0628'],
    ['\u0627a\u0628', undefined],
    ['\u0627\u0031\u0628', '\u0627\u0031\u0628'],
  ];
  for (const [given, expected] of table) assert.equal(saslprep(given), expected, JSON.stringify(given));
});

test('what SASLprep refuses, and all ASCII, is taken as it is', () => {
  assert.equal(decodeText(passwordBytes('\u0007\u007f')), '\u0007\u007f');
  assert.equal(decodeText(passwordBytes('ﬁ😀')), 'ﬁ😀');
  assert.equal(decodeText(passwordBytes('ﬁ')), 'fi');
  assert.deepEqual(passwordBytes('\ud800'), encodeText('\ud800'));
});
