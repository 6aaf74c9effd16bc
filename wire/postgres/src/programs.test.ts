import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { findPrograms, readPrograms } from './programs.js';

const directory = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'pgml-programs-'));
after(() => fs.rmSync(directory, { recursive: true }));

/** Programs that say a version and do nothing else. */
function programs(name: string, version: string): string {
  const folder = path.join(directory, name);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'initdb'), '');
  fs.writeFileSync(path.join(folder, 'postgres'), `#!/bin/sh\necho '${version}'\n`, { mode: 0o755 });
  return folder;
}

test('the newest that can be used comes first; links to the same programs count once', () => {
  const folders = [
    programs('old', 'postgres (PostgreSQL) 12.22'),
    programs('debian', 'postgres (PostgreSQL) 13.9 (Debian 13.9-1)'),
    programs('minor', 'postgres (PostgreSQL) 13.10'),
    programs('beta', 'postgres (PostgreSQL) 17beta1'),
    programs('tomorrow', 'postgres (PostgreSQL) 99.1'),
    programs('strange', 'something else'),
  ];
  const links = path.join(directory, 'links');
  fs.mkdirSync(links);
  for (const name of ['initdb', 'postgres']) fs.symlinkSync(path.join(directory, 'beta', name), path.join(links, name));
  const found = findPrograms({ path: [...folders, links, '/nowhere'].join(path.delimiter) });
  const ours = found.filter((entry) => entry.directory.startsWith(directory));
  assert.deepEqual(
    ours.map(({ directory: folder, version, major }) => [path.basename(folder), version, major]),
    [
      ['beta', '17beta1', 17],
      ['minor', '13.10', 13],
      ['debian', '13.9', 13],
    ],
  );
});

test('a directory that is given is the only one, and must do', () => {
  const given = path.join(directory, 'minor');
  assert.deepEqual(
    findPrograms({ directory: given, path: process.env.PATH }).map(({ version }) => version),
    ['13.10'],
  );
  const refusals = { '.': /does not hold initdb and postgres/, strange: /does not tell its version/, old: /13 to 18/ };
  for (const [name, message] of Object.entries(refusals))
    assert.throws(() => readPrograms(path.join(directory, name)), { name: 'HostError', message }, name);
});
