// The house rules that a machine can check (design: arrows only go down).
//   1. A package imports only packages of its own layer or a lower one, and declares each in its package.json.
//   2. No cycle of imports, between packages or files; type imports count.
//   3. compute/ is portable: no node: module, no clock, no Math.random outside tests (x.test.ts, and testing/ for what they share).
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow } from './stale.mjs';

/** Top layer first. `wire/protocol` is a leaf that anybody may import, so it stands at the bottom. */
const layers = ['proof', 'clients', 'wire', 'database', 'runtime', 'compute', 'wire/protocol'];

const layerOf = (folder) =>
  layers.reduce((best, layer) => {
    const inside = folder === layer || folder.startsWith(`${layer}/`);
    return inside && layer.length > (best?.length ?? 0) ? layer : best;
  }, undefined);

/** The specifiers of static imports, re-exports and import() with a literal, type imports included. */
export function importsOf(source) {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const pattern =
    /(?:^|[;\s])(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...code.matchAll(pattern)].map((match) => match[1] ?? match[2]);
}

function readPackages(root) {
  const manifests = filesBelow(root, (file) => path.basename(file) === 'package.json' && path.dirname(file) !== root);
  return manifests.map((file) => {
    const { name, dependencies = {} } = JSON.parse(fs.readFileSync(file, 'utf8'));
    return { name, dependencies, folder: path.relative(root, path.dirname(file)) };
  });
}

/** The first cycle found in a graph given as node → successors, as the list of its nodes; undefined if there is none. */
export function findCycle(graph) {
  const state = new Map();
  const visit = (node, trail) => {
    state.set(node, 'open');
    for (const next of graph.get(node) ?? []) {
      if (state.get(next) === 'open') return [...trail.slice(trail.indexOf(next)), next];
      if (!state.has(next)) {
        const cycle = visit(next, [...trail, next]);
        if (cycle) return cycle;
      }
    }
    state.set(node, 'done');
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = state.has(node) ? undefined : visit(node, [node]);
    if (cycle) return cycle;
  }
  return undefined;
}

/** All violations in the tree at `root`, one sentence each. */
export function checkArchitecture(root) {
  const problems = [];
  const packages = readPackages(root);
  const byName = new Map(packages.map((entry) => [entry.name, entry]));
  const packageGraph = new Map(packages.map((entry) => [entry.name, new Set()]));
  const fileGraph = new Map();

  for (const entry of packages) {
    const layer = layerOf(entry.folder);
    if (!layer) problems.push(`${entry.folder}: this folder belongs to no layer (${layers.join(' > ')})`);
    for (const file of filesBelow(path.join(root, entry.folder, 'src'), (name) => name.endsWith('.ts'))) {
      const shown = path.relative(root, file);
      const source = fs.readFileSync(file, 'utf8');
      const test = /\.test\.ts$|\/testing\//.test(shown);
      fileGraph.set(file, new Set());
      for (const specifier of importsOf(source)) {
        if (specifier.startsWith('.')) {
          fileGraph.get(file).add(path.resolve(path.dirname(file), specifier.replace(/\.js$/, '.ts')));
          continue;
        }
        if (specifier.startsWith('node:')) {
          if (layer === 'compute' && !test)
            problems.push(`${shown}: compute/ is portable and must not import ${specifier}`);
          continue;
        }
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        const target = byName.get(name);
        if (name !== entry.name && !(name in entry.dependencies))
          problems.push(`${shown}: ${name} is not among the dependencies of ${entry.folder}/package.json`);
        if (!target) continue;
        if (specifier !== name)
          problems.push(`${shown}: import ${name} by its name, not a file inside it (${specifier})`);
        packageGraph.get(entry.name).add(name);
        if (layers.indexOf(layerOf(target.folder)) < layers.indexOf(layer))
          problems.push(
            `${shown}: ${layer} must not import ${name}, which is in the layer ${layerOf(target.folder)} above it`,
          );
      }
      if (layer === 'compute' && !test && /\b(Math\.random|Date\.now|new Date|performance\.now)\b/.test(source))
        problems.push(`${shown}: compute/ knows no clock and no unseeded randomness`);
    }
  }
  for (const graph of [packageGraph, fileGraph]) {
    const cycle = findCycle(graph);
    if (cycle)
      problems.push(`import cycle: ${cycle.map((node) => path.relative(root, path.resolve(root, node))).join(' -> ')}`);
  }
  return problems;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = checkArchitecture(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
}
