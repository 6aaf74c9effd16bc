/**
 * What is not the same on every engine: tests of the SQL surface that do not hold there, and why. docs/reference/bridges.md
 * is printed from this list. A test of it that does hold fails, and so does an entry about no test: it is to be removed.
 */
import path from 'node:path';
import { chosenEngine, type EngineName } from './engines/engine.js';

export interface Difference {
  readonly engines: readonly EngineName[];
  /** The file in src/sql, without .test.ts, and the name of the test, or of several. */
  readonly file: string;
  readonly test: string | RegExp;
  /** For people who choose an engine. */
  readonly because: string;
}

const dblink = ['dblink', 'dblink-18'] as const;
const noExtension =
  'Over dblink pgml is no extension: `pgml install`, `pgml upgrade` and `pgml uninstall` take the place of `CREATE`, `ALTER` and `DROP EXTENSION`.';

export const differences: readonly Difference[] = [
  {
    engines: dblink,
    file: 'predict',
    test: 'predictions can be stored in generated columns and indexed',
    because:
      'Over dblink the functions that predict are `STABLE` and not `PARALLEL SAFE`, so that they can be neither in generated columns nor in index expressions: store predictions in columns of their own.',
  },
  ...[
    ['catalog', 'the catalog goes to files and comes back, and new rows come after'],
    ['catalog', 'a role without superuser rights can install pgml, train and predict'],
    ['schema', 'the extension has our version'],
    ['schema', 'pg_dump saves the rows of the catalog'],
    ['schema', 'can be dropped and created again beside the tables it made'],
    ['scripts', 'extension and schema are dropped and made again, as often as a script is run'],
  ].map(([file, test]) => ({ engines: dblink, file, test, because: noExtension })),
];

/** Those of the tests of this process on its engine. */
export function differencesHere(): readonly Difference[] {
  const file = path.basename(process.argv[1] ?? '').replace(/\.test\.js$/, '');
  const engine = chosenEngine();
  return differences.filter((entry) => entry.file === file && entry.engines.includes(engine));
}
