/**
 * Only one server may use a data directory: two would each write to the same files and destroy them.
 *
 * The lock is a file that names its owner. It comes into being whole (a link to a finished file), and a lock
 * whose owner is dead is taken away with a rename, so that of several who try, one does.
 */
import fs from 'node:fs';
import path from 'node:path';

const LOCK_FILE = 'server.lock';

export class DirectoryInUse extends Error {
  constructor(directory: string, pid: number) {
    super(
      `the data directory ${directory} is in use by another pgml server (process ${pid}); stop that server, connect to it, or choose another directory`,
    );
    this.name = 'DirectoryInUse';
  }
}

interface LockOwner {
  readonly pid: number;
  /** Tells apart two processes that had the same pid, one after the other; empty where the system does not say. */
  readonly started: string;
}

/** Boot and start time of a process as Linux tells them; empty elsewhere, or if there is no such process. */
function startOf(pid: number): string {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold anything; the start time is the 22nd.
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return '';
  }
}

function isAlive({ pid, started }: LockOwner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return started === '' || started === startOf(pid);
}

function readOwner(file: string): LockOwner | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as LockOwner;
  } catch {
    return undefined;
  }
}

/** Takes the lock or throws DirectoryInUse. Returns what gives it back. */
export function lockDirectory(directory: string): () => void {
  const lock = path.join(directory, LOCK_FILE);
  const own = path.join(directory, `${LOCK_FILE}.${process.pid}`);
  const text = JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies LockOwner);
  if (heldHere.has(lock)) throw new DirectoryInUse(directory, process.pid);
  try {
    fs.writeFileSync(own, text, { mode: 0o600 });
    for (;;) {
      if (tryLink(own, lock)) break;
      const owner = readOwner(lock);
      if (owner && isAlive(owner) && !(owner.pid === process.pid)) throw new DirectoryInUse(directory, owner.pid);
      if (fs.existsSync(lock)) removeStale(lock, owner);
    }
  } finally {
    fs.rmSync(own, { force: true });
  }
  heldHere.add(lock);
  removeLeftovers(directory);
  return () => {
    heldHere.delete(lock);
    if (fs.existsSync(lock) && fs.readFileSync(lock, 'utf8') === text) fs.rmSync(lock);
  };
}

/** The files of processes that were killed while they tried to take the lock; those of living ones are in use. */
function removeLeftovers(directory: string): void {
  for (const name of fs.readdirSync(directory)) {
    const [, pid] = name.startsWith(LOCK_FILE) ? (/\.(\d+)$/.exec(name) ?? []) : [];
    if (pid && !isAlive({ pid: Number(pid), started: '' })) fs.rmSync(path.join(directory, name), { force: true });
  }
}

/** Locks of this process: another server in it, or a dead process of the same pid, write the same file. */
const heldHere = new Set<string>();

function tryLink(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes the lock file away; gives it back if it turns out to be a newer one than the stale one that was read. */
function removeStale(lock: string, stale: LockOwner | undefined): void {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    fs.renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = readOwner(aside);
  if (taken && (taken.pid !== stale?.pid || taken.started !== stale.started)) tryLink(aside, lock);
  fs.rmSync(aside, { force: true });
}
