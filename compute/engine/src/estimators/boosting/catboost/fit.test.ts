import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { soloTeam } from '../../../team.js';
import {
  assertCancellable,
  assertClose,
  backwardsTeam,
  blockOf,
  evaluate,
  fitAndEvaluate,
  type FitContextOptions,
  type Problem,
  trainingData,
} from '../../../testing/data.js';
import { Dispatch } from '../../../trees/dispatch.js';
import { readTrees } from '../../../trees/layout.js';
import { chooseBorders } from './borders.js';
import { catboostClassification, catboostRegression } from './index.js';
import { automaticRate } from './learning-rate.js';
import { chooseLoss, weighedQuantile } from './losses.js';
import { OrderedModels } from './ordered.js';

const kernels = loadKernels();

function problem(rows: number, features: number, classes = 0, missing = 0, seed = 1): Problem {
  const random = new RandomState(seed);
  const columns = Array.from({ length: features }, () =>
    Float32Array.from({ length: rows }, () => (random.double() < missing ? Number.NaN : random.normal())),
  );
  const score = Array.from(
    { length: rows },
    (_, row) =>
      (columns[0][row] || 0) + 0.5 * (columns[1]?.[row] || 0) * (columns[0][row] || 1) + 0.3 * random.normal(),
  );
  const target = score.map((value) =>
    classes === 0 ? value : Math.max(0, Math.min(classes - 1, Math.floor(value + 1))),
  );
  return { columns, target };
}

/** Nothing is drawn at random. */
const steady = { bootstrap_type: 'No', random_strength: 0 };

const fit = (given: Problem, hyperparameters: object, classes = 0, options: FitContextOptions = {}) =>
  fitAndEvaluate(
    kernels,
    classes > 0 ? catboostClassification : catboostRegression,
    given,
    { iterations: 20, ...hyperparameters },
    options,
  );

function answersFor(fitted: ReturnType<typeof fit>['fitted'], columns: readonly ArrayLike<number>[]): Float64Array {
  const mark = kernels.mark();
  const { scores } = evaluate(kernels, fitted, trainingData(kernels, columns));
  kernels.release(mark);
  return scores;
}

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

for (const missing of [0, 0.2])
  for (const nan_mode of ['Min', 'Max'])
    for (const score_function of ['Cosine', 'L2'])
      test(`a tree has the best scores of all tests at each level: ${score_function}, ${missing ? nan_mode : 'complete'}`, () => {
        for (let seed = 0; seed < 8; seed++) {
          const random = new RandomState(seed);
          const rows = 40;
          const columns = Array.from({ length: 3 }, () =>
            Float32Array.from({ length: rows }, () => (random.double() < missing ? Number.NaN : random.integer(0, 6))),
          );
          const target = Float64Array.from({ length: rows }, () => random.integer(-8, 9) / 4);
          const settings = { ...steady, iterations: 1, depth: 2, learning_rate: 1, l2_leaf_reg: 2, nan_mode };
          const { fitted, answers } = fit({ columns, target }, { ...settings, score_function });
          const centre = mean(target);
          const scoreOf = (leaves: ReadonlyMap<string, number[]>): number => {
            let product = 0;
            let square = 1e-100;
            for (const own of leaves.values()) {
              const sum = own.reduce((total, row) => total + target[row] - centre, 0);
              const value = sum / (own.length + 2);
              product += value * sum;
              square += value * value * own.length;
            }
            return score_function === 'Cosine' ? product / Math.sqrt(square) : product;
          };
          const ranks = columns.map((column) =>
            column.map((value) => (Number.isNaN(value) ? (nan_mode === 'Min' ? -Infinity : Infinity) : value)),
          );
          let keys = new Array<string>(rows).fill('');
          const group = (some: readonly string[]) => {
            const leaves = new Map<string, number[]>();
            some.forEach((key, row) => leaves.set(key, [...(leaves.get(key) ?? []), row]));
            return leaves;
          };
          for (let level = 0; level < 2; level++) {
            const candidates = ranks.flatMap((column) =>
              [...new Set(column)]
                .sort((a, b) => a - b)
                .slice(1)
                .map((limit) => keys.map((key, row) => key + (column[row] < limit ? 'l' : 'r'))),
            );
            const scores = candidates.map((some) => scoreOf(group(some)));
            const best = Math.max(...scores);
            // What was chosen must be among the best; ties are open.
            const bests = candidates.filter((_, index) => scores[index] > best - 1e-6 * Math.abs(best));
            if (level === 1 || bests.length > 1) {
              if (bests.length > 1 && level === 0) break;
              const values = bests.map((some) => {
                const leaves = group(some);
                return some.map((key) => {
                  const own = leaves.get(key)!;
                  return centre + own.reduce((total, row) => total + target[row] - centre, 0) / (own.length + 2);
                });
              });
              assert.ok(
                values.some((one) => one.every((value, row) => Math.abs(value - answers.scores[row]) < 1e-5)),
                `seed ${seed}: no best pair of tests gives these predictions`,
              );
            } else keys = bests[0];
          }
          assert.ok(readTrees(blockOf(fitted, 3)).trees.length === 1);
        }
      });

