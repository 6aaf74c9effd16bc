// Packs sql/*.sql, in the order of their names, and upgrades/*.sql into TypeScript, so that any host can install the schema
// without files.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeGenerated } from '../../tools/stale.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

export default function generate() {
  const output = path.join(here, 'src/generated/schema.ts');
  const upgrades = readSql('upgrades').map(({ name, sql }) => {
    const [, from, to] = /^(.+)--(.+)\.sql$/.exec(name);
    return { from, to, sql };
  });
  writeGenerated(
    output,
    `// Made from sql/*.sql and upgrades/*.sql; do not edit.
export const files: { name: string; sql: string }[] = ${JSON.stringify(readSql('sql'), null, 2)};
export const upgrades: { from: string; to: string; sql: string }[] = ${JSON.stringify(upgrades, null, 2)};
`,
  );
}

/** Git keeps no empty folder: before the first upgrade there is none. */
function readSql(name) {
  const folder = path.join(here, name);
  if (!fs.existsSync(folder)) return [];
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return files.sort().map((file) => ({ name: file, sql: fs.readFileSync(path.join(folder, file), 'utf8') }));
}
