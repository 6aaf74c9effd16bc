/** A cluster: the directory that one PostgreSQL server keeps its databases in. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { HostError } from './errors.js';
import type { Programs } from './programs.js';
import { giveTo, type SystemUser } from './system-user.js';

/** PostgreSQL 17 has a locale of its own that is the same everywhere. */
const BUILTIN_LOCALE_SINCE = 17;

/** Texts sort by their bytes and letters are those of Unicode, as in the embedded server. */
const locale = (major: number): readonly string[] =>
  major >= BUILTIN_LOCALE_SINCE
    ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
    : ['--lc-collate=C', `--lc-ctype=${process.platform === 'darwin' ? 'UTF-8' : 'C.UTF-8'}`, '--lc-messages=C'];

/** Who may connect, from where, is for the server's listen address to say; everybody needs a password. */
const authentication = `# Made by pgml. TYPE  DATABASE  USER  ADDRESS  METHOD
local  all          all       scram-sha-256
host   all          all  all  scram-sha-256
local  replication  all       scram-sha-256
host   replication  all  all  scram-sha-256
`;

export interface ClusterOptions {
  readonly programs: Programs;
  /** Whose the files are. */
  readonly user: SystemUser;
  /** Does not exist yet. */
  readonly directory: string;
  readonly superuser: string;
  readonly password: string;
  /** False: not brought to the disk, for tests. */
  readonly durable?: boolean;
}

/** Makes a cluster with one role, the superuser. */
export async function createCluster({
  programs,
  user,
  directory,
  superuser,
  password,
  durable = true,
}: ClusterOptions): Promise<void> {
  const passwordFile = `${directory}.password`;
  fs.mkdirSync(directory, { mode: 0o700 });
  giveTo(user, directory);
  try {
    fs.writeFileSync(passwordFile, password, { mode: 0o600 });
    giveTo(user, passwordFile);
    await runInitdb(programs, user, [
      `--pgdata=${directory}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      ...locale(programs.major),
      ...(durable ? [] : ['--no-sync']),
    ]);
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
  fs.writeFileSync(path.join(directory, 'pg_hba.conf'), authentication);
}

async function runInitdb(programs: Programs, user: SystemUser, words: readonly string[]): Promise<void> {
  const initdb = spawn(path.join(programs.directory, 'initdb'), words, {
    ...user.ids,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  initdb.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const status = await new Promise<number | string | null>((resolve) => {
    initdb.once('error', (error) => resolve(error.message));
    initdb.once('close', resolve);
  });
  if (status !== 0)
    throw new HostError(`initdb of PostgreSQL ${programs.version} failed (${status}): ${complaint.trim()}`);
}

/** The version that made the cluster: 15, 18. */
export function majorOf(cluster: string): number {
  const file = path.join(cluster, 'PG_VERSION');
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '';
  if (!/^\d+$/.test(text))
    throw new HostError(`${cluster} is no directory of PostgreSQL: its file PG_VERSION is missing or unreadable`);
  return Number(text);
}
