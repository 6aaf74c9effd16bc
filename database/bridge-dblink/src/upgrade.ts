/** An installed pgml brought to this version. Tables keep their rows; functions are those of this version afterwards. */
import { applyBridge, storeConnection } from './bridge.js';
import type { Database } from './database.js';
import { settleDblink } from './dblink.js';
import { InstallationError } from './errors.js';
import { declareStable, keepOutOfLog, reachRuntime } from './install.js';
import { currentRelease, type Release, upgradePath } from './release.js';
import { runtimeParameters } from './runtime-address.js';
import { checkServer, readInstallation, readServerFacts } from './server-facts.js';
import { inTransaction } from './transaction.js';

export interface UpgradeOptions {
  /** Another runtime than so far, as for install. */
  readonly runtime?: string | undefined;
}

export interface Upgraded {
  readonly from: string;
  readonly to: string;
}

/** Throws InstallationError, and then has changed nothing. The bridge is put in anew in any case. */
export async function upgrade(
  database: Database,
  { runtime }: UpgradeOptions = {},
  release: Release = currentRelease,
): Promise<Upgraded> {
  const parameters = runtime === undefined ? undefined : runtimeParameters(runtime);
  return inTransaction(database, async () => {
    const facts = await readServerFacts(database);
    checkServer(facts);
    const { bridge, version } = await readInstallation(database);
    if (bridge !== 'dblink')
      throw new InstallationError(
        `pgml is installed with the bridge ${bridge}`,
        'ALTER EXTENSION pgml UPDATE upgrades it',
      );
    const path = upgradePath(version, release);
    if (!path)
      throw new InstallationError(
        `there is no way from pgml ${version}, which is installed, to ${release.version}`,
        `upgrade with pgml ${version} or a later one; this one upgrades from ${startingPoints(release)}`,
      );
    await keepOutOfLog(database, facts.superuser);
    await becomeOwner(database);
    const schema = await settleDblink(database, await currentUser(database));
    await applyBridge(database, schema);
    for (const { sql } of path) await database.query(sql);
    await declareStable(database);
    if (parameters !== undefined) await storeConnection(database, parameters);
    await database.query('UPDATE pgml_bridge.installation SET version = $1, upgraded_at = now()', [release.version]);
    await reachRuntime(database);
    return { from: version, to: release.version };
  });
}

const startingPoints = ({ version, upgrades }: Release): string =>
  [...upgrades.map(({ from }) => from), version].join(', ');

/** What is added belongs to the one who owns the rest, who alone can read the secret. */
async function becomeOwner(database: Database): Promise<void> {
  const [{ owner, allowed }] = await database.query(
    `SELECT relowner::regrole AS owner, pg_has_role(relowner, 'MEMBER') AS allowed
     FROM pg_class WHERE oid = 'pgml_bridge.installation'::regclass`,
  );
  if (!allowed)
    throw new InstallationError(
      `pgml belongs to the role ${owner as string}`,
      'connect as that role, as a member of it, or as a superuser',
    );
  await database.query(`SET LOCAL ROLE ${owner as string}`);
}

async function currentUser(database: Database): Promise<string> {
  const [{ user }] = await database.query('SELECT current_user AS user');
  return user as string;
}
