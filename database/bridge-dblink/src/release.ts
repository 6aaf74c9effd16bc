/** What this version of pgml puts into a database. */
import { extensionVersion, schemaFiles, schemaUpgrades } from '@pgml/schema';

/** Changes of the schema from one released version to the next. */
export interface Upgrade {
  readonly from: string;
  readonly to: string;
  readonly sql: string;
}

export interface Release {
  readonly version: string;
  /** The whole schema, in install order. */
  readonly schema: readonly string[];
  readonly upgrades: readonly Upgrade[];
}

export const currentRelease: Release = {
  version: extensionVersion,
  // What only CREATE EXTENSION understands is left out.
  schema: schemaFiles.filter(({ name }) => name !== '90_extension.sql').map(({ sql }) => sql),
  upgrades: schemaUpgrades,
};

/** The upgrades that lead from one version to the other, in order; undefined if there is no way. */
export function upgradePath(from: string, { version, upgrades }: Release): readonly Upgrade[] | undefined {
  const path: Upgrade[] = [];
  for (let at = from; at !== version; at = path.at(-1)!.to) {
    const next = upgrades.find((upgrade) => upgrade.from === at);
    if (!next || path.length === upgrades.length) return undefined;
    path.push(next);
  }
  return path;
}
