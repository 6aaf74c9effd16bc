/** The functions of the seam as SQL, for a database in which the library is not installed as an extension. */
import fs from 'node:fs';

const files = ['../../bridge/sql/library.sql', '../sql/deployment-lock.sql'];

/** Makes the schema `pgml_bridge` with functions of this library; only a superuser may run it. */
export function bridgeSql(library: string): string {
  const sql = files.map((file) => fs.readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n');
  return sql.replaceAll('MODULE_PATHNAME', library.replaceAll("'", "''"));
}
