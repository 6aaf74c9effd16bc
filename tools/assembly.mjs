// Compiles AssemblyScript and writes the bytes as a TypeScript module, so that any host can load them without files.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStale, writeGenerated } from './stale.mjs';

const compiler = fileURLToPath(new URL('../node_modules/assemblyscript/bin/asc.js', import.meta.url));
const common = ['--importMemory', '--runtime', 'stub', '--noAssert', '-O3'];

/** `folder`/assembly/<name>.ts → `folder`/src/generated/<name>.ts, with a constant <name>Base64; and dist/<name>.wasm. */
export function compileAssembly(folder, name, options) {
  const source = path.join(folder, `assembly/${name}.ts`);
  const output = path.join(folder, `src/generated/${name}.ts`);
  if (!isStale([output], [path.dirname(source), path.join(folder, 'generate.mjs'), fileURLToPath(import.meta.url)]))
    return;
  const wasm = path.join(folder, `dist/${name}.wasm`);
  fs.mkdirSync(path.dirname(wasm), { recursive: true });
  execFileSync(process.execPath, [compiler, source, '-o', wasm, ...common, ...options], { stdio: ['ignore', 2, 2] });
  const bytes = fs.readFileSync(wasm);
  writeGenerated(
    output,
    `// Made from assembly/${name}.ts (${bytes.length} bytes of WebAssembly); do not edit.\nexport const ${name}Base64 =\n  '${bytes.toString('base64')}';\n`,
  );
}
