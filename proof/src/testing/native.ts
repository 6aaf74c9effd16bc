/** The native extension, compiled for the newest PostgreSQL that is installed here. */
import path from 'node:path';
import {
  buildExtension,
  CompilationError,
  type Extension,
  ExtensionError,
  installExtension,
} from '@pgml/bridge-native';
import { cacheDirectory } from '@pgml/postgres';
import { installedPrograms, type Missing } from './postgres.js';

export async function compiledExtension(): Promise<Extension | Missing> {
  const programs = installedPrograms();
  if ('missing' in programs) return programs;
  const pgConfig = path.join(programs.directory, 'pg_config');
  return orMissing(() => buildExtension({ pgConfig, cache: cacheDirectory(), strict: true }));
}

/** Where CREATE EXTENSION finds it, too. */
export async function installedExtension(): Promise<Extension | Missing> {
  const extension = await compiledExtension();
  if ('missing' in extension) return extension;
  return orMissing(async () => {
    await installExtension(extension);
    return extension;
  });
}

/** What cannot be had on this machine is a reason to skip tests; sources that do not compile are a failure. */
async function orMissing(make: () => Promise<Extension>): Promise<Extension | Missing> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof ExtensionError && !(error instanceof CompilationError)) return { missing: error.message };
    throw error;
  }
}
