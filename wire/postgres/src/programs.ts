/** Where PostgreSQL's programs are on this machine. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { HostError } from './errors.js';

/** Versions that the bridges are made for. */
export const OLDEST_MAJOR = 13;
export const NEWEST_MAJOR = 18;

export interface Programs {
  /** Of initdb and postgres. */
  readonly directory: string;
  /** As PostgreSQL says it: 15.14, 18.4. */
  readonly version: string;
  readonly major: number;
}

/** Directories that hold one directory for each version, and what leads from there to the programs. */
const installations: readonly (readonly [parent: string, pattern: RegExp, inside: string])[] = [
  ['/usr/lib/postgresql', /^\d+$/, 'bin'], // Debian, Ubuntu
  ['/usr', /^pgsql-\d+$/, 'bin'], // Red Hat, Fedora, SUSE: packages of postgresql.org
  ['/opt/homebrew/opt', /^postgresql@\d+$/, 'bin'], // Homebrew on Apple silicon
  ['/usr/local/opt', /^postgresql@\d+$/, 'bin'], // Homebrew on Intel
  ['/home/linuxbrew/.linuxbrew/opt', /^postgresql@\d+$/, 'bin'],
  ['/Applications/Postgres.app/Contents/Versions', /^\d+$/, 'bin'],
];

export interface Search {
  /** The only directory to look in, if given. */
  readonly directory?: string | undefined;
  readonly path: string | undefined;
}

/** All that are found and of a version that can be used, newest version first. Throws if those given are none. */
export function findPrograms({ directory, path: searchPath }: Search): readonly Programs[] {
  if (directory !== undefined) return [readPrograms(directory)];
  const candidates = [
    ...(searchPath ?? '').split(path.delimiter).filter((entry) => entry !== ''),
    ...installations.flatMap(([parent, pattern, inside]) =>
      listDirectory(parent)
        .filter((name) => pattern.test(name))
        .map((name) => path.join(parent, name, inside)),
    ),
  ];
  // Some systems have links to the programs in a directory of the path.
  const directories = new Set(candidates.filter(hasPrograms).map(resolveLinks));
  const found = [...directories].flatMap((candidate) => {
    const programs = tryPrograms(candidate);
    return programs && isUsable(programs) ? [programs] : [];
  });
  return found.sort((a, b) => b.major - a.major || b.version.localeCompare(a.version, 'en', { numeric: true }));
}

/** The programs in this directory. Throws HostError if they cannot be used. */
export function readPrograms(directory: string): Programs {
  const wayOut = 'name the directory of initdb and postgres, for example /usr/lib/postgresql/15/bin';
  if (!hasPrograms(directory)) throw new HostError(`${directory} does not hold initdb and postgres: ${wayOut}`);
  const programs = tryPrograms(directory);
  if (!programs) throw new HostError(`${path.join(directory, 'postgres')} does not tell its version: ${wayOut}`);
  if (!isUsable(programs))
    throw new HostError(
      `PostgreSQL ${programs.version} in ${directory} cannot be used: pgml knows versions ${OLDEST_MAJOR} to ${NEWEST_MAJOR}`,
    );
  return programs;
}

const isUsable = ({ major }: Programs): boolean => major >= OLDEST_MAJOR && major <= NEWEST_MAJOR;

const hasPrograms = (directory: string): boolean =>
  ['initdb', 'postgres'].every((program) => fs.existsSync(path.join(directory, program)));

const resolveLinks = (directory: string): string => path.dirname(fs.realpathSync(path.join(directory, 'postgres')));

function tryPrograms(directory: string): Programs | undefined {
  const { stdout } = spawnSync(path.join(directory, 'postgres'), ['--version'], { encoding: 'utf8' });
  const version = /\(PostgreSQL\) (\d+[\w.]*)/.exec(stdout ?? '')?.[1];
  return version === undefined ? undefined : { directory, version, major: Number.parseInt(version, 10) };
}

function listDirectory(directory: string): readonly string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}
