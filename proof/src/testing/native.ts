/** The native extension, compiled for the newest PostgreSQL that is installed here. */
import path from 'node:path';
import { buildExtension, type Extension, ExtensionError } from '@pgml/bridge-native';
import { cacheDirectory } from '@pgml/postgres';
import { installedPrograms, type Missing } from './postgres.js';

export async function compiledExtension(): Promise<Extension | Missing> {
  const programs = installedPrograms();
  if ('missing' in programs) return programs;
  try {
    return await buildExtension({ pgConfig: path.join(programs.directory, 'pg_config'), cache: cacheDirectory() });
  } catch (error) {
    if (error instanceof ExtensionError) return { missing: error.message };
    throw error;
  }
}
