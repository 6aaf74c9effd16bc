/** As whom PostgreSQL runs: it refuses root. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { HostError } from './errors.js';

const DEFAULT_USER = 'postgres';

export interface SystemUser {
  /** Undefined: the one who runs this process. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
  readonly name: string;
}

/** Throws HostError if PostgreSQL cannot run as `wanted`, or as root if nobody is wanted. */
export function systemUser(wanted: string | undefined): SystemUser {
  const root = process.getuid?.() === 0;
  if (!root) {
    const { username } = os.userInfo();
    if (wanted !== undefined && wanted !== username)
      throw new HostError(`only root can run PostgreSQL as ${wanted}: leave --run-as out, it will run as ${username}`);
    return { ids: undefined, name: username };
  }
  const name = wanted ?? DEFAULT_USER;
  const ids = idsOf(name);
  if (ids?.uid === 0) throw new HostError('PostgreSQL does not run as root: name another user with --run-as');
  if (!ids)
    throw new HostError(
      `PostgreSQL does not run as root, and there is no user ${name} here: make one (useradd --system ${name}), name ` +
        'another with --run-as, or start pgml as a user who is not root',
    );
  return { ids, name };
}

function idsOf(name: string): { uid: number; gid: number } | undefined {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** Gives a file or directory to that user. */
export function giveTo({ ids }: SystemUser, file: string): void {
  if (ids) fs.chownSync(file, ids.uid, ids.gid);
}

/** Throws HostError if the user cannot reach the directory: those above it may be closed to all but root. */
export function checkReach({ ids, name }: SystemUser, directory: string): void {
  if (!ids) return;
  const { status } = spawnSync('test', ['-w', directory], { ...ids, cwd: '/' });
  if (status !== 0)
    throw new HostError(
      `the user ${name}, as whom PostgreSQL runs, cannot reach the data directory ${directory}: choose one outside of ` +
        'root’s own directories with --data-dir, for example /var/lib/pgml',
    );
}
