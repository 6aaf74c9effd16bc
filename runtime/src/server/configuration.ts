/** From flags, environment and file to a checked Configuration: a flag wins over the environment, that over the file. */
import fs from 'node:fs';
import { nearest, quote } from '@pgml/engine';
import { parse as parseToml, TomlError } from 'smol-toml';
import { ConfigurationError } from './configuration-error.js';
import { refuseReadableByOthers } from './secret-file.js';
import {
  type Configuration,
  defaults,
  type Setting,
  type SettingName,
  settingNames,
  settings,
  spellings,
  type User,
} from './settings.js';

export interface ConfigurationSources {
  /** By the name of the flag, without dashes. */
  readonly flags: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path of a TOML file. */
  readonly file: string | undefined;
}

/** Throws ConfigurationError. */
export function readConfiguration({ flags, environment, file }: ConfigurationSources): Configuration {
  const table = file === undefined ? {} : readFile(file);
  const { users, ...rest } = table;
  refuseUnknown(rest, file);
  const values: Record<string, unknown> = {};
  for (const name of settingNames) {
    const fromFlag = flags.get(spellings.flag(name));
    // An empty variable counts as not set, as is the custom.
    const fromEnvironment = environment[spellings.environment(name)] || undefined;
    const fromFile = rest[spellings.file(name)];
    if (fromFlag !== undefined) values[name] = parse(name, `--${spellings.flag(name)}`, fromFlag);
    else if (fromEnvironment !== undefined) values[name] = parse(name, spellings.environment(name), fromEnvironment);
    else if (fromFile !== undefined) values[name] = parse(name, `${spellings.file(name)} in ${file}`, textOf(fromFile));
  }
  if (rest.password !== undefined) refuseReadableByOthers(file!, 'it has a password in it');
  return checked({ ...defaults, ...values, users: readUsers(users, file) });
}

/** What one setting does not say. Also for configurations that programs make. Throws ConfigurationError. */
export function checked(configuration: Configuration): Configuration {
  const { tlsCert, tlsKey, password, passwordFile } = configuration;
  if ((tlsCert === '') !== (tlsKey === ''))
    throw new ConfigurationError('TLS needs both files: give tls_cert and tls_key together, or neither');
  if (password !== '' && passwordFile !== '')
    throw new ConfigurationError('password and password_file are both given: leave one of them out');
  if ((password !== '' || passwordFile !== '') && Object.hasOwn(configuration.users, DEFAULT_USER))
    throw new ConfigurationError(
      `the user ${DEFAULT_USER} has two passwords: leave out password and password_file, or the user among [users]`,
    );
  return configuration;
}

/** The user whom `password` and `password_file` are for. */
export const DEFAULT_USER = 'pgml';

function readFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `cannot read the configuration file ${file} (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  try {
    return parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The message goes on with an excerpt, which may be a secret.
    const reason = error.message.split('\n', 1)[0].replace(/^Invalid TOML document: /, '');
    throw new ConfigurationError(`${file} is not TOML: line ${error.line}, column ${error.column}: ${reason}`);
  }
}

function refuseUnknown(table: Readonly<Record<string, unknown>>, file: string | undefined): void {
  const known = [...settingNames.map(spellings.file), 'users'];
  for (const key of Object.keys(table)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    throw new ConfigurationError(`${file} has an unknown setting ${key}${near ? ` (did you mean ${near}?)` : ''}`);
  }
}

function parse(name: SettingName, source: string, given: string): unknown {
  const { kind, secret } = settings[name] as Setting;
  const value = kind.parse(given);
  if (value === undefined)
    throw new ConfigurationError(`${source} must be ${kind.allowed}${secret ? '' : `, not ${quote(given)}`}`);
  return value;
}

/** A TOML value as it would stand on a command line. A boolean is yes or no; a table or list becomes what no kind takes. */
function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function readUsers(table: unknown, file: string | undefined): Readonly<Record<string, User>> {
  if (table === undefined) return {};
  if (!isTable(table)) throw new ConfigurationError(`users in ${file} must be a table: [users]`);
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, readUser(name, value, file)]));
}

function readUser(name: string, value: unknown, file: string | undefined): User {
  if (typeof value === 'string') return { verifier: value };
  if (isTable(value) && Object.keys(value).length === 1 && typeof value.password_file === 'string')
    return { passwordFile: value.password_file };
  throw new ConfigurationError(
    `the user ${quote(name)} in ${file} must be a SCRAM-SHA-256 verifier in quotes, or { password_file = "…" }`,
  );
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