test('borders: a bin for each of few values; many share evenly, next to medians', () => {
  const borders = (
    values: number[],
    type: 'GreedyLogSum' | 'Median' | 'Uniform' | 'UniformAndQuantiles',
    count: number,
  ) => [...chooseBorders(Float32Array.from(values), type, count)];
  assert.deepEqual(borders([1, 2, 2, 4], 'GreedyLogSum', 254), [1.5, 3]);
  assert.deepEqual(borders([3, 3, 3], 'GreedyLogSum', 254), []);
  assert.deepEqual(borders([], 'GreedyLogSum', 254), []);
  const many = Array.from({ length: 1024 }, (_, i) => i);
  assert.deepEqual(borders(many, 'GreedyLogSum', 3), [255.5, 511.5, 767.5]);
  assert.deepEqual(borders(many, 'Median', 3), [255.5, 511.5, 767.5]);
  assert.deepEqual(borders([0, 1, 2, 3, 100], 'Uniform', 3), [25, 50, 75]);
  const squares = many.map((value) => value * value);
  assert.equal(borders(squares, 'UniformAndQuantiles', 10).length, 10);
});

test('the automatic learning rate is that of the published table', () => {
  // exp(0.158 log n - 4.287) at 1000 iterations; fewer iterations make it larger, to at most 0.5.
  assert.ok(
    Math.abs(automaticRate('RMSE', 10_000, 1000, false, true) - Math.exp(0.158 * Math.log(10_000) - 4.287)) < 1e-6,
  );
  const fewer = Math.exp(0.427 * Math.log(10_000) - 7.525 - 0.917 * Math.log(0.5));
  assert.ok(Math.abs(automaticRate('Logloss', 10_000, 500, false, false) - fewer) < 1e-6);
  assert.equal(automaticRate('RMSE', 1e6, 1, false, true), 0.5);
  assert.equal(automaticRate('Huber', 1000, 100, false, false), 0.03);
});

const losses: readonly [name: string, target: readonly number[], ownHessians: boolean, classes?: number][] = [
  ['RMSE', [1, -2, 0.5], false],
  ['MAE', [1, -2, 0.5], false],
  ['Quantile:alpha=0.8', [1, -2, 0.5], false],
  ['LogLinQuantile:alpha=0.3', [1, 5, 0.2], false],
  ['Poisson', [1, 2, 0], true],
  ['Huber:delta=0.7', [1, -2, 0.5], true],
  ['MAPE', [1, -2, 0.5], false],
  ['Expectile:alpha=0.3', [1, -2, 0.5], true],
  ['LogCosh', [1, -2, 0.5], true],
  ['Tweedie:variance_power=1.4', [1, 2, 0], true],
  ['Logloss', [1, 0, 1], true, 2],
  ['CrossEntropy', [1, 0, 1], true, 2],
  ['MultiClass', [1, 0, 2], true, 3],
  ['MultiClassOneVsAll', [1, 0, 2], true, 3],
];

