/**
 * The data directory of a database server that `pgml up` runs:
 *
 *   cluster/       PostgreSQL's own directory, of the embedded server; appears whole or not at all
 *   postgresql/    the same, of a PostgreSQL server proper
 *   password       of the role pgml, readable by the owner only
 *   server.lock    while a server runs, see lock.ts
 *   server.json    where that server is to be reached
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { replaceFile, syncDirectory } from './durable-files.js';
import { lockDirectory } from './lock.js';

/** The two kinds of server cannot open each other's clusters, so each has a name of its own for it. */
const kinds = {
  embedded: { cluster: 'cluster', command: '`pgml up`' },
  postgresql: { cluster: 'postgresql', command: '`pgml up --postgres`' },
} as const;

export type ServerKind = keyof typeof kinds;

const ASIDE = '.new-';
const PASSWORD_BYTES = 24;

export interface ServerDirectory {
  /** Path of the cluster, which may not exist yet. */
  readonly cluster: string;
  /** Has `make` make the cluster in a directory that does not exist, and gives that its name in one step. */
  makeCluster(make: (aside: string) => Promise<void>): Promise<void>;
  /** Undefined if the password is not kept here. */
  readPassword(): string | undefined;
  writePassword(password: string): void;
  writeServerFile(content: object): void;
  /** Removes server.json and gives the lock back. */
  release(): void;
}

/** Locks the directory, which is made if it is not there. Throws DirectoryInUse, or an Error if it is of the other kind. */
export function openServerDirectory(directory: string, kind: ServerKind): ServerDirectory {
  refuseOtherKind(directory, kind);
  // Another system user may have to get through those above it.
  fs.mkdirSync(path.dirname(directory), { recursive: true });
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(directory);
  const cluster = path.join(directory, kinds[kind].cluster);
  const passwordFile = path.join(directory, 'password');
  const serverFile = path.join(directory, 'server.json');
  try {
    removeLeftovers(directory);
    fs.rmSync(serverFile, { force: true });
  } catch (error) {
    unlock();
    throw error;
  }
  return {
    cluster,
    makeCluster: (make) => makeAside(cluster, make),
    readPassword: () => (fs.existsSync(passwordFile) ? fs.readFileSync(passwordFile, 'utf8').trimEnd() : undefined),
    writePassword: (password) => replaceFile(passwordFile, `${password}\n`),
    writeServerFile: (content) => replaceFile(serverFile, `${JSON.stringify(content)}\n`),
    release: () => {
      fs.rmSync(serverFile, { force: true });
      unlock();
    },
  };
}

export const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString('base64url');

function refuseOtherKind(directory: string, kind: ServerKind): void {
  for (const [other, { cluster, command }] of Object.entries(kinds))
    if (other !== kind && fs.existsSync(path.join(directory, cluster)))
      throw new Error(
        `the data directory ${directory} was made by ${command} and cannot be opened by ${kinds[kind].command}: ` +
          `start it with ${command}, or choose another directory with --data-dir`,
      );
}

/** What servers that were killed have left behind of makeAside and replaceFile. Only the owner of the lock may look. */
function removeLeftovers(directory: string): void {
  const asides = Object.values(kinds).map(({ cluster }) => cluster + ASIDE);
  for (const name of fs.readdirSync(directory))
    if (asides.some((aside) => name.startsWith(aside)) || /^(password|server\.json)\.\d+$/.test(name))
      // An initdb that outlived its parent may still write there, until it misses its files.
      fs.rmSync(path.join(directory, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** PostgreSQL cannot open a directory whose initialisation was cut short. */
async function makeAside(cluster: string, make: (aside: string) => Promise<void>): Promise<void> {
  const aside = `${cluster}${ASIDE}${process.pid}`;
  try {
    await make(aside);
    fs.renameSync(aside, cluster);
  } catch (error) {
    fs.rmSync(aside, { recursive: true, force: true });
    throw error;
  }
  syncDirectory(path.dirname(cluster));
}
