// Packs sql/*.sql, in the order of their names, into TypeScript, so that any host can install the schema without files.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeGenerated } from '../../tools/stale.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

export default function generate() {
  const folder = path.join(here, 'sql');
  const output = path.join(here, 'src/generated/schema.ts');
  const files = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: fs.readFileSync(path.join(folder, name), 'utf8') }));
  writeGenerated(
    output,
    `// Made from sql/*.sql; do not edit.\nexport const files = ${JSON.stringify(files, null, 2)};\n`,
  );
}
