import { fetchedPrograms, installedPrograms } from '../postgres.js';
import { installDblink } from './dblink.js';
import type { EngineName, OpenEngine } from './engine.js';
import { installNative } from './native.js';
import { openPglite } from './pglite.js';
import { postgresEngine } from './postgres.js';

const installed = () => Promise.resolve(installedPrograms());

export const engines: Readonly<Record<EngineName, OpenEngine>> = {
  pglite: openPglite,
  'native-15': postgresEngine(installed, installNative),
  'dblink-15': postgresEngine(installed, installDblink),
  'dblink-18': postgresEngine(fetchedPrograms, installDblink),
};