for (const [name, target, ownHessians, classes = 0] of losses)
  test(`loss ${name}: gradients are its slopes`, () => {
    const mark = kernels.mark();
    const data = trainingData(kernels, [[0, 1, 2]], target, classes);
    const loss = chooseLoss(name, data);
    const { outputs } = loss;
    const margins = Float64Array.from({ length: 3 * outputs }, (_, i) => Math.sin(3 + i * 1.3));
    const arrays = {
      ...{ rows: 3, targets: data.targetPointer, weights: 0, kernels },
      ...{ margins: kernels.allocate(8 * 3 * outputs), gradients: kernels.allocate(8 * 3 * outputs) },
      dispatch: new Dispatch(kernels, soloTeam(kernels.run)),
    };
    kernels.f64(arrays.margins, 3 * outputs).set(margins);
    loss.setGradients(arrays);
    const pairs = kernels.f32(arrays.gradients, 6 * outputs);
    const factor = name === 'RMSE' ? 0.5 : name === 'MultiClassOneVsAll' ? classes : 1;
    const at = (row: number, index: number, by: number): number => {
      const moved = margins.slice();
      moved[index] += by;
      return factor * loss.lossOf(data.target[row], moved, row, 3);
    };
    for (let index = 0; index < 3 * outputs; index++) {
      const row = index % 3;
      const slope = (at(row, index, 1e-5) - at(row, index, -1e-5)) / 2e-5;
      assert.ok(Math.abs(pairs[2 * index] - slope) < 1e-5, `${name}: ${pairs[2 * index]} is not ${slope}`);
      if (!ownHessians) continue;
      const bend = (at(row, index, 1e-3) - 2 * at(row, index, 0) + at(row, index, -1e-3)) / 1e-6;
      assert.ok(Math.abs(pairs[2 * index + 1] - bend) < 1e-3, `${name}: ${pairs[2 * index + 1]} is not ${bend}`);
    }
    kernels.release(mark);
  });

test('each loss makes its own predictions', () => {
  const given = problem(400, 2);
  const positive = { ...given, target: Array.from(given.target!, (value) => Math.exp(0.5 * value)) };
  const share = (alpha: number): number => {
    const { scores } = fit(given, {
      loss_function: `Quantile:alpha=${alpha}`,
      iterations: 100,
      learning_rate: 0.3,
    }).answers;
    return mean(scores.map((score, row) => Number(given.target![row] <= score)));
  };
  assert.ok(Math.abs(share(0.2) - 0.2) < 0.1);
  assert.ok(Math.abs(share(0.8) - 0.8) < 0.1);
  for (const loss_function of ['Poisson', 'Tweedie:variance_power=1.5']) {
    const { predictions } = fit(positive, { loss_function, learning_rate: 0.3, iterations: 100 }).answers;
    assert.ok(Math.abs(mean(predictions) / mean(positive.target) - 1) < 0.05, loss_function);
  }
  for (const classes of [2, 3])
    for (const loss_function of classes === 2 ? ['Logloss', 'CrossEntropy'] : ['MultiClass', 'MultiClassOneVsAll']) {
      const labelled = problem(400, 2, classes);
      const { predictions } = fit(labelled, { loss_function, iterations: 60 }, classes).answers;
      const right = mean(predictions.map((label, row) => Number(label === labelled.target![row])));
      assert.ok(right > 0.85, `${loss_function}: ${right}`);
    }
});

test('quantiles of weighed values', () => {
  assert.equal(weighedQuantile(Float64Array.of(3, 1, 2), Float64Array.of(1, 1, 1), 0.5), 2);
  assert.equal(weighedQuantile(Float64Array.of(3, 1, 2), Float64Array.of(5, 1, 1), 0.5), 3);
});

test('target statistics: categories by the share of ones, unknown ones by the prior', () => {
  const random = new RandomState(3);
  const codes = Float32Array.from({ length: 3000 }, () => random.integer(1, 31));
  const target = Float64Array.from(codes, (code) => Number(random.double() < (code % 3 === 0 ? 0.9 : 0.1)));
  const given = { columns: [codes], target, categories: [30] };
  const { fitted } = fit(given, { iterations: 50 }, 2);
  const scores = answersFor(fitted, [[3, 6, 30, 1, 2, 29]]);
  for (const score of scores.subarray(0, 3)) assert.ok(score > 1, `${score}`);
  for (const score of scores.subarray(3)) assert.ok(score < -1, `${score}`);
  const [unknown, other, negative] = answersFor(fitted, [[31, 1000, -1]]);
  assert.equal(other, unknown);
  assert.equal(negative, unknown);
  assert.ok(unknown < scores[0] && unknown > scores[3]);
});

test('statistics of rows do not know the rows own targets', () => {
  // Categories that are all different tell nothing; a statistic of all rows would tell everything.
  const random = new RandomState(4);
  const rows = 1000;
  const codes = Float32Array.from({ length: rows }, (_, row) => row);
  const target = Float64Array.from({ length: rows }, () => random.integer(0, 2));
  const { fitted } = fit({ columns: [codes], target }, { cat_features: [0], iterations: 30 }, 2);
  const scores = answersFor(fitted, [codes]);
  for (const score of scores) assert.ok(Math.abs(score) < 0.5, `${score}`);
});

