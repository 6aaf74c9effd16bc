/** From the URL of a runtime to what libpq takes: the connection that dblink makes, seen from the database server. */
import { InstallationError } from './errors.js';

const DEFAULT_PORT = '6433';
const DEFAULT_NAME = 'pgml';
/** Longer than a runtime that hangs takes to be replaced. While dblink connects, PostgreSQL up to 15 hears no cancel request. */
const CONNECT_SECONDS = '8';
/**
 * dblink also hears nothing while it sends more than the network takes, nor, up to PostgreSQL 16, while it waits for the
 * answer to one row. What is not acknowledged for so long ends the connection: messages, and the probes of keepalives,
 * whose count Linux leaves to this timeout.
 */
const SILENCE = {
  tcp_user_timeout: '8000',
  keepalives_idle: '5',
  keepalives_interval: '1',
  keepalives_count: '3',
} as const;

/** What a URL may set besides, by libpq's names. Paths are those of the database server. */
const settings = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'connect_timeout',
  'tcp_user_timeout',
  'application_name',
] as const;

/** user and password up to the last @ before the path, host or [address], port, database, settings. */
const pattern =
  /^postgres(?:ql)?:\/\/(?:(?<login>[^/?]*)@)?(?<host>\[[^\]]*\]|[^/?:]*)(?::(?<port>\d*))?(?:\/(?<dbname>[^?]*))?(?:\?(?<query>.*))?$/;

const example = 'give a URL like postgresql://pgml:password@host:6433/pgml?sslmode=require';

/** Keywords and values. Throws InstallationError, whose message has nothing of the URL but names of settings. */
export function runtimeParameters(url: string): string {
  const parts = pattern.exec(url)?.groups;
  if (!parts)
    throw new InstallationError(
      'the URL of the runtime cannot be read',
      `${example}; @ : / ? % in a password must be percent-encoded`,
    );
  const [user, password] = split(parts.login ?? '', ':');
  const host = decode(parts.host.replace(/^\[(.*)\]$/, '$1'));
  if (host === '')
    throw new InstallationError(
      'the URL of the runtime has no host',
      `${example}; the host is what the database server calls it`,
    );
  if (password === undefined || password === '')
    throw new InstallationError(
      'the URL of the runtime has no password',
      `${example}; dblink needs one for users who are not superusers`,
    );
  const given: Record<string, string> = {};
  for (const pair of (parts.query ?? '').split('&').filter((text) => text !== '')) {
    const [name, value] = split(pair, '=');
    if (!(settings as readonly string[]).includes(name))
      throw new InstallationError(
        `the URL of the runtime has the unknown parameter "${name}"`,
        `known are ${settings.join(', ')}`,
      );
    given[name] = decode(value ?? '');
  }
  const parameters = {
    host,
    port: parts.port || DEFAULT_PORT,
    user: decode(user) || DEFAULT_NAME,
    password: decode(password),
    dbname: decode(parts.dbname ?? '') || DEFAULT_NAME,
    application_name: 'pgml dblink',
    connect_timeout: CONNECT_SECONDS,
    ...SILENCE,
    // The runtime knows no Kerberos; libpq would ask first.
    gssencmode: 'disable',
    ...given,
  };
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(' ');
}

const quote = (value: string): string => `'${value.replace(/['\\]/g, '\\$&')}'`;

function split(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InstallationError('the URL of the runtime cannot be read', `${example}; write a % as %25`);
  }
}
