import { installedExtension } from '../native.js';
import { fetchedPrograms, installedPrograms } from '../postgres.js';
import { openDblinkDoor } from './dblink.js';
import type { EngineName, OpenEngine } from './engine.js';
import { openNativeDoor } from './native.js';
import { openPglite } from './pglite.js';
import { postgresEngine } from './postgres.js';

const installed = () => Promise.resolve(installedPrograms());

export const engines: Readonly<Record<EngineName, OpenEngine>> = {
  pglite: openPglite,
  native: postgresEngine(installed, openNativeDoor),
  dblink: postgresEngine(installed, openDblinkDoor),
  'dblink-18': postgresEngine(fetchedPrograms, openDblinkDoor),
};

const needs = {
  pglite: () => Promise.resolve({}),
  native: installedExtension,
  dblink: installed,
  'dblink-18': fetchedPrograms,
} as const;

/** Why the engine cannot be had on this machine; undefined if it can. */
export async function obstacle(name: EngineName): Promise<string | undefined> {
  const found: object = await needs[name]();
  return 'missing' in found ? String(found.missing) : undefined;
}
