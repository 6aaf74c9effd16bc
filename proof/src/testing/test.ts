/** `test` of node:test, for tests that run on every engine: those that differences.ts lists are expected to fail. */
import assert from 'node:assert/strict';
import nodeTest, { after, type TestContext } from 'node:test';
import { type Difference, differencesHere } from './differences.js';

export { after, before } from 'node:test';

/** By entry, how many tests it is about. */
const concerned = new Map<Difference, number>(differencesHere().map((difference) => [difference, 0]));

after(() => {
  for (const [{ file, test }, count] of concerned)
    assert.ok(count > 0, `proof/src/testing/differences.ts: there is no test "${test}" in ${file}`);
});

export function test(name: string, body: () => Promise<void> | void): void {
  const difference = differenceOf(name);
  if (!difference) {
    void nodeTest(name, body);
    return;
  }
  void nodeTest(name, async (context: TestContext) => {
    try {
      await body();
    } catch {
      context.skip(difference.because);
      return;
    }
    assert.fail('this holds here: remove its entry from proof/src/testing/differences.ts');
  });
}

function differenceOf(name: string): Difference | undefined {
  for (const [difference, count] of concerned)
    if (difference.test instanceof RegExp ? difference.test.test(name) : difference.test === name) {
      concerned.set(difference, count + 1);
      return difference;
    }
  return undefined;
}
