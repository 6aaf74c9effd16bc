// Compiles the AssemblyScript kernels and writes their bytes as TypeScript, so that any host can load them without files.
//   training.wasm   SIMD, one shared memory: what fits models and evaluates them beside training
//   evaluate.wasm   the evaluators alone, no SIMD, plain memory, no data segment: runs inside a memory it does not own
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStale, writeIfChanged } from '../../tools/stale.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const asc = path.join(here, '../../node_modules/assemblyscript/bin/asc.js');
const common = ['--importMemory', '--runtime', 'stub', '--noAssert', '-O3'];
const modules = {
  training: ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'simd', '--enable', 'threads'],
  evaluate: ['--disable', 'bulk-memory'],
};

export default function generate() {
  for (const [name, options] of Object.entries(modules)) {
    const output = path.join(here, `src/generated/${name}.ts`);
    if (!isStale([output], [path.join(here, 'assembly'), fileURLToPath(import.meta.url)])) continue;
    const wasm = path.join(here, `dist/${name}.wasm`);
    fs.mkdirSync(path.dirname(wasm), { recursive: true });
    execFileSync(process.execPath, [asc, path.join(here, `assembly/${name}.ts`), '-o', wasm, ...common, ...options], {
      stdio: ['ignore', 2, 2],
    });
    const bytes = fs.readFileSync(wasm);
    writeIfChanged(
      output,
      `// Made from assembly/${name}.ts (${bytes.length} bytes of WebAssembly); do not edit.\nexport const ${name}Base64 =\n  '${bytes.toString('base64')}';\n`,
    );
  }
}
