/** What a running server says about itself in the file postmaster.pid of its cluster. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MILLISECONDS = 20;
/** Lines of the file, counted from 0. */
const PID_LINE = 0;
const STATUS_LINE = 7;

function readLines(cluster: string): readonly string[] {
  try {
    return fs.readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The server answers to connections. */
export function isReady(cluster: string, pid: number): boolean {
  const lines = readLines(cluster);
  return Number(lines[PID_LINE]) === pid && lines[STATUS_LINE]?.trim() === 'ready';
}

/** Process id of the server that runs on the cluster, if there is one. */
export function findPostmaster(cluster: string): number | undefined {
  const pid = Number(readLines(cluster)[PID_LINE]);
  return pid > 0 && isPostmaster(pid, cluster) ? pid : undefined;
}

/** The file stays behind when a server is killed, and its number may by now be somebody else's. */
function isPostmaster(pid: number, cluster: string): boolean {
  if (fs.existsSync('/proc/self/cwd')) {
    try {
      return fs.readlinkSync(`/proc/${pid}/cwd`) === fs.realpathSync(cluster);
    } catch {
      return false;
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return (stdout ?? '').includes(cluster);
}

/** Fast shutdown: transactions are rolled back, sessions ended. Resolves when the server is gone. */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  while (findPostmaster(cluster) === pid) await sleep(POLL_MILLISECONDS);
}
