import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { checkArchitecture, findCycle, importsOf } from './check-architecture.mjs';

/** A throw-away tree: file name → content. */
function tree(t, files) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-architecture-'));
  t.after(() => fs.rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

const kernels = { name: '@pgml/kernels' };
const engine = { name: '@pgml/engine', dependencies: { '@pgml/kernels': '0.1.0' } };

test('a tree that keeps the rules has no problems', (t) => {
  const root = tree(t, {
    'compute/kernels/package.json': kernels,
    'compute/kernels/src/index.ts': "export * from './memory.js';",
    'compute/kernels/src/memory.ts': 'export const page = 65536;',
    'compute/engine/package.json': engine,
    'compute/engine/src/index.ts': "import { page } from '@pgml/kernels';",
    'compute/engine/src/index.test.ts': "import test from 'node:test';",
    'compute/engine/src/testing/data.ts': "import assert from 'node:assert/strict';",
  });
  assert.deepEqual(checkArchitecture(root), []);
});

test('an import against the layer order is found, also when it is a type import', (t) => {
  const root = tree(t, {
    'compute/kernels/package.json': { ...kernels, dependencies: { '@pgml/runtime': '0.1.0' } },
    'compute/kernels/src/index.ts': "import type { Session } from '@pgml/runtime';",
    'runtime/package.json': { name: '@pgml/runtime' },
    'runtime/src/index.ts': 'export type Session = 1;',
  });
  const problems = checkArchitecture(root);
  assert.equal(problems.length, 1);
  assert.match(problems[0], /compute must not import @pgml\/runtime/);
});

test('anybody may import the protocol, and the protocol nobody', (t) => {
  const root = tree(t, {
    'wire/protocol/package.json': { name: '@pgml/protocol', dependencies: { '@pgml/kernels': '0.1.0' } },
    'wire/protocol/src/index.ts': "import '@pgml/kernels';",
    'compute/kernels/package.json': { ...kernels, dependencies: { '@pgml/protocol': '0.1.0' } },
    'compute/kernels/src/index.ts': 'export {};',
    'compute/kernels/src/a.ts': "import '@pgml/protocol';",
  });
  const problems = checkArchitecture(root);
  assert.match(problems[0], /wire\/protocol must not import @pgml\/kernels|import cycle/);
  assert.ok(!problems.some((problem) => problem.includes('compute must not import')));
});

test('undeclared dependencies, deep imports, node modules and clocks in compute are found', (t) => {
  const root = tree(t, {
    'compute/kernels/package.json': kernels,
    'compute/kernels/src/index.ts': 'export {};',
    'compute/engine/package.json': engine,
    'compute/engine/src/index.ts': [
      "import fs from 'node:fs';",
      "import { f } from '@pgml/kernels/dist/memory.js';",
      "import pg from 'pg';",
      'const now = Date.now();',
    ].join('\n'),
  });
  const problems = checkArchitecture(root).join('\n');
  assert.match(problems, /must not import node:fs/);
  assert.match(problems, /by its name, not a file inside it/);
  assert.match(problems, /pg is not among the dependencies/);
  assert.match(problems, /no clock/);
});

test('a cycle of files is found, whatever its length', (t) => {
  const root = tree(t, {
    'compute/kernels/package.json': kernels,
    'compute/kernels/src/a.ts': "import './b.js';",
    'compute/kernels/src/b.ts': "export { c } from './c.js';",
    'compute/kernels/src/c.ts': "import type { a } from './a.js';",
  });
  assert.match(checkArchitecture(root).join('\n'), /import cycle: .*a\.ts -> .*b\.ts -> .*c\.ts -> .*a\.ts/);
});

test('importsOf reads every form and ignores comments', () => {
  const source = `
    import a from './a.js';
    import { b,
      c } from './b.js'; export * from './d.js';
    import './e.js';
    // import './no.js';
    const f = await import('./f.js');
  `;
  assert.deepEqual(importsOf(source), ['./a.js', './b.js', './d.js', './e.js', './f.js']);
});

test('findCycle gives the nodes of the cycle, or nothing', () => {
  assert.equal(
    findCycle(
      new Map([
        ['a', ['b']],
        ['b', []],
      ]),
    ),
    undefined,
  );
  assert.deepEqual(
    findCycle(
      new Map([
        ['a', ['b']],
        ['b', ['a']],
      ]),
    ),
    ['a', 'b', 'a'],
  );
});
