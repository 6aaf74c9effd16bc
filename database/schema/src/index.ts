import { files, upgrades } from './generated/schema.js';

/**
 * The SQL of the schema `pgml`, in install order. It expects the schema to exist, and a bridge in the schema
 * `pgml_bridge`; it is run with check_function_bodies off, as CREATE EXTENSION does. The last file, 90_extension.sql, can
 * only be run by CREATE EXTENSION.
 */
export const schemaFiles: readonly { readonly name: string; readonly sql: string }[] = files;

/** Also what pgml.version() tells in parentheses. */
export const extensionVersion = '0.1.0';

/**
 * How to get from one released version to the next: the files upgrades/<from>--<to>.sql, each of which changes tables,
 * replaces functions, and keeps all data. ALTER EXTENSION UPDATE and the bridges without an extension run the same files.
 */
export const schemaUpgrades: readonly { readonly from: string; readonly to: string; readonly sql: string }[] = upgrades;
