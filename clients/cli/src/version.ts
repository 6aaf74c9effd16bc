import fs from 'node:fs';

/** As the package says, which has the version of the whole workspace. */
export function version(): string {
  const manifest = fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
