/** Which server to connect to: a URL, the PG* environment, or the server that runs on a data directory. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Environment, FlagValue } from '../arguments.js';
import { CommandError, UsageError } from '../errors.js';
import { nearest } from '../nearest.js';

const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

export interface ConnectionParameters {
  /** A name, an address, or the directory of a unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string | undefined;
  readonly sslMode: SslMode;
  readonly applicationName: string;
  /** Command-line options for the server, as libpq's `options`. */
  readonly options: string | undefined;
}

/** Settings by the names that URLs use. */
type Settings = { [name in (typeof settingNames)[number]]?: string };

const settingNames = ['host', 'port', 'user', 'password', 'dbname', 'sslmode', 'application_name', 'options'] as const;

const environmentNames: Readonly<Record<keyof Settings, string>> = {
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  dbname: 'PGDATABASE',
  sslmode: 'PGSSLMODE',
  application_name: 'PGAPPNAME',
  options: 'PGOPTIONS',
};

/** Throws UsageError for what cannot be understood, CommandError when no server runs on the data directory. */
export function connectionParameters(
  url: string | undefined,
  dataDirectory: FlagValue,
  environment: Environment,
): ConnectionParameters {
  const fromEnvironment = readEnvironment(environment);
  if (url !== undefined) return complete({ ...fromEnvironment, ...parseUrl(url) });
  const elsewhere = fromEnvironment.host !== undefined || fromEnvironment.port !== undefined;
  if (elsewhere && dataDirectory.source !== 'flag') return complete(fromEnvironment);
  return complete({ ...readDataDirectory(dataDirectory.values[0]), ...omitAddress(fromEnvironment) });
}

function complete(settings: Settings): ConnectionParameters {
  const user = settings.user ?? os.userInfo().username;
  const port = Number(settings.port ?? '5432');
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new UsageError(`the port must be a number from 1 to 65535, not "${settings.port}"`);
  const sslMode = sslModes.find((mode) => mode === (settings.sslmode ?? 'prefer'));
  if (!sslMode) throw new UsageError(`sslmode must be one of ${sslModes.join(', ')}, not "${settings.sslmode}"`);
  return {
    host: settings.host ?? 'localhost',
    port,
    user,
    database: settings.dbname ?? user,
    password: settings.password,
    sslMode,
    applicationName: settings.application_name ?? 'pgml',
    options: settings.options,
  };
}

function readEnvironment(environment: Environment): Settings {
  const entries = Object.entries(environmentNames).flatMap(([name, variable]) =>
    environment[variable] ? [[name, environment[variable]]] : [],
  );
  return Object.fromEntries(entries) as Settings;
}

const omitAddress = ({ host: _host, port: _port, ...rest }: Settings): Settings => rest;

/** user and password up to the last @ before the path, host or [address], port, database, settings. */
const urlPattern =
  /^postgres(?:ql)?:\/\/(?:(?<login>[^/?]*)@)?(?<host>\[[^\]]*\]|[^/?:]*)(?::(?<port>\d*))?(?:\/(?<dbname>[^?]*))?(?:\?(?<query>.*))?$/;

/**
 * postgresql://user:password@host:port/database?name=value; every part may be left out and percent-encoded. As libpq
 * reads it: not every such URL is one for the web (`postgresql://user@/database`).
 */
export function parseUrl(text: string): Settings {
  if (!/^postgres(ql)?:\/\//.test(text))
    throw new UsageError(
      `"${text}" is no connection URL: it must look like postgresql://user:password@host:port/database`,
    );
  const parts = urlPattern.exec(text)?.groups;
  if (!parts) throw unreadableUrl();
  const [user, password] = splitAtFirst(parts.login ?? '', ':');
  const host = parts.host.replace(/^\[(.*)\]$/, '$1');
  const settings: Settings = {};
  for (const [name, value] of Object.entries({ host, port: parts.port, user, password, dbname: parts.dbname }))
    if (value) settings[name as keyof Settings] = decodePart(value);
  for (const pair of parts.query?.split('&') ?? []) {
    const [name, value] = splitAtFirst(pair, '=').map(decodePart) as [string, string];
    settings[settingNamed(name)] = value;
  }
  return settings;
}

function splitAtFirst(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadableUrl();
  }
}

const unreadableUrl = (): UsageError =>
  new UsageError(
    'the connection URL cannot be read: characters such as @ : / % in a user name or password must be percent-encoded',
  );

function settingNamed(name: string): keyof Settings {
  const known = settingNames.find((candidate) => candidate === name);
  if (known) return known;
  const near = nearest(name, settingNames);
  throw new UsageError(
    `the connection URL has the unknown parameter "${name}"${near ? ` (did you mean ${near}?)` : ''}; known are ${settingNames.join(', ')}`,
  );
}

/** A running server writes `server.json` (host, port, pid) and `password` into its data directory. */
function readDataDirectory(directory: string): Settings {
  const wayOut = 'start one with `pgml up`, or give a URL: pgml sql postgresql://user:password@host:port/database';
  let description: { host: string; port: number };
  try {
    description = JSON.parse(fs.readFileSync(path.join(directory, 'server.json'), 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES')
      throw new CommandError(`the data directory ${directory} belongs to another user: give a URL`);
    throw new CommandError(`no server runs on the data directory ${directory}: ${wayOut}`);
  }
  // A server that listens on all addresses is reached on this machine's own.
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1', '': '127.0.0.1' };
  return {
    host: everywhere[description.host] ?? description.host,
    port: String(description.port),
    user: 'pgml',
    dbname: 'pgml',
    ...readPassword(directory),
  };
}

function readPassword(directory: string): Settings {
  try {
    return { password: fs.readFileSync(path.join(directory, 'password'), 'utf8').replace(/\r?\n$/, '') };
  } catch {
    return {}; // Then it is asked for.
  }
}
