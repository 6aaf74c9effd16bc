/** `pgml install`: pgml into a database of any PostgreSQL server. */
import { install as installInto } from '@pgml/bridge-dblink';
import type { Environment, FlagValue } from '../arguments.js';
import { UsageError } from '../errors.js';
import { explained } from './explain.js';
import { withDatabase } from './open-database.js';

export async function install(
  url: string | undefined,
  flags: ReadonlyMap<string, FlagValue>,
  environment: Environment,
): Promise<number> {
  const runtime = flags.get('runtime')?.values[0];
  if (runtime === undefined)
    throw new UsageError('say where the runtime is: --runtime postgresql://pgml:password@host:6433');
  const owner = flags.get('owner')?.values[0];
  const installed = await explained(() =>
    withDatabase(url, environment, (database) => installInto(database, { runtime, owner })),
  );
  process.stdout.write(`pgml ${installed.version} is installed, and belongs to the role ${installed.owner}.
Other roles may use it once they have rights to the schema pgml: GRANT USAGE ON SCHEMA pgml TO …
pgml doctor examines it; pgml uninstall removes it.
`);
  return 0;
}
