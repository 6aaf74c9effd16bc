// Writes the seam's SQL as TypeScript, so that the bridge needs no files at run time, and compiles the shortcut.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAssembly } from '../../tools/assembly.mjs';
import { isStale, writeGenerated } from '../../tools/stale.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

export default function generate() {
  writeBridgeSql();
  compileAssembly(here, 'shortcut', ['--disable', 'bulk-memory']);
}

function writeBridgeSql() {
  const source = path.join(here, '../bridge/sql/library.sql');
  const output = path.join(here, 'src/generated/bridge-sql.ts');
  if (!isStale([output], [source, fileURLToPath(import.meta.url)])) return;
  const sql = JSON.stringify(fs.readFileSync(source, 'utf8'));
  writeGenerated(
    output,
    `// Made from database/bridge/sql/library.sql; do not edit.\nexport const bridgeSql = ${sql};\n`,
  );
}
