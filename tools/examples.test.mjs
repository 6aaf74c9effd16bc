import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { root } from './build.mjs';
import { examplePages, executePage, splitPage } from './examples.mjs';

for (const page of examplePages()) {
  test(`the examples in ${page} run and print what the page shows`, async () => {
    const text = fs.readFileSync(path.join(root, page), 'utf8');
    assert.equal(await executePage(text), text);
  });
}

test('splitPage finds blocks and their outputs', () => {
  const page = 'a\n```sql\nSELECT 1;\n```\n\n```text\n1\n```\nb\n```sql\nSELECT 2;\n```\nc\n';
  assert.deepEqual(splitPage(page), [
    { prose: 'a\n' },
    { sql: 'SELECT 1;\n', output: '1\n' },
    { prose: 'b\n' },
    { sql: 'SELECT 2;\n', output: undefined },
    { prose: 'c\n' },
  ]);
});
