/** Reference values: what `proof/reference/make_<algorithm>.py` took from a reference implementation. */
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Kernels, loadKernels } from '@pgml/kernels';
import type { Estimator, Fitted, Task } from '../estimator.js';
import { type Answers, assertClose, columnsOf, fitAndEvaluate, type Problem } from './data.js';

/** The content of proof/reference/<name>.json. */
export function readReference<Reference>(name: string): Reference {
  return JSON.parse(readFileSync(new URL(`../../../../proof/reference/${name}.json`, import.meta.url), 'utf8'));
}

/** A table of proof/reference/tables.json; NaN is null there. */
interface StoredTable {
  readonly features: readonly (readonly (number | null)[])[];
  readonly target: readonly number[];
  readonly classes: number;
}

let tables: Readonly<Record<string, StoredTable>> | undefined;

/** A shared table of reference values by name, with its target. */
export function referenceTable(name: string): Problem {
  tables ??= readReference<Record<string, StoredTable>>('tables');
  const { features, target } = tables[name];
  const rows = features.map((row) => row.map((value) => value ?? Number.NaN));
  return { columns: columnsOf(rows), target };
}

/** One case of a file of reference values, as `cases.py` writes it. */
export interface ReferenceCase<Expected> {
  readonly task: Task;
  readonly table: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What both sides weigh the rows with. */
  readonly weights?: readonly number[];
  /** What is special about this case. */
  readonly note?: string;
  readonly expected: Expected;
}

export interface Outcome<Expected> {
  readonly kernels: Kernels;
  readonly problem: Problem;
  readonly fitted: Fitted;
  readonly answers: Answers;
  readonly expected: Expected;
  readonly entry: ReferenceCase<Expected>;
  /** assertClose with the estimator's declared tolerance. */
  close(actual: ArrayLike<number>, expected: ArrayLike<number>, what?: string): void;
}

/**
 * A test for each case of `estimator`'s task in proof/reference/<algorithm>.json: fits with the case's parameters on its
 * table and hands model and expectation to `compare`.
 */
export function testReference<Expected>(
  estimator: Estimator,
  compare: (outcome: Outcome<Expected>) => void,
  file: string = estimator.algorithm,
): void {
  const { cases } = readReference<{ cases: readonly ReferenceCase<Expected>[] }>(file);
  const kernels = loadKernels();
  const { algorithm, task, reference, agreement } = estimator;
  for (const [index, entry] of cases.entries()) {
    if (entry.task !== task) continue;
    const said = `${entry.table} ${JSON.stringify(entry.parameters)}${entry.note ? `, ${entry.note}` : ''}`;
    test(`reference: ${algorithm} ${task} as ${reference}, case ${index}: ${said}`, () => {
      const table = referenceTable(entry.table);
      const problem: Problem = {
        columns: table.columns,
        ...(task === 'regression' || task === 'classification' ? { target: table.target ?? [] } : {}),
        weights: entry.weights,
      };
      compare({
        kernels,
        problem,
        ...fitAndEvaluate(kernels, estimator, problem, entry.parameters),
        expected: entry.expected,
        entry,
        close: (actual, expected, what) => assertClose(actual, expected, agreement.tolerance, what),
      });
    });
  }
}
