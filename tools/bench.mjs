// `npm run bench [-- name …]`: runs proof/bench/<name>/main.mjs one after the other. Benchmarks print; they never fail a build.
import fs from 'node:fs';
import path from 'node:path';
import { build, root, run } from './build.mjs';

const folder = path.join(root, 'proof/bench');
const known = fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, 'main.mjs')));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}
await build();
for (const name of wanted.length > 0 ? wanted : known) {
  console.log(`# ${name}`);
  run(process.execPath, ['--enable-source-maps', path.join(folder, name, 'main.mjs')]);
}
