/** The settings of `pgml runtime`, declared once: flags, environment, file, help and documentation are made from this. */
import os from 'node:os';
import {
  bytes,
  choice,
  directory,
  duration,
  file,
  integer,
  type Kind,
  octal,
  port,
  text,
  type ValueOf,
} from './setting-kinds.js';

export interface Setting<Value = unknown> {
  readonly kind: Kind<Value>;
  readonly default: Value;
  /** Read in place of the default in documentation, where that depends on the machine or on other settings. */
  readonly defaultText?: string;
  /** How it is taken over while the runtime runs (SIGHUP); all others need a restart. */
  readonly reloaded?: true;
  /** Not as a flag: command lines can be read by everybody on the machine. */
  readonly secret?: true;
  readonly summary: string;
}

const setting = <Value>(
  kind: Kind<Value>,
  value: Value,
  summary: string,
  more: Pick<Setting, 'defaultText' | 'reloaded' | 'secret'> = {},
): Setting<Value> => ({ kind, default: value, summary, ...more });

const KILOBYTE = 1024;
const MEGABYTE = KILOBYTE ** 2;
const GIGABYTE = KILOBYTE ** 3;

export const settings = {
  host: setting(
    text('ADDRESS'),
    '127.0.0.1',
    'address of the PostgreSQL door; empty: none but the one on the unix socket',
  ),
  port: setting(port, 6433, 'port of the PostgreSQL door; 0 takes a free one'),
  stateDirectory: setting(directory, './pgml-runtime', 'where the lock and a password that was made are kept'),
  socketDirectory: setting(directory, '', 'where the unix sockets are: pgml.sock, and .s.PGSQL. followed by the port', {
    defaultText: 'the state directory',
  }),
  socketMode: setting(
    octal,
    0o660,
    'permissions of the unix sockets; whoever may write to pgml.sock needs no password',
  ),
  socketGroup: setting(text('GROUP'), '', 'group of the unix sockets and of their directory, by name or number', {
    defaultText: 'that of the process',
  }),
  password: setting(text(), '', 'password of the user pgml', { reloaded: true, secret: true }),
  passwordFile: setting(file, '', 'file with the password of the user pgml; nobody else may be able to read it', {
    reloaded: true,
  }),
  tlsCert: setting(file, '', 'file with the certificate chain (PEM); enables TLS', { reloaded: true }),
  tlsKey: setting(file, '', 'file with the private key of the certificate (PEM)', { reloaded: true }),
  requireTls: setting(
    choice(['auto', 'yes', 'no']),
    'auto',
    'whether to refuse connections without TLS; auto: unless the host is an address of this machine alone',
  ),
  workers: setting(integer(1, 1024), 2, 'fits at a time'),
  threads: setting(integer(1, 256), Math.min(os.availableParallelism(), 4), 'the most threads of one fit', {
    defaultText: 'the number of cores, at most 4',
  }),
  workerMemory: setting(bytes(128 * MEGABYTE), 5 * GIGABYTE, 'the most memory of one fit: its kernels and its heap'),
  datasetMemory: setting(
    bytes(MEGABYTE),
    2 * GIGABYTE,
    'the most that the rows of one client may take before they are trained on',
  ),
  modelCache: setting(bytes(MEGABYTE), GIGABYTE, 'the most that models kept ready may take'),
  maxConnections: setting(integer(1, 100_000), 100, 'clients at a time, over all doors'),
  maxWaitingJobs: setting(integer(0, 1_000_000), 100, 'fits that may wait for a worker'),
  metricsAddress: setting(text('ADDRESS'), '', 'address:port where /metrics and /health are answered', {
    defaultText: 'off',
  }),
  logLevel: setting(choice(['debug', 'info', 'warning', 'error']), 'info', 'the least that is logged', {
    reloaded: true,
  }),
  logFormat: setting(choice(['json', 'text']), 'json', 'one JSON object a line, or a line for people'),
  heartbeat: setting(
    duration(0),
    5000,
    'how long the serving process may be deaf to everybody before it is killed and replaced; 0s: for ever',
  ),
  shutdownTimeout: setting(duration(0), 30_000, 'how long running statements may go on after a request to stop'),
} as const;

export type SettingName = keyof typeof settings;

/** The value of every setting, and the users of the PostgreSQL door. */
export type Configuration = { readonly [Name in SettingName]: ValueOf<(typeof settings)[Name]['kind']> } & {
  /** By name; the user pgml may be here, or have `password` or `passwordFile`. */
  readonly users: Readonly<Record<string, User>>;
};

export type User =
  /** In the form of pg_authid.rolpassword. */
  { readonly verifier: string } | { readonly passwordFile: string };

export const settingNames = Object.keys(settings) as SettingName[];

const words = (name: SettingName, separator: string) =>
  name.replace(/[A-Z]/g, (letter) => separator + letter.toLowerCase());

/** One name, spelt as each place wants it: worker-memory, PGML_RUNTIME_WORKER_MEMORY, worker_memory. */
export const spellings = {
  flag: (name: SettingName) => words(name, '-'),
  environment: (name: SettingName) => `PGML_RUNTIME_${words(name, '_').toUpperCase()}`,
  file: (name: SettingName) => words(name, '_'),
} as const;

/** As a person reads it: 5GB, 30s, words for what depends on the machine; undefined for nothing. */
export function defaultText(name: SettingName): string | undefined {
  const { kind, default: value, defaultText } = settings[name] as Setting;
  return (defaultText ?? kind.print(value)) || undefined;
}

export const defaults: Configuration = {
  ...(Object.fromEntries(settingNames.map((name) => [name, settings[name].default])) as Omit<Configuration, 'users'>),
  users: {},
};
