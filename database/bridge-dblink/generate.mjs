// Packs sql/*.sql, in the order of their names, into TypeScript, so that the bridge can be installed without files.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeGenerated } from '../../tools/stale.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

export default function generate() {
  const folder = path.join(here, 'sql');
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const sql = files.sort().map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  writeGenerated(
    path.join(here, 'src/generated/bridge-sql.ts'),
    `// Made from sql/*.sql; do not edit.\nexport const bridgeSql = ${JSON.stringify(sql.join('\n'))};\n`,
  );
}
