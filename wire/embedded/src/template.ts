/**
 * A cluster that the build has made in advance, to be copied: initdb in WASM takes seconds, a copy does not. It is found
 * by a hash of all that it was made from; a template of another version is not found.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { extensionFiles } from '@pgml/bridge-pglite';

/** To be raised when clusters are made in another way. */
const LAYOUT = 2;

const require = createRequire(import.meta.url);

/** The folder node_modules that PGlite was installed into. */
const installed = (): string => {
  const entry = require.resolve('@electric-sql/pglite');
  return entry.slice(0, entry.lastIndexOf(`${path.sep}node_modules${path.sep}`) + '/node_modules'.length);
};

export function templateDirectory(): string {
  const pglite = JSON.parse(fs.readFileSync(path.join(installed(), '@electric-sql/pglite/package.json'), 'utf8')) as {
    version: string;
  };
  const hash = createHash('sha256')
    .update(JSON.stringify([LAYOUT, pglite.version, extensionFiles()]))
    .digest('hex')
    .slice(0, 16);
  return path.join(installed(), '.cache/pgml', `template-${hash}`);
}

export function findTemplate(): string | undefined {
  const directory = templateDirectory();
  return fs.existsSync(directory) ? directory : undefined;
}
