// Compiles the AssemblyScript kernels.
//   training.wasm   SIMD, one shared memory: what fits models and evaluates them beside training
//   evaluate.wasm   the evaluators alone, no SIMD, plain memory, no data segment: runs inside a memory it does not own
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAssembly } from '../../tools/assembly.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = {
  training: ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'simd', '--enable', 'threads'],
  evaluate: ['--disable', 'bulk-memory'],
};

export default function generate() {
  for (const [name, options] of Object.entries(modules)) compileAssembly(here, name, options);
}
