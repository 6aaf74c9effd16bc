/**
 * A server must not outlive the process that started it: nobody would know how to stop it, and the next start would find
 * its files in use. When that process is killed, none of its own code runs any more; so a shell waits at the other end of
 * a pipe. A line on it means that all is well, its end that the process is gone: then the shell tells the server to stop.
 */
import { spawn } from 'node:child_process';
import type { SystemUser } from './system-user.js';

const SCRIPT = 'read -r _ || kill -INT "$1"';

export interface Watchdog {
  /** The server has ended. */
  dismiss(): void;
}

export function watch(pid: number, user: SystemUser): Watchdog {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(pid)], {
    ...user.ids,
    cwd: '/',
    // Not in the terminal's process group, which a Ctrl-C would end as a whole.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without it the server still runs well, and the next start stops what was left behind.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return { dismiss: () => shell.stdin.end('\n') };
}
