// Assembles the script that CREATE EXTENSION runs, the seam and the schema above it; and translates the evaluators to C.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStale, writeGenerated } from '../../tools/stale.mjs';
import { translateEvaluators } from './evaluators.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

export default function generate() {
  writeScript();
  translateEvaluators();
}

function writeScript() {
  const schema = path.join(here, '../schema/sql');
  const files = [
    path.join(here, '../bridge/sql/library.sql'),
    path.join(here, 'sql/deployment-lock.sql'),
    ...fs
      .readdirSync(schema)
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .map((name) => path.join(schema, name)),
  ];
  const control = fs.readFileSync(path.join(here, 'extension/pgml.control'), 'utf8');
  const [, version] = /^default_version = '(.+)'$/m.exec(control);
  const output = path.join(here, `extension/generated/pgml--${version}.sql`);
  if (!isStale([output], [...files, schema, fileURLToPath(import.meta.url)])) return;
  writeGenerated(output, files.map((file) => fs.readFileSync(file, 'utf8')).join('\n'));
}
