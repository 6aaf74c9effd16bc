// Translates evaluate.wasm to C (wasm2c of wabt), so that a PostgreSQL backend runs the same evaluators as every other host.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStale } from '../../tools/stale.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const wasm2c = fileURLToPath(new URL('../../node_modules/wabt/bin/wasm2c', import.meta.url));
const compiled = fileURLToPath(new URL('../../compute/kernels/src/generated/evaluate.ts', import.meta.url));

/** extension/generated/evaluate.c and .h. The kernels must have been compiled. */
export function translateEvaluators() {
  const output = path.join(here, 'extension/generated/evaluate.c');
  if (!isStale([output], [compiled, fileURLToPath(import.meta.url)])) return;
  const wasm = path.join(here, 'extension/generated/evaluate.wasm');
  const [, base64] = /'([A-Za-z0-9+/=]+)'/.exec(fs.readFileSync(compiled, 'utf8'));
  fs.mkdirSync(path.dirname(wasm), { recursive: true });
  fs.writeFileSync(wasm, Buffer.from(base64, 'base64'));
  execFileSync(process.execPath, [wasm2c, wasm, '--module-name', 'evaluate', '--no-debug-names', '-o', output], {
    stdio: ['ignore', 2, 2],
  });
}