test('features with few categories are split on single ones', () => {
  const random = new RandomState(5);
  const codes = Float32Array.from({ length: 600 }, () => random.integer(0, 6));
  const target = Float64Array.from(codes, (code) => [0, 3, 0, 0, 3, 0][code] + 0.01 * random.normal());
  const settings = { ...steady, cat_features: [0], one_hot_max_size: 6, iterations: 1, depth: 2, learning_rate: 1 };
  const { fitted, answers } = fit({ columns: [codes], target }, { ...settings, l2_leaf_reg: 0 });
  assertClose(
    answers.scores,
    Float64Array.from(codes, (code) => (code === 1 || code === 4 ? 3 : 0)),
    0.01,
  );
  const [missing, unknown, zero] = answersFor(fitted, [[Number.NaN, 17, 0]]);
  assert.equal(missing, zero);
  assert.equal(unknown, zero);
});

test('ordered boosting learns', () => {
  const given = problem(300, 3, 2, 0, 7);
  const { predictions } = fit(given, { boosting_type: 'Ordered', iterations: 60 }, 2).answers;
  assert.ok(mean(predictions.map((label, row) => Number(label === given.target![row]))) > 0.85);
  const { scores } = fit(problem(300, 3), { boosting_type: 'Ordered', iterations: 60 }).answers;
  assert.ok(mean(scores.map((score, row) => Math.abs(score - problem(300, 3).target![row]))) < 0.4);
});

test('what ordered boosting knows of a row comes from rows before it', () => {
  const mark = kernels.mark();
  const random = new RandomState(2);
  const rows = 40;
  const order = random.permutation(rows);
  const target = Array.from({ length: rows }, () => random.normal());
  const leaf = Uint32Array.from({ length: rows }, (_, row) => row % 4);
  const gradientsOf = (targets: readonly number[]): Float32Array => {
    const data = trainingData(kernels, [targets.map(() => 0)], targets);
    const dispatch = new Dispatch(kernels, soloTeam(kernels.run));
    const models = new OrderedModels(data, undefined, order, chooseLoss('RMSE', data), 0, kernels, dispatch);
    const pairs = new Float32Array(2 * rows);
    for (let step = 0; step < 3; step++) {
      models.writeGradients(pairs);
      models.step(leaf, 4, 0.5, 1, 'Newton');
    }
    models.writeGradients(pairs);
    return pairs;
  };
  const before = gradientsOf(target);
  for (const place of [5, 20, 39]) {
    const changed = target.slice();
    changed[order[place]] += 10;
    const after = gradientsOf(changed);
    for (let other = 0; other < place; other++) assert.equal(after[2 * order[other]], before[2 * order[other]]);
    // Its own gradient is of a prediction that did not change.
    assert.ok(Math.abs(after[2 * order[place]] - before[2 * order[place]] + 10) < 1e-5);
  }
  kernels.release(mark);
});

test('ways to draw: each learns, the seed decides, and without drawing nothing is random', () => {
  const given = problem(400, 4, 2, 0.05);
  for (const settings of [
    { bootstrap_type: 'Bayesian', bagging_temperature: 0.7 },
    { bootstrap_type: 'Bernoulli', subsample: 0.5 },
    { bootstrap_type: 'MVS', subsample: 0.5 },
    { bootstrap_type: 'No', rsm: 0.5 },
    { bootstrap_type: 'No', random_strength: 3 },
  ]) {
    const run = (random_seed: number) => fit(given, { random_strength: 0, ...settings, random_seed }, 2);
    const [one, again, other] = [run(1), run(1), run(2)];
    const right = mean(one.answers.predictions.map((label, row) => Number(label === given.target![row])));
    assert.ok(right > 0.85, `${JSON.stringify(settings)}: ${right}`);
    assert.deepEqual(blockOf(one.fitted, 4), blockOf(again.fitted, 4));
    assert.notDeepEqual(blockOf(one.fitted, 4), blockOf(other.fitted, 4), JSON.stringify(settings));
  }
  const calm = (random_seed: number) => blockOf(fit(given, { ...steady, random_seed }, 2).fitted, 4);
  assert.deepEqual(calm(1), calm(2));
});

test('weights and class weights count rows', () => {
  const given = problem(200, 3, 2);
  const double = Float32Array.from(given.target!, (label) => (label === 1 ? 3 : 1));
  const scores = (more: object, weights?: Float32Array) =>
    fit({ ...given, weights }, { ...steady, ...more }, 2).answers.scores;
  const expected = scores({}, double);
  for (const settings of [{ class_weights: [1, 3] }, { class_weights: { 1: 3 } }, { scale_pos_weight: 3 }])
    assertClose(scores(settings), expected, 1e-9);
  const ones = given.target as number[];
  const count = ones.filter((label) => label === 1).length;
  const [most, other] = [Math.max(count, 200 - count), Math.min(count, 200 - count)];
  const rare = count < 100 ? 1 : 0;
  const balanced = Float32Array.from(ones, (label) => (label === rare ? most / other : 1));
  assertClose(scores({ auto_class_weights: 'Balanced' }), scores({}, balanced), 1e-5);
});

