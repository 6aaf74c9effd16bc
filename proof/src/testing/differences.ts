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

export const differences: readonly Difference[] = [];

/** Those of the tests of this process on its engine. */
export function differencesHere(): readonly Difference[] {
  const file = path.basename(process.argv[1] ?? '').replace(/\.test\.js$/, '');
  const engine = chosenEngine();
  return differences.filter((entry) => entry.file === file && entry.engines.includes(engine));
}
