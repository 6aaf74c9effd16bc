import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import {
  assertCancellable,
  assertClose,
  backwardsTeam,
  blockOf,
  evaluate,
  fitAndEvaluate,
  type Problem,
  trainingData,
} from '../../../testing/data.js';
import { histGradientBoostingClassification, histGradientBoostingRegression } from './index.js';

const kernels = loadKernels();

function problem(rows: number, features: number, classes = 0, missing = 0, seed = 1): Problem {
  const random = new RandomState(seed);
  const columns = Array.from({ length: features }, () =>
    Float32Array.from({ length: rows }, () => (random.double() < missing ? Number.NaN : random.normal())),
  );
  const score = Array.from(
    { length: rows },
    (_, row) => (columns[0][row] || 0) * (columns[1]?.[row] || 1) + 0.3 * random.normal(),
  );
  const target = score.map((value) =>
    classes === 0 ? value : Math.max(0, Math.min(classes - 1, Math.floor(value + 1))),
  );
  return { columns, target };
}

const fit = (given: Problem, hyperparameters: object, classes = 0) =>
  fitAndEvaluate(
    kernels,
    classes > 0 ? histGradientBoostingClassification : histGradientBoostingRegression,
    given,
    hyperparameters,
  );

/** Answers of a model for rows it was not fitted to. */
function answersFor(fitted: ReturnType<typeof fit>['fitted'], columns: readonly ArrayLike<number>[]): number[] {
  const mark = kernels.mark();
  const scores = [...evaluate(kernels, fitted, trainingData(kernels, columns)).scores];
  kernels.release(mark);
  return scores;
}

test('a stump is the best of all splits by squared error', () => {
  for (let seed = 0; seed < 20; seed++) {
    const given = problem(60, 3, 0, 0.1, seed);
    const { answers } = fit(given, { max_iter: 1, learning_rate: 1, max_leaf_nodes: 2, min_samples_leaf: 5 });
    const target = Float64Array.from(given.target!, Math.fround);
    const errorOf = (rows: readonly number[]) => {
      const mean = rows.reduce((sum, row) => sum + target[row], 0) / rows.length;
      return rows.reduce((sum, row) => sum + (target[row] - mean) ** 2, 0);
    };
    const all = given.columns[0].length;
    const rows = Array.from({ length: all }, (_, row) => row);
    let best = errorOf(rows);
    for (const column of given.columns)
      for (const limit of [...Array.from(column).filter((x) => !Number.isNaN(x)), Infinity])
        for (const missingLeft of [false, true]) {
          const left = rows.filter((row) => (Number.isNaN(column[row]) ? missingLeft : column[row] <= limit));
          if (left.length < 5 || all - left.length < 5) continue;
          const right = rows.filter((row) => !left.includes(row));
          best = Math.min(best, errorOf(left) + errorOf(right));
        }
    const error = rows.reduce((sum, row) => sum + (target[row] - answers.scores[row]) ** 2, 0);
    assert.ok(Math.abs(error - best) < 1e-5 * best, `seed ${seed}: ${error} is not ${best}`);
  }
});

test('no leaf has fewer rows than allowed, and no tree more leaves or levels', () => {
  for (const classes of [0, 2]) {
    const { fitted } = fit(problem(400, 4, classes), { max_iter: 5, min_samples_leaf: 17, max_leaf_nodes: 9 }, classes);
    const covers = fitted.sections!.covers!;
    assert.ok(covers.every((cover) => cover >= 17));
    assert.ok(covers.length <= 5 * 17);
  }
  const { fitted } = fit(problem(400, 4), { max_iter: 5, max_depth: 2, min_samples_leaf: 1 });
  assert.ok(fitted.sections!.covers!.length <= 5 * 7);
});

test('importances count the splits', () => {
  const { fitted } = fit(problem(300, 4), { max_iter: 10 });
  const splits = Array.from(fitted.importances!.weight).reduce((sum, count) => sum + count, 0);
  const nodes = fitted.sections!.covers!.length;
  assert.equal(splits, (nodes - 10) / 2);
  const [first, second, third] = Array.from(fitted.importances!.gain);
  assert.ok(first > third && second > third);
});

test('categories that were not seen go where missing values go', () => {
  const random = new RandomState(3);
  const codes = Float32Array.from({ length: 400 }, () =>
    random.double() < 0.2 ? Number.NaN : [2, 3, 5, 7, 40][random.integer(0, 5)],
  );
  const effects: Record<number, number> = { 2: 1, 3: -1, 5: 1, 7: -1, 40: 0 };
  const target = Float64Array.from(codes, (code) => (effects[code] ?? 0.7) + 0.01 * random.normal());
  const { fitted } = fit({ columns: [codes], target }, { categorical_features: [0], max_iter: 30 });
  const [missing, ...unseen] = answersFor(fitted, [[Number.NaN, 4, 0, 41, 5000, -3, 2.5]]);
  for (const score of unseen) assert.equal(score, missing);
  assertClose(answersFor(fitted, [[2, 3, 5, 7]]), [1, -1, 1, -1], 0.1);
});