test('deep trees, whose histograms do not all fit into memory, change nothing', () => {
  const few = problem(300, 2);
  const constants = Array.from({ length: 3000 }, () => new Float32Array(300).fill(1));
  const settings = { ...steady, iterations: 1, depth: 7 };
  const [own, expected] = [{ ...few, columns: [...few.columns, ...constants] }, few].map(
    (given) => fit(given, settings).answers,
  );
  assertClose(own.scores, expected.scores, 1e-5);
});

test('validation keeps the best trees', () => {
  const given = problem(300, 4, 2, 0, 9);
  const noisy = { ...given, target: Array.from(given.target!, (label, row) => (row % 4 === 0 ? 1 - label : label)) };
  const settings = { validation_fraction: 0.3, iterations: 200, learning_rate: 0.3 };
  const trees = (more: object): number => Number(fit(noisy, { ...settings, ...more }, 2).fitted.details!.trees);
  assert.ok(trees({}) < 200);
  assert.equal(trees({ early_stopping_rounds: 20 }), trees({}));
  assert.equal(trees({ use_best_model: false }), 200);
});

test('the number of threads changes nothing', () => {
  for (const [rows, classes] of [
    [300, 3],
    [70_000, 2],
  ] as const) {
    const given = problem(rows, 4, classes, 0.1);
    const [one, four] = [undefined, backwardsTeam(kernels)].map((team) =>
      blockOf(fit(given, { iterations: 2 }, classes, team ? { team } : {}).fitted, 4),
    );
    assert.deepEqual(one, four);
  }
});

test('a fit can be cancelled wherever it looks', () => {
  const hyperparameters = { iterations: 2, depth: 3 };
  assertCancellable(kernels, catboostClassification, problem(100, 3, 2), { hyperparameters, least: 8 });
});

test('what cannot be fitted is said so', () => {
  const three = problem(60, 2, 3);
  const two = problem(60, 2, 2);
  const none = problem(60, 2, 0, 0.1);
  for (const [given, parameters, classes, sqlstate, message] of [
    [none, { grow_policy: 'Lossguide' }, 0, '0A000', /grow_policy Lossguide is not available/],
    [none, { bootstrap_type: 'Poisson' }, 0, '0A000', /bootstrap_type Poisson is not available/],
    [none, { loss_function: 'Cox' }, 0, '0A000', /loss_function Cox is not available/],
    [none, { loss_function: 'Logloss' }, 0, '22023', /Logloss is not available for the task regression/],
    [none, { loss_function: 'Huber' }, 0, '22023', /its parameter delta is missing/],
    [none, { loss_function: 'Quantile:alpha=2' }, 0, '22023', /alpha is 2, which is out of range/],
    [none, { loss_function: 'RMSE:alpha=2' }, 0, '22023', /RMSE has no parameter alpha/],
    [none, { loss_function: 'Poisson' }, 0, '22023', /targets of at least 0/],
    [none, { nan_mode: 'Forbidden' }, 0, '22023', /has missing values/],
    [none, { cat_features: [0] }, 0, '22023', /must be integers/],
    [none, { cat_features: [9] }, 0, '22023', /no feature 9 among 2/],
    [none, { leaf_estimation_method: 'Exact' }, 0, '22023', /does not suit RMSE/],
    [none, { early_stopping_rounds: 5 }, 0, '22023', /needs rows to measure with/],
    [three, { loss_function: 'Logloss' }, 3, '22023', /for two classes, but the target has 3/],
    [three, { boosting_type: 'Ordered' }, 3, '0A000', /Ordered is not available for MultiClass/],
    [two, { class_weights: [1, 2, 3] }, 2, '22023', /has 3 entries, but there are 2 classes/],
    [two, { class_weights: [1, 2], scale_pos_weight: 2 }, 2, '22023', /exclude one another/],
  ] as const)
    assert.throws(
      () => fit(given, parameters, classes),
      (error) => error instanceof FitError && error.sqlstate === sqlstate && message.test(error.message),
      JSON.stringify(parameters),
    );
});
