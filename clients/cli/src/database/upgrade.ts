/** `pgml upgrade`: an installed pgml brought to the version of this tool. */
import { upgrade as upgradeIn } from '@pgml/bridge-dblink';
import type { Environment, FlagValue } from '../arguments.js';
import { explained } from './explain.js';
import { withDatabase } from './open-database.js';

export async function upgrade(
  url: string | undefined,
  flags: ReadonlyMap<string, FlagValue>,
  environment: Environment,
): Promise<number> {
  const runtime = flags.get('runtime')?.values[0];
  const { from, to } = await explained(() =>
    withDatabase(url, environment, (database) => upgradeIn(database, { runtime })),
  );
  process.stdout.write(
    from === to
      ? `pgml is already at ${to}; its bridge was put in anew.\n`
      : `pgml was upgraded from ${from} to ${to}.\n`,
  );
  return 0;
}
