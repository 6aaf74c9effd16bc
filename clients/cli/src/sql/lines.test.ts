import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteLines } from './lines.js';

test('the lines do not depend on the chunks', async () => {
  const bytes = Buffer.from('one\n\ntwo \xff\r\nlast', 'latin1');
  for (let size = 1; size <= bytes.length; size++) {
    async function* chunks() {
      for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
    }
    const lines: string[] = [];
    for await (const line of byteLines(chunks())) lines.push(Buffer.from(line).toString('latin1'));
    assert.deepEqual(lines, ['one\n', '\n', 'two \xff\r\n', 'last']);
  }
});
