/** Which of the PostgreSQL versions at hand serves a data directory. */
import fs from 'node:fs';
import { majorOf } from './cluster.js';
import { DOWNLOADED_MAJOR, downloadPrograms } from './download.js';
import { HostError } from './errors.js';
import { findPrograms, type Programs } from './programs.js';

export interface Choice {
  /** The only directory to look in, if given. */
  readonly directory: string | undefined;
  readonly cluster: string;
  readonly log: ((line: string) => void) | undefined;
}

/** A cluster needs the version that made it; a new one gets the newest installed, or one from npm if there is none. */
export async function choosePrograms({ directory, cluster, log }: Choice): Promise<Programs> {
  const found = findPrograms({ directory, path: process.env.PATH });
  const major = fs.existsSync(cluster) ? majorOf(cluster) : undefined;
  const fitting = major === undefined ? found[0] : found.find((programs) => programs.major === major);
  if (fitting) return fitting;
  if (directory === undefined && (major === undefined || major === DOWNLOADED_MAJOR)) return downloadPrograms({ log });
  const others = found.map(({ version }) => version).join(', ');
  throw new HostError(
    `the data directory was made by PostgreSQL ${major}, and only another version is here (${others || 'none'}): install ` +
      `PostgreSQL ${major}, name its programs with --postgres-bin, or move the data over with pg_upgrade`,
  );
}
