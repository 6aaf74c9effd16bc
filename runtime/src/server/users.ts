/** Who may come through the PostgreSQL door. */
import fs from 'node:fs';
import path from 'node:path';
import { makeVerifier, parseVerifier, type ScramVerifier } from '@pgml/protocol';
import { replaceFile } from '../server-directory/durable-files.js';
import { newPassword } from '../server-directory/server-directory.js';
import { DEFAULT_USER } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { readSecretFile } from './secret-file.js';
import type { Configuration, User } from './settings.js';

export type Users = ReadonlyMap<string, ScramVerifier>;

/**
 * The verifier of each user. Where the configuration names nobody, the user pgml has the password that the state
 * directory keeps, which is made if it is not there yet. Throws ConfigurationError.
 */
export function loadUsers({ users, password, passwordFile, stateDirectory }: Configuration): Users {
  const loaded = new Map(Object.entries(users).map(([name, user]) => [name, verifierOf(name, user)]));
  if (password !== '') loaded.set(DEFAULT_USER, makeVerifier(password));
  else if (passwordFile !== '') loaded.set(DEFAULT_USER, makeVerifier(readSecretFile(passwordFile)));
  else if (loaded.size === 0) loaded.set(DEFAULT_USER, makeVerifier(keptPassword(stateDirectory)));
  return loaded;
}

function verifierOf(name: string, user: User): ScramVerifier {
  if ('passwordFile' in user) return makeVerifier(readSecretFile(user.passwordFile));
  const verifier = parseVerifier(user.verifier);
  if (!verifier)
    throw new ConfigurationError(
      `what [users] has for ${JSON.stringify(name)} is no SCRAM-SHA-256 verifier: ` +
        'take it from pg_authid.rolpassword of a PostgreSQL server, or give { password_file = "…" }',
    );
  return verifier;
}

function keptPassword(stateDirectory: string): string {
  const file = path.join(stateDirectory, 'password');
  if (!fs.existsSync(file)) replaceFile(file, `${newPassword()}\n`);
  return readSecretFile(file);
}
