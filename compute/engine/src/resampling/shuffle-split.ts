/** Parting rows at random into those to learn from and those to validate with, as scikit-learn draws them. */
import type { RandomState } from '@pgml/kernels';
import { FitError, type TrainingData } from '../estimator.js';

export interface ShuffleSplit {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** `train_test_split`: stratified where there are classes. `tests` rows for testing. Throws FitError. */
export function trainTestSplit(
  { rows, classes, target }: Pick<TrainingData, 'rows' | 'classes' | 'target'>,
  tests: number,
  random: RandomState,
): ShuffleSplit {
  return classes > 0 ? stratifiedShuffleSplit(target, classes, tests, random) : shuffleSplit(rows, tests, random);
}

/** `ShuffleSplit`: so many rows for testing, the rest for training. Throws FitError if nothing is left. */
export function shuffleSplit(rows: number, tests: number, random: RandomState): ShuffleSplit {
  checkTests(rows, tests);
  const order = random.permutation(rows);
  return { train: order.slice(tests), test: order.slice(0, tests) };
}

/**
 * `StratifiedShuffleSplit`: the same, with the classes in both parts as nearly as possible in the proportions of all.
 * `labels` are class numbers below `classes`, not all of which need occur. Throws FitError if a class has a single row,
 * or a part has fewer rows than there are classes.
 */
export function stratifiedShuffleSplit(
  labels: ArrayLike<number>,
  classes: number,
  tests: number,
  random: RandomState,
): ShuffleSplit {
  checkTests(labels.length, tests);
  const members = rowsByClass(labels, classes).filter((rows) => rows.length > 0);
  const trains = labels.length - tests;
  if (members.some((rows) => rows.length < 2))
    throw new FitError(
      'rows cannot be set aside for validation in proportion to the classes: one class has a single row',
      'Train without early stopping, or on more rows of that class.',
    );
  if (Math.min(tests, trains) < members.length)
    throw new FitError(
      `a part of ${Math.min(tests, trains)} rows cannot hold all of ${members.length} classes`,
      'Change validation_fraction, or train without early stopping.',
    );
  const counts = members.map((rows) => rows.length);
  const trainCounts = apportion(counts, trains, random);
  const testCounts = apportion(
    counts.map((count, i) => count - trainCounts[i]),
    tests,
    random,
  );
  const train: number[] = [];
  const test: number[] = [];
  for (const [i, rows] of members.entries()) {
    const order = random.permutation(rows.length);
    for (let k = 0; k < trainCounts[i]; k++) train.push(rows[order[k]]);
    for (let k = trainCounts[i]; k < trainCounts[i] + testCounts[i]; k++) test.push(rows[order[k]]);
  }
  return { train: permuted(train, random), test: permuted(test, random) };
}

function checkTests(rows: number, tests: number): void {
  if (Number.isInteger(tests) && tests > 0 && tests < rows) return;
  throw new FitError(
    `of ${rows} rows, ${tests} would be set aside for validation`,
    'Change validation_fraction, or train without early stopping.',
  );
}

function rowsByClass(labels: ArrayLike<number>, classes: number): number[][] {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let row = 0; row < labels.length; row++) members[labels[row]].push(row);
  return members;
}

function permuted(values: readonly number[], random: RandomState): Uint32Array {
  const shuffled = Uint32Array.from(values);
  random.shuffle(shuffled);
  return shuffled;
}

/** The likeliest way to draw so many out of groups: shares rounded down, then one more for the largest remainders. */
function apportion(counts: readonly number[], draws: number, random: RandomState): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => (count / total) * draws);
  const parts = shares.map(Math.floor);
  let missing = draws - parts.reduce((sum, part) => sum + part, 0);
  const remainders = shares.map((share, i) => share - parts[i]);
  for (const remainder of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing <= 0) break;
    const tied = [...remainders.keys()].filter((i) => remainders[i] === remainder);
    const added = Math.min(tied.length, missing);
    for (const position of random.choice(tied.length, added)) parts[tied[position]]++;
    missing -= added;
  }
  return parts;
}
