/** The functions of the seam as SQL, for a database in which the library is not installed as an extension. */
import fs from 'node:fs';

const file = new URL('../sql/bridge.sql', import.meta.url);

/** Makes the schema `pgml_bridge` with functions of this library; only a superuser may run it. */
export function bridgeSql(library: string): string {
  return fs.readFileSync(file, 'utf8').replaceAll('MODULE_PATHNAME', library.replaceAll("'", "''"));
}
