/** What a runtime keeps: the lock, and a password that it made. Models are not kept: databases have them. */
import fs from 'node:fs';
import path from 'node:path';
import { DirectoryInUse, lockDirectory } from '../server-directory/lock.js';
import { ConfigurationError } from './configuration-error.js';
import type { Configuration } from './settings.js';

/** Others of the group may pass to the sockets, which are here unless they have a directory of their own. */
const MODE = 0o750;

/** Makes the directory if it is not there, and locks it against a second runtime. Throws ConfigurationError. */
export function takeStateDirectory({ stateDirectory }: Configuration): () => void {
  const directory = path.resolve(stateDirectory);
  try {
    fs.mkdirSync(directory, { recursive: true, mode: MODE });
    return lockDirectory(directory);
  } catch (error) {
    if (error instanceof DirectoryInUse)
      throw new ConfigurationError(
        `another runtime uses the state directory ${directory}: stop it, or choose another with --state-directory`,
      );
    throw new ConfigurationError(
      `cannot use the state directory ${directory} (${(error as NodeJS.ErrnoException).code}): choose another with --state-directory`,
    );
  }
}
