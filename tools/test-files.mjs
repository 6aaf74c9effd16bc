// The compiled files of all tests, and of the tests of tools.
import path from 'node:path';
import { root, workspaces } from './build.mjs';
import { filesBelow } from './stale.mjs';

/** Paths relative to the root; those of sources that were not compiled are among them. */
export function testFiles() {
  const compiled = workspaces().flatMap((folder) =>
    filesBelow(path.join(folder, 'src'), (file) => file.endsWith('.test.ts')).map((file) =>
      file.replace(path.join(folder, 'src'), path.join(folder, 'dist')).replace(/\.ts$/, '.js'),
    ),
  );
  const ofTools = filesBelow(path.join(root, 'tools'), (file) => file.endsWith('.test.mjs'));
  return [...compiled, ...ofTools].map((file) => path.relative(root, file));
}
