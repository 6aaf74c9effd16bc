import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { buildExtension, ExtensionError } from './build.js';
import { bridgeSql } from './sql.js';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-build-'));
after(() => fs.rmSync(directory, { recursive: true }));
const cache = path.join(directory, 'cache');

/** A program that answers as pg_config does. */
function pgConfig(pgxs: string): string {
  const program = path.join(directory, `pg_config-${path.basename(pgxs)}`);
  const answers = `case $question in --version) echo 'PostgreSQL 17.2 (Test)';; --pgxs) echo '${pgxs}';; esac`;
  fs.writeFileSync(program, `#!/bin/sh\nfor question; do ${answers}; done\n`, { mode: 0o755 });
  return program;
}

async function refused(program: string, message: RegExp): Promise<void> {
  await assert.rejects(buildExtension({ pgConfig: program, cache }), (error: Error) => {
    assert.ok(error instanceof ExtensionError, String(error));
    assert.match(error.message, message);
    return true;
  });
  // Nothing half done is left to be taken for a build.
  assert.deepEqual(fs.existsSync(cache) ? fs.readdirSync(cache) : [], []);
}

test('what is missing for a build is named, with the way out', async () => {
  await refused(path.join(directory, 'nowhere'), /nowhere cannot be run: .* apt install postgresql-server-dev/);
  await refused(
    pgConfig('/nowhere/pgxs.mk'),
    /header files of PostgreSQL 17.2 .* apt install postgresql-server-dev-17/,
  );
});

test('without make, and with one that fails, nothing is left in the cache', async () => {
  const makefile = path.join(directory, 'pgxs.mk');
  fs.writeFileSync(makefile, 'all:\n\t@echo "the compiler is unhappy$(if $(WERROR), about warnings)" >&2; exit 1\n');
  const program = pgConfig(makefile);
  await refused(program, /could not be compiled: the compiler is unhappy/);
  // Not taken for something that this machine lacks.
  await assert.rejects(buildExtension({ pgConfig: program, cache }), {
    name: 'CompilationError',
    message: /unhappy\n/,
  });
  const strict = buildExtension({ pgConfig: program, cache, strict: true });
  await assert.rejects(strict, { name: 'CompilationError', message: /unhappy about warnings\n/ });
  const { PATH } = process.env;
  // The shell of pg_config is found without a path, make is not.
  process.env.PATH = directory;
  try {
    await refused(program, /make is not installed: .* apt install build-essential/);
  } finally {
    process.env.PATH = PATH;
  }
});

test('the seam as SQL names the library everywhere', () => {
  const sql = bridgeSql("/tmp/it's/pgml.so");
  assert.equal(sql.split("AS '/tmp/it''s/pgml.so', 'pgml_").length - 1, 11);
  assert.doesNotMatch(sql, /MODULE_PATHNAME/);
});
