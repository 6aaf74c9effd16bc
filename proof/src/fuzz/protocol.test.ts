import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzProtocol } from './protocol.js';

test('damaged conversations are cut, understood or refused, and nothing else', () => {
  const tally = fuzzProtocol(1, ({ rounds }) => rounds === 400);
  // The corpus is worth something only if much of it is understood and much refused.
  assert.ok(tally.understood > 20_000 && tally.refused > 5_000, JSON.stringify(tally));
});
