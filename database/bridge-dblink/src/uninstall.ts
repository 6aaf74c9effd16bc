/** pgml taken out of a database, with all that it holds. */
import { type Database, onlyRow } from './database.js';
import { InstallationError } from './errors.js';
import { readInstallation } from './server-facts.js';
import { inTransaction } from './transaction.js';

/** What would be lost. */
export interface Losses {
  readonly version: string;
  readonly projects: number;
  readonly models: number;
  /** Views, functions, defaults and the like outside of pgml that use it, as PostgreSQL describes them. */
  readonly dependents: readonly string[];
}

export async function losses(database: Database): Promise<Losses> {
  const { bridge, version } = await readInstallation(database);
  if (bridge !== 'dblink')
    throw new InstallationError(
      `pgml is installed with the bridge ${bridge}`,
      'DROP EXTENSION pgml removes it, with all its projects and models',
    );
  const { projects, models } = await onlyRow(
    database,
    'SELECT (SELECT count(*) FROM pgml.projects)::int AS projects, (SELECT count(*) FROM pgml.models)::int AS models',
  );
  return {
    version,
    projects: projects as number,
    models: models as number,
    dependents: (await database.query(DEPENDENTS)).map(({ dependent }) => dependent as string),
  };
}

/** Removes both schemas, whatever is in them or depends on them. The extension dblink stays. */
export async function uninstall(database: Database): Promise<void> {
  await inTransaction(database, async () => {
    await readInstallation(database);
    await database.query('DROP SCHEMA pgml, pgml_bridge CASCADE');
  });
}

// Rules, triggers, defaults and constraints are named by the relation that they belong to.
const DEPENDENTS = `
  WITH inside AS (
    SELECT 'pg_proc'::regclass AS class, oid FROM pg_proc WHERE pronamespace IN ('pgml'::regnamespace, 'pgml_bridge'::regnamespace)
    UNION ALL
    SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace IN ('pgml'::regnamespace, 'pgml_bridge'::regnamespace)
    UNION ALL
    SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace IN ('pgml'::regnamespace, 'pgml_bridge'::regnamespace)
  ), dependent AS (
    SELECT DISTINCT pg_depend.classid, pg_depend.objid,
      coalesce(rule.ev_class, trigger.tgrelid, value.adrelid, nullif(constraints.conrelid, 0),
        CASE WHEN pg_depend.classid = 'pg_class'::regclass THEN pg_depend.objid END) AS relation
    FROM inside
    JOIN pg_depend ON pg_depend.refclassid = inside.class AND pg_depend.refobjid = inside.oid
    LEFT JOIN pg_rewrite AS rule ON pg_depend.classid = 'pg_rewrite'::regclass AND rule.oid = pg_depend.objid
    LEFT JOIN pg_trigger AS trigger ON pg_depend.classid = 'pg_trigger'::regclass AND trigger.oid = pg_depend.objid
    LEFT JOIN pg_attrdef AS value ON pg_depend.classid = 'pg_attrdef'::regclass AND value.oid = pg_depend.objid
    LEFT JOIN pg_constraint AS constraints ON pg_depend.classid = 'pg_constraint'::regclass AND constraints.oid = pg_depend.objid
    WHERE (pg_depend.classid, pg_depend.objid) NOT IN (SELECT class, oid FROM inside)
  )
  SELECT DISTINCT CASE WHEN relation IS NULL THEN pg_describe_object(classid, objid, 0)
    ELSE pg_describe_object('pg_class'::regclass, relation, 0) END AS dependent
  FROM dependent
  LEFT JOIN pg_class ON pg_class.oid = relation
  WHERE coalesce(relnamespace NOT IN ('pgml'::regnamespace, 'pgml_bridge'::regnamespace, 'pg_toast'::regnamespace), classid = 'pg_proc'::regclass)
  ORDER BY dependent`;
