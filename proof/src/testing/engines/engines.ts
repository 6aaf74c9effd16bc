import { fetchedPrograms, installedPrograms } from '../postgres.js';
import { openDblinkDoor } from './dblink.js';
import type { EngineName, OpenEngine } from './engine.js';
import { openNativeDoor } from './native.js';
import { openPglite } from './pglite.js';
import { postgresEngine } from './postgres.js';

const installed = () => Promise.resolve(installedPrograms());

export const engines: Readonly<Record<EngineName, OpenEngine>> = {
  pglite: openPglite,
  'native-15': postgresEngine(installed, openNativeDoor),
  'dblink-15': postgresEngine(installed, openDblinkDoor),
  'dblink-18': postgresEngine(fetchedPrograms, openDblinkDoor),
};
