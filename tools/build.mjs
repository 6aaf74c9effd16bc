// Brings everything that is built up to date: dependencies, generated sources, TypeScript, the template cluster.
// `npm run build` calls it; so do `npm start` and `npm test`, which is why nothing is done when nothing changed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { filesBelow, isStale } from './stale.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'node_modules/.cache/pgml/build-stamp');

/** Runs a command and ends the process with its status when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function installDependencies() {
  const installed = path.join(root, 'node_modules/.package-lock.json');
  if (!isStale([installed], [path.join(root, 'package-lock.json')])) return;
  console.error('pgml: installing dependencies (npm ci)');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: ['ignore', 2, 2] });
}

/** Folders of all workspaces, as package.json lists them. */
export function workspaces() {
  const { workspaces: patterns } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  return patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [path.join(root, pattern)];
    const parent = path.join(root, pattern.slice(0, -2));
    return fs
      .readdirSync(parent)
      .map((name) => path.join(parent, name))
      .filter((folder) => fs.existsSync(path.join(folder, 'package.json')));
  });
}

/** A workspace that needs sources made from something else, or files made after compiling, has one of these scripts. */
async function runHooks(name) {
  for (const folder of workspaces()) {
    const script = path.join(folder, name);
    if (fs.existsSync(script)) await (await import(pathToFileURL(script).href)).default();
  }
}

export async function build() {
  installDependencies();
  const inputs = [...workspaces(), path.join(root, 'tools'), path.join(root, 'tsconfig.base.json')];
  if (
    !isStale(
      [stamp],
      inputs.flatMap((folder) => filesBelow(folder, (file) => !file.includes('/generated/'))),
    )
  )
    return;
  console.error('pgml: building');
  await runHooks('generate.mjs');
  run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-b'], { stdio: ['ignore', 2, 2] });
  await runHooks('prepare.mjs');
  fs.mkdirSync(path.dirname(stamp), { recursive: true });
  fs.writeFileSync(stamp, '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
