/** A streaming standby of a server: made by pg_basebackup, read only, following every commit. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveTo, settlePort, startServer, systemUser } from '@pgml/postgres';
import type pg from 'pg';
import { type Postgres, SUPERUSER, SUPERUSER_PASSWORD } from '../testing/postgres.js';

export interface Standby {
  url(database: string): string;
  stop(): Promise<void>;
}

export async function startStandby(primary: Postgres): Promise<Standby> {
  const { programs } = primary;
  const user = systemUser(undefined);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-standby-'));
  const cluster = path.join(directory, 'data');
  giveTo(user, directory);
  const login = ['--host', primary.socketDirectory, '--port', String(primary.port), '--username', SUPERUSER];
  const manner = ['--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync'];
  execFileSync(path.join(programs.directory, 'pg_basebackup'), ['--pgdata', cluster, ...login, ...manner], {
    ...user.ids,
    cwd: directory,
    env: { ...process.env, PGPASSWORD: SUPERUSER_PASSWORD },
    stdio: 'pipe',
  });
  const port = await settlePort('127.0.0.1', 0);
  const server = await startServer({
    programs,
    user,
    cluster,
    host: '127.0.0.1',
    port,
    socketDirectory: directory,
    settings: { fsync: 'off' },
  });
  return {
    url: (database) =>
      `postgresql://${SUPERUSER}:${encodeURIComponent(SUPERUSER_PASSWORD)}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      await server.stop();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Waits until the standby has replayed all that is committed on the primary now. */
export async function caughtUp(primary: pg.Client, standby: pg.Client): Promise<void> {
  const { rows } = await primary.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn');
  for (let attempt = 0; attempt < 1000; attempt++) {
    const { rows: replayed } = await standby.query<{ done: boolean }>(
      'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done',
      [rows[0].lsn],
    );
    if (replayed[0].done) return;
    await sleep(20);
  }
  throw new Error(`the standby has not replayed ${rows[0].lsn} after 20 s`);
}
