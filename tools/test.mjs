// `npm test [-- part of a path …]`: build, lint, check the architecture, then run every test file on the built code. The
// tests of the SQL surface run on every engine that can be had here; those of given paths only on that of PGML_TEST_ENGINE.
import fs from 'node:fs';
import path from 'node:path';
import { build, root, run } from './build.mjs';
import { isForEngines, testEngines } from './engines.mjs';
import { testFiles } from './test-files.mjs';

const wanted = process.argv.slice(2);
await build();
if (wanted.length === 0) run('npm', ['run', '--silent', 'lint']);

const tests = testFiles().filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
if (tests.length === 0) {
  console.error(`no test file has ${wanted.join(' or ')} in its path`);
  process.exit(1);
}
const missing = tests.filter((file) => !fs.existsSync(path.join(root, file)));
if (missing.length > 0) {
  console.error(`these test files were not built: ${missing.join(', ')}`);
  process.exit(1);
}
const everywhere = wanted.length === 0 ? tests.filter(isForEngines) : [];
const once = tests.filter((file) => !everywhere.includes(file));
run(process.execPath, ['--enable-source-maps', '--test', '--test-concurrency=2', ...once]);
if (everywhere.length > 0 && !(await testEngines(everywhere))) process.exit(1);
