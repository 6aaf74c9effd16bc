/** Compiles the extension for a PostgreSQL server of this machine. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The sources, and in `generated` what is made of other packages. */
const sources = fileURLToPath(new URL('../extension/', import.meta.url));

/** The extension cannot be compiled or installed here, for a reason that one sentence explains, with the way out. */
export class ExtensionError extends Error {
  override readonly name: string = 'ExtensionError';
}

/** The compiler refused our sources, which should not happen anywhere. */
export class CompilationError extends ExtensionError {
  override readonly name = 'CompilationError';
}

export interface BuildOptions {
  /** The program pg_config of the server. */
  readonly pgConfig: string;
  /** Where compiled extensions are kept. */
  readonly cache: string;
  /** Warnings of the compiler are errors, for our own tests: a compiler that is newer than ours may warn of more. */
  readonly strict?: boolean;
}

export interface Extension {
  /** The directory with the compiled extension, for `make install`. */
  readonly directory: string;
  /** The compiled library. */
  readonly library: string;
  /** As pg_config tells it: "PostgreSQL 15.14 (Debian 15.14-0+deb12u1)". */
  readonly server: string;
  readonly pgConfig: string;
}

/**
 * The extension for that server; compiled if that was not done before with the same sources. Throws ExtensionError where
 * there is no make, or no header files of the server, and CompilationError.
 */
export async function buildExtension({ pgConfig, cache, strict = false }: BuildOptions): Promise<Extension> {
  const [server, makefile] = await askServer(pgConfig, ['--version', '--pgxs']);
  if (!fs.existsSync(makefile))
    throw new ExtensionError(
      `the header files of ${server} are not installed (${makefile} is missing): install its development package, ` +
        `for example apt install postgresql-server-dev-${/\d+/.exec(server)?.[0]}`,
    );
  const directory = path.join(cache, `native-${fingerprint(server)}${strict ? '-strict' : ''}`);
  const extension = { directory, library: path.join(directory, 'pgml.so'), server, pgConfig };
  if (!fs.existsSync(directory))
    await buildAside(directory, [`PG_CONFIG=${pgConfig}`, ...(strict ? ['WERROR=1'] : [])]);
  return extension;
}

/** Copies the extension to where the server looks for extensions. Throws ExtensionError where that is not allowed. */
export async function installExtension({ directory, library, pgConfig, server }: Extension): Promise<void> {
  const [libraries, shared] = await askServer(pgConfig, ['--pkglibdir', '--sharedir']);
  const scripts = fs.readdirSync(path.join(directory, 'generated')).filter((name) => name.endsWith('.sql'));
  const copies: readonly (readonly [string, string])[] = [
    [library, path.join(libraries, 'pgml.so')],
    [path.join(directory, 'pgml.control'), path.join(shared, 'extension/pgml.control')],
    ...scripts.map((name) => [path.join(directory, 'generated', name), path.join(shared, 'extension', name)] as const),
  ];
  // Servers that run may be about to open what is there.
  if (copies.every(([from, to]) => areEqual(from, to))) return;
  try {
    await run('make', ['-s', 'install', `PG_CONFIG=${pgConfig}`], { cwd: directory });
  } catch (error) {
    throw new ExtensionError(
      `the extension could not be installed for ${server}, whose libraries are in ${libraries}: ${complaint(error)}`,
    );
  }
}

const areEqual = (from: string, to: string): boolean =>
  fs.existsSync(to) && fs.readFileSync(from).equals(fs.readFileSync(to));

async function askServer(pgConfig: string, questions: readonly string[]): Promise<string[]> {
  try {
    const { stdout } = await run(pgConfig, [...questions]);
    return stdout.trim().split('\n');
  } catch {
    throw new ExtensionError(
      `${pgConfig} cannot be run: it belongs to the development package of PostgreSQL, ` +
        'for example apt install postgresql-server-dev-15',
    );
  }
}

/** Names what a build depends on. */
function fingerprint(server: string): string {
  const hash = createHash('sha256').update(server).update(process.arch);
  for (const file of sourceFiles()) hash.update(file).update(fs.readFileSync(path.join(sources, file)));
  return hash.digest('hex').slice(0, 16);
}

function sourceFiles(): string[] {
  const files = ['.', 'generated'].flatMap((folder) =>
    fs.readdirSync(path.join(sources, folder)).map((name) => path.join(folder, name)),
  );
  return files.filter((file) => /(\.[ch]|\.sql|\.control|Makefile)$/.test(file)).sort();
}

/** Whoever comes second finds the first one's build, which is the same. */
async function buildAside(directory: string, settings: readonly string[]): Promise<void> {
  const aside = `${directory}.new-${process.pid}`;
  try {
    for (const file of sourceFiles()) {
      fs.mkdirSync(path.dirname(path.join(aside, file)), { recursive: true });
      fs.copyFileSync(path.join(sources, file), path.join(aside, file));
    }
    await run('make', ['-s', ...settings], { cwd: aside });
    if (!fs.existsSync(directory)) fs.renameSync(aside, directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new ExtensionError(
        'make is not installed: install a C compiler and make, for example apt install build-essential',
      );
    throw new CompilationError(`the extension could not be compiled: ${complaint(error)}`);
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

function complaint(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').slice(-5).join('\n');
}