test('text columns are categorical by themselves, as long as there are few enough texts', () => {
  const random = new RandomState(4);
  const codes = Float32Array.from({ length: 1000 }, () => random.integer(1, 21));
  const target = Float64Array.from(codes, (code) => (code % 2) + 0.01 * random.normal());
  const settings = { max_iter: 1, max_leaf_nodes: 2, learning_rate: 1, min_samples_leaf: 1 };
  const errorOf = (scores: Float64Array) => scores.reduce((sum, score, row) => sum + (score - target[row]) ** 2, 0);
  const asText = fit({ columns: [codes], target, categories: [20] }, settings);
  assert.ok(errorOf(asText.answers.scores) < 1);
  const named = fit({ columns: [codes], target }, { ...settings, categorical_features: [true] });
  assert.deepEqual(asText.fitted, named.fitted);
  const tooMany = fit({ columns: [codes], target, categories: [20] }, { ...settings, max_bins: 20 });
  assert.deepEqual(tooMany.fitted, fit({ columns: [codes], target }, { ...settings, max_bins: 20 }).fitted);
});

test('values at thresholds and infinities go the way they went in training', () => {
  const columns = [Float32Array.of(-Infinity, -Infinity, -1, -1, 0, -0, 1e-45, 1e-45, 1, 1, Infinity, Infinity)];
  const target = Float64Array.from(columns[0], (_, row) => row >> 1);
  const { answers } = fit({ columns, target }, { max_iter: 1, learning_rate: 1, min_samples_leaf: 2 });
  assertClose(answers.scores, target, 1e-6);
});

test('predictions of a Poisson model are means', () => {
  const random = new RandomState(5);
  const columns = [Float32Array.from({ length: 500 }, () => random.normal())];
  const target = Float64Array.from(columns[0], (x) => random.integer(0, x > 0 ? 12 : 4));
  const { answers } = fit({ columns, target }, { loss: 'poisson', max_iter: 50 });
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  assert.ok(Math.abs(mean(answers.predictions) / mean(target) - 1) < 1e-3);
  assertClose(answers.predictions, answers.scores.map(Math.exp), 1e-6);
});

test('predictions rise where they must', () => {
  const given = problem(500, 2);
  const { fitted } = fit(given, { monotonic_cst: [1, -1], max_iter: 50, min_samples_leaf: 3 });
  const line = Array.from({ length: 100 }, (_, i) => -3 + 0.06 * i);
  for (const fixed of [-1, 0, 1]) {
    const rising = answersFor(fitted, [line, line.map(() => fixed)]);
    const falling = answersFor(fitted, [line.map(() => fixed), line]);
    for (let i = 1; i < line.length; i++) {
      assert.ok(rising[i] >= rising[i - 1]);
      assert.ok(falling[i] <= falling[i - 1]);
    }
  }
});

test('the number of threads changes nothing, with pieces of rows and without', () => {
  for (const [rows, classes, missing] of [
    [300, 3, 0.1],
    [70_000, 0, 0],
    [70_000, 2, 0.1],
  ] as const) {
    const given = problem(rows, 4, classes, missing);
    const settings = { max_iter: 2, random_state: 1 };
    const estimator = classes > 0 ? histGradientBoostingClassification : histGradientBoostingRegression;
    const [one, four] = [undefined, backwardsTeam(kernels)].map((team) =>
      blockOf(fitAndEvaluate(kernels, estimator, given, settings, team ? { team } : {}).fitted, 4),
    );
    assert.deepEqual(one, four);
  }
});

test('many features, whose histograms do not all fit into memory, change nothing', () => {
  const few = problem(400, 3, 2);
  const constants = Array.from({ length: 6000 }, () => new Float32Array(400).fill(1));
  const settings = { max_iter: 1, max_leaf_nodes: 60, min_samples_leaf: 2 };
  const [own, expected] = [{ ...few, columns: [...few.columns, ...constants] }, few].map(
    (given) => fit(given, settings, 2).answers,
  );
  assertClose(own.scores, expected.scores, 1e-9);
});

test('a fit can be cancelled wherever it looks', () => {
  const hyperparameters = { max_iter: 3, early_stopping: true };
  assertCancellable(kernels, histGradientBoostingClassification, problem(200, 3, 3), { hyperparameters, least: 10 });
});

test('what cannot be fitted is said so', () => {
  const three = problem(60, 2, 3);
  const none = problem(60, 2);
  for (const [given, parameters, classes, message] of [
    [none, { loss: 'quantile' }, 0, /"quantile" must lie between 0 and 1, but null was given/],
    [none, { loss: 'poisson' }, 0, /targets of at least 0/],
    [three, { loss: 'binary_crossentropy' }, 3, /for two classes, but the target has 3/],
    [three, { monotonic_cst: [1, 0] }, 3, /for regression and for two classes/],
    [none, { monotonic_cst: [1] }, 0, /has 1 entries, but there are 2 features/],
    [none, { categorical_features: [2] }, 0, /names feature 2, but there are only 2/],
    [none, { categorical_features: [0] }, 0, /must be integers from 0 to 254/],
    [none, { interaction_cst: [[0, 5]] }, 0, /names feature 5, but there are only 2/],
    [none, { early_stopping: true, validation_fraction: 60 }, 0, /60 would be set aside/],
    [none, { early_stopping: true, scoring: 'accuracy' }, 0, /does not suit the task regression/],
  ] as const)
    assert.throws(
      () => fit(given, parameters, classes),
      (error) => error instanceof FitError && message.test(error.message),
    );
});
