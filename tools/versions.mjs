// `npm run versions [-- 13 14 …]`: the tests that depend on the version of PostgreSQL. Without versions on the server that
// is installed here, or whose programs PGML_POSTGRES_BIN names; with versions on each of them, in a system of its own.
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { build, root } from './build.mjs';
import { isForEngines, testEngines } from './engines.mjs';
import { enterSystem, makeSystem, obstacle, versions } from './systems.mjs';
import { testFiles } from './test-files.mjs';

const ENGINES = ['native', 'dblink'];
/** Beside the tests of the SQL surface and the contract. Version 18 from npm is not the one asked for. */
const dependsOnVersion = (file) =>
  /proof\/dist\/(contracts\/native-|contracts\/same-bits|dblink\/|replicas\/|wire\/up-postgres)/.test(file) &&
  !file.includes('trouble-fetched');

async function testHere() {
  const compiled = (file) => import(pathToFileURL(path.join(root, 'proof/dist/testing', file)).href);
  const { installedPrograms } = await compiled('postgres.js');
  const { obstacle: obstacleOf } = await compiled('engines/engines.js');
  for (const engine of ENGINES) {
    const reason = await obstacleOf(engine);
    if (reason !== undefined) throw new Error(`the ${engine} bridge cannot be tested: ${reason}`);
  }
  const { version, directory } = installedPrograms();
  console.log(`PostgreSQL ${version} in ${directory}`);
  const files = testFiles();
  const flags = ['--enable-source-maps', '--test', '--test-reporter=spec', '--test-concurrency=2'];
  const others = spawnSync(process.execPath, [...flags, ...files.filter(dependsOnVersion)], {
    cwd: root,
    stdio: 'inherit',
  });
  const surface = await testEngines(files.filter(isForEngines), ENGINES);
  return others.status === 0 && surface;
}

function testOn(wanted) {
  const unknown = wanted.filter((version) => !versions.includes(version));
  if (unknown.length > 0) throw new Error(`versions are ${versions.join(', ')}, not ${unknown.join(' or ')}`);
  const reason = obstacle();
  if (reason !== undefined) throw new Error(reason);
  const failed = wanted.filter((version) => {
    console.log(`PostgreSQL ${version}: preparing a system that has it`);
    const system = makeSystem(version);
    return enterSystem(system, 'node tools/versions.mjs', { stdio: 'inherit' }).status !== 0;
  });
  console.log(failed.length === 0 ? `all is well on ${wanted.join(', ')}` : `failed on ${failed.join(', ')}`);
  return failed.length === 0;
}

try {
  const wanted = process.argv.slice(2);
  await build();
  const isWell = wanted.length === 0 ? await testHere() : testOn(wanted);
  process.exitCode = isWell ? 0 : 1;
} catch (error) {
  console.error(`versions: ${error.message}`);
  process.exitCode = 1;
}
