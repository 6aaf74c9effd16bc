import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { rocAuc } from '../../../metrics/classification.js';
import { checkParameters } from '../../../parameters.js';
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
import { chooseCuts } from './binning.js';
import { lightgbmClassification, lightgbmRegression } from './index.js';
import { chooseObjective } from './objectives.js';
import type { LightgbmParameters } from './parameters.js';
import { percentile, weightedPercentile } from './percentile.js';

const kernels = loadKernels();

function problem(rows: number, features: number, classes = 0, missing = 0, seed = 1): Problem {
  const random = new RandomState(seed);
  const columns = Array.from({ length: features }, () =>
    Float32Array.from({ length: rows }, () => (random.double() < missing ? Number.NaN : random.normal())),
  );
  const score = Array.from(
    { length: rows },
    (_, row) => (columns[0][row] || 0) + (columns[1]?.[row] || 0) * (columns[0][row] || 1) + 0.3 * random.normal(),
  );
  const target = score.map((value) =>
    classes === 0 ? value : Math.max(0, Math.min(classes - 1, Math.floor(value + 1))),
  );
  return { columns, target };
}

const fit = (given: Problem, hyperparameters: object, classes = 0, options: FitContextOptions = {}) =>
  fitAndEvaluate(kernels, classes > 0 ? lightgbmClassification : lightgbmRegression, given, hyperparameters, options);

function answersFor(fitted: ReturnType<typeof fit>['fitted'], columns: readonly ArrayLike<number>[]): Float64Array {
  const mark = kernels.mark();
  const { scores } = evaluate(kernels, fitted, trainingData(kernels, columns));
  kernels.release(mark);
  return scores;
}

const parametersOf = (given: object, classes = 0) =>
  checkParameters(classes > 0 ? lightgbmClassification : lightgbmRegression, given) as unknown as LightgbmParameters;

/** What is to be true of first derivatives, and where hessians are the loss's own, of second ones. */
const objectives: readonly [name: string, target: readonly number[], ownHessians: boolean, classes?: number][] = [
  ['regression', [1, -2, 0.5], false],
  ['regression_l1', [1, -2, 0.5], false],
  ['huber', [1, -2, 0.5], false],
  ['fair', [1, -2, 0.5], false],
  ['quantile', [1, -2, 0.5], false],
  ['poisson', [1, 2, 0], false],
  ['gamma', [1, 2, 0.5], true],
  ['tweedie', [1, 2, 0], true],
  ['binary', [1, 0, 1], true, 2],
  ['cross_entropy', [1, 0, 1], true, 2],
  ['multiclass', [1, 0, 2], false, 3],
  ['multiclassova', [1, 0, 2], true, 3],
];

for (const [name, target, ownHessians, classes = 0] of objectives)
  test(`objective ${name}: gradients are the slopes of the loss`, () => {
    const mark = kernels.mark();
    const sigmoid = name === 'binary' || name === 'multiclassova' ? 1.7 : 1;
    const data = trainingData(kernels, [[0, 1, 2]], target, classes);
    const objective = chooseObjective(parametersOf({ objective: name, sigmoid, alpha: 0.7 }, classes), data, 1);
    const { outputs, lossOf } = objective;
    const margins = Float64Array.from({ length: 3 * outputs }, (_, i) => Math.sin(3 + i * 1.3));
    const arrays = {
      ...{ rows: 3, targets: data.targetPointer, weights: 0, kernels },
      ...{ margins: kernels.allocate(8 * 3 * outputs), gradients: kernels.allocate(8 * 3 * outputs) },
      dispatch: new Dispatch(kernels, soloTeam(kernels.run)),
    };
    kernels.f64(arrays.margins, 3 * outputs).set(margins);
    objective.setGradients(arrays);
    const pairs = kernels.f32(arrays.gradients, 6 * outputs);
    const factor = name === 'regression' ? 0.5 : 1;
    const loss = (row: number, index: number, by: number): number => {
      const moved = margins.slice();
      moved[index] += by;
      return factor * lossOf!(data.target[row], moved, row, 3);
    };
    for (let index = 0; index < 3 * outputs; index++) {
      const row = index % 3;
      const slope = (loss(row, index, 1e-5) - loss(row, index, -1e-5)) / 2e-5;
      assert.ok(Math.abs(pairs[2 * index] - slope) < 1e-5, `${name}: ${pairs[2 * index]} is not ${slope}`);
      if (!ownHessians) continue;
      const bend = (loss(row, index, 1e-3) - 2 * loss(row, index, 0) + loss(row, index, -1e-3)) / 1e-6;
      assert.ok(Math.abs(pairs[2 * index + 1] - bend) < 1e-4, `${name}: ${pairs[2 * index + 1]} is not ${bend}`);
    }
    kernels.release(mark);
  });

test('the first prediction is the best constant', () => {
  const target = [1, 2, 2, 3, 3, 3, 8, 9, 12, 20];
  const columns = [target.map(() => 0)];
  const baseOf = (objective: string, more: object = {}) =>
    fit({ columns, target }, { objective, ...more }).answers.scores[0];
  const mean = target.reduce((a, b) => a + b) / target.length;
  assert.ok(Math.abs(baseOf('regression') - mean) < 1e-12);
  for (const objective of ['poisson', 'gamma', 'tweedie'])
    assert.ok(Math.abs(baseOf(objective) - Math.log(mean)) < 1e-12);
  assert.equal(baseOf('regression_l1'), 3);
  assert.ok(Math.abs(baseOf('quantile', { alpha: 0.85 }) - 16) < 1e-9);
  assert.equal(baseOf('regression', { boost_from_average: false }), 0);
});

test('percentiles', () => {
  assert.equal(percentile(Float64Array.of(4, 1, 3, 2), 0.5), 2.5 + 0.5);
  assert.equal(percentile(Float64Array.of(5), 0.3), 5);
  assert.equal(percentile(Float64Array.of(1, 2, 3), 0.999), 3);
  assert.equal(weightedPercentile(Float64Array.of(3, 1, 2), Float64Array.of(0.1, 0.1, 0.1), 0.5), 2);
  assert.equal(weightedPercentile(Float64Array.of(1, 2), Float64Array.of(1, 5), 0.9), 2);
});

test('bins: few values have one each, zero has its own, many share evenly', () => {
  const rule = { maximumBins: 255, minimumRows: 1 };
  const cuts = (values: number[], all = values.length, more = rule) => [
    ...chooseCuts(Float32Array.from(values), all, more),
  ];
  assert.deepEqual(cuts([1, 2, 2, 4]), [1.5, 3]);
  const aroundZero = cuts([-2, -1, 0, 1, 2]);
  assert.equal(aroundZero.length, 4);
  assert.ok(aroundZero[1] < 0 && aroundZero[1] > -1e-30 && aroundZero[2] > 0 && aroundZero[2] < 1e-30);
  assert.deepEqual(cuts([1, 1, 1, 2, 3, 3, 3], 7, { maximumBins: 255, minimumRows: 3 }), [1.5]);
  const many = Array.from({ length: 1000 }, (_, i) => 1 + i);
  const few = cuts(many, 1000, { maximumBins: 11, minimumRows: 3 });
  assert.equal(few.length, 9);
  [1, ...few, 1001].reduce((before, cut) => {
    assert.ok(Math.abs(cut - before - 100) <= 2, `${cut - before} values`);
    return cut;
  });
  // A frequent value is alone in its bin, and missing values take one away.
  const frequent = cuts([...many, ...new Array<number>(500).fill(1000)], 2000, { maximumBins: 11, minimumRows: 3 });
  assert.ok(frequent.length <= 9 && frequent.at(-1)! > 999 && frequent.at(-1)! <= 1000);
  assert.deepEqual(cuts([7, 7, 7]), []);
  assert.deepEqual(cuts([]), []);
});

test('categories: the best set of many, the best one of few', () => {
  const random = new RandomState(3);
  const codes = Float32Array.from({ length: 3000 }, () => random.integer(0, 12));
  const effect = (code: number): number => [3, 0, 0, 3, 1, 3, 0, 0, 3, 0, 3, 0][code];
  const target = Float64Array.from(codes, (code) => effect(code) + 0.01 * random.normal());
  const settings = { n_estimators: 1, learning_rate: 1, num_leaves: 2, cat_l2: 0 };
  const many = fit({ columns: [codes], target, categories: [12] }, settings);
  const high = new Set([0, 3, 5, 8, 10]);
  const [first] = many.answers.scores.subarray(codes.findIndex((code) => high.has(code)));
  many.answers.scores.forEach((score, row) => {
    assert.equal(score === first, high.has(codes[row]), `category ${codes[row]}`);
  });
  const one = fit({ columns: [codes], target }, { ...settings, categorical_feature: [0], max_cat_to_onehot: 12 });
  assert.equal(
    new Set(codes.filter((_, row) => one.answers.scores[row] > one.answers.scores[codes.indexOf(1)])).size,
    1,
  );
  // Missing and unknown categories are in no set.
  const scores = answersFor(many.fitted, [[Number.NaN, -1, 12, 0.5, 1e9]]);
  for (const score of scores) assert.ok(score !== first);
});

test('with hundreds of categories the rare ones are treated as missing', () => {
  const codes = Float32Array.from({ length: 4000 }, (_, row) => (row < 3000 ? row % 200 : 200 + (row % 400)));
  const target = Float64Array.from(codes, (code) => (code < 200 ? code % 2 : 7));
  const { fitted } = fit({ columns: [codes], target }, { categorical_feature: [0], min_data_per_group: 1 });
  const sets = fitted.block.words[7] as Uint32Array;
  assert.ok(sets.length > 0);
  const [frequent, rare, missing] = answersFor(fitted, [[1, 599, Number.NaN]]);
  assert.ok(Math.abs(frequent - 1) < 0.3);
  assert.equal(rare, missing);
});

test('ways to boost: each learns, and each draws by the seed', () => {
  const given = problem(600, 4, 2, 0.05);
  for (const [settings, least] of [
    [{ boosting_type: 'dart', drop_rate: 0.5, skip_drop: 0.2 }, 0.95],
    [{ boosting_type: 'dart', uniform_drop: true, xgboost_dart_mode: true, skip_drop: 0 }, 0.95],
    [{ boosting_type: 'goss', learning_rate: 0.3 }, 0.95],
    [{ data_sample_strategy: 'goss', learning_rate: 0.5 }, 0.95],
    [{ boosting_type: 'rf', subsample: 0.6, subsample_freq: 1 }, 0.9],
    [{ subsample: 0.5, subsample_freq: 2 }, 0.95],
    [{ pos_bagging_fraction: 0.3, neg_bagging_fraction: 0.9, subsample_freq: 1 }, 0.95],
    [{ colsample_bytree: 0.6, feature_fraction_bynode: 0.7 }, 0.95],
    [{ extra_trees: true }, 0.95],
  ] as const) {
    const run = (random_state: number) => fit(given, { ...settings, n_estimators: 40, random_state }, 2);
    const [one, again, other] = [run(1), run(1), run(2)];
    const auc = rocAuc(given.target!, one.answers.scores)!;
    assert.ok(auc > least, `${JSON.stringify(settings)}: ${auc}`);
    assert.deepEqual(blockOf(one.fitted, 4), blockOf(again.fitted, 4));
    assert.notDeepEqual(blockOf(one.fitted, 4), blockOf(other.fitted, 4), JSON.stringify(settings));
  }
});

test('the margins that dart learns from are those of the model', () => {
  // Of a model with one more round, all rounds before it are the same up to their weights: without dropping, exactly.
  const given = problem(300, 3);
  const scores = (settings: object) => fit(given, { n_estimators: 12, ...settings }).answers.scores;
  assertClose(scores({ boosting_type: 'dart', skip_drop: 1 }), scores({}), 1e-12);
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b) / values.length;
  const dropped = scores({ boosting_type: 'dart', drop_rate: 1, skip_drop: 0, n_estimators: 30 });
  assert.ok(Math.abs(mean(dropped) - mean(given.target!)) < 0.01);
});

test('a forest of one tree on all rows is that tree', () => {
  const given = problem(300, 3);
  const one = { n_estimators: 1, colsample_bytree: 0.99999, random_state: 3 };
  const forest = fit(given, { ...one, boosting_type: 'rf' });
  const boosted = fit(given, { ...one, learning_rate: 1 });
  assertClose(forest.answers.scores, boosted.answers.scores, 1e-12);
});

test('limits: leaves, depth, rows, values, gains', () => {
  const given = problem(500, 3);
  const nodes = (settings: object) => fit(given, { n_estimators: 1, ...settings }).fitted.sections!.covers!;
  assert.ok(nodes({ num_leaves: 6 }).length <= 11);
  assert.ok(nodes({ max_depth: 2, min_child_samples: 1 }).length <= 7);
  assert.ok(nodes({ min_child_samples: 60 }).every((cover) => cover >= 60));
  assert.equal(nodes({ min_split_gain: 1e9 }).length, 1);
  const limited = fit(given, { n_estimators: 1, max_delta_step: 0.05, boost_from_average: false, learning_rate: 1 });
  for (const score of limited.answers.scores) assert.ok(Math.abs(score) <= 0.05 + 1e-12);
  const spread = (settings: object) => {
    const { scores } = fit(given, { n_estimators: 1, learning_rate: 1, ...settings }).answers;
    return Math.max(...scores) - Math.min(...scores);
  };
  assert.ok(spread({ path_smooth: 100 }) < 0.9 * spread({}));
  assert.ok(spread({ reg_alpha: 20 }) < spread({}));
  assert.ok(spread({ reg_lambda: 20 }) < spread({}));
});

test('predictions rise where they must, and features stay in their groups', () => {
  const given = problem(500, 3);
  const { fitted } = fit(given, { monotone_constraints: [1, -1, 0], min_child_samples: 3 });
  const line = Array.from({ length: 60 }, (_, i) => -3 + 0.1 * i);
  const rising = answersFor(fitted, [line, line.map(() => 0.3), line.map(() => 0)]);
  const falling = answersFor(fitted, [line.map(() => 0.3), line, line.map(() => 0)]);
  for (let i = 1; i < line.length; i++) assert.ok(rising[i] >= rising[i - 1] && falling[i] <= falling[i - 1]);
  const apart = fit(given, { interaction_constraints: [[0], [1]] }).fitted;
  const at = (a: number, b: number) => answersFor(apart, [[a], [b], [0]])[0];
  assert.ok(Math.abs(at(1, 1) - at(1, -1) - (at(-1, 1) - at(-1, -1))) < 1e-9);
  assert.equal(apart.importances!.weight[2], 0);
});

test('rankings put relevant rows first', () => {
  const random = new RandomState(8);
  const rows = 600;
  const columns = [0, 1, 2].map(() => Float32Array.from({ length: rows }, () => random.normal()));
  const target = Float64Array.from(columns[0], (x, row) =>
    Math.max(0, Math.min(4, Math.floor(x + 0.5 * columns[1][row] + 1.5))),
  );
  const groups = Uint32Array.from({ length: rows }, (_, row) => Math.floor(row / 12));
  const pairsInOrder = (scores: Float64Array): number => {
    let right = 0;
    let all = 0;
    for (let a = 0; a < rows; a++)
      for (let b = 0; b < rows; b++)
        if (groups[a] === groups[b] && target[a] > target[b]) {
          all++;
          if (scores[a] > scores[b]) right++;
        }
    return right / all;
  };
  for (const objective of ['lambdarank', 'rank_xendcg']) {
    const { answers } = fit({ columns, target, groups }, { objective, n_estimators: 40 });
    assert.ok(pairsInOrder(answers.scores) > 0.93, `${objective}: ${pairsInOrder(answers.scores)}`);
  }
});

test('weights count rows', () => {
  const given = problem(200, 3);
  const weights = Float32Array.from({ length: 200 }, (_, row) => row % 3);
  const repeated = Array.from(weights).flatMap((weight, row) => new Array<number>(weight).fill(row));
  const bySome = (values: ArrayLike<number>) => repeated.map((row) => values[row]);
  const settings = { n_estimators: 5, min_child_samples: 0, min_data_in_bin: 1, min_child_weight: 2 };
  const weighed = fit({ ...given, weights }, settings).fitted;
  const several = fit({ columns: given.columns.map(bySome), target: bySome(given.target!) }, settings).fitted;
  // Rows that weigh nothing still make bins, so that thresholds may lie elsewhere between the same rows.
  assertClose(answersFor(weighed, given.columns.map(bySome)), answersFor(several, given.columns.map(bySome)), 1e-6);
  const classes = problem(300, 3, 2);
  const double = Float32Array.from(classes.target!, (label) => (label === 1 ? 2.5 : 1));
  const byWeight = fit({ ...classes, weights: double }, { boost_from_average: false }, 2).answers.scores;
  assertClose(fit(classes, { scale_pos_weight: 2.5, boost_from_average: false }, 2).answers.scores, byWeight, 1e-9);
  const byClass = fit(classes, { class_weight: { 1: 2.5 }, boost_from_average: false }, 2);
  assertClose(byClass.answers.scores, byWeight, 1e-9);
});

test('early stopping keeps the best round', () => {
  const given = problem(400, 5, 2, 0, 4);
  const noisy = { ...given, target: Array.from(given.target!, (label, row) => (row % 5 === 0 ? 1 - label : label)) };
  const settings = { validation_fraction: 0.25, early_stopping_round: 5, n_estimators: 300, learning_rate: 0.3 };
  for (const metric of [null, 'auc', 'binary_error']) {
    const { fitted } = fit(noisy, { ...settings, metric }, 2);
    assert.ok(Number(fitted.details!.rounds) < 100, `${metric}: ${JSON.stringify(fitted.details)}`);
    assert.equal(fitted.details!.trees, fitted.details!.rounds);
  }
});

test('the number of threads changes nothing', () => {
  for (const [rows, classes] of [
    [300, 3],
    [70_000, 2],
  ] as const) {
    const given = problem(rows, 4, classes, 0.1);
    const [one, four] = [undefined, backwardsTeam(kernels)].map((team) =>
      blockOf(fit(given, { n_estimators: 2 }, classes, team ? { team } : {}).fitted, 4),
    );
    assert.deepEqual(one, four);
  }
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, lightgbmClassification, problem(100, 3, 3), {
    hyperparameters: { n_estimators: 2, min_child_samples: 5 },
    least: 8,
  });
});

test('parameters have the names of the documentation', () => {
  const byAlias = {
    num_iterations: 5,
    min_data_in_leaf: 7,
    lambda_l2: 2,
    feature_fraction: 0.5,
    bagging_freq: 1,
    eta: 0.2,
  };
  const given = parametersOf(byAlias);
  assert.equal(given.n_estimators, 5);
  assert.equal(given.min_child_samples, 7);
  assert.equal(given.reg_lambda, 2);
  assert.equal(given.colsample_bytree, 0.5);
  assert.equal(given.subsample_freq, 1);
  assert.equal(given.learning_rate, 0.2);
});

test('what cannot be fitted is said so', () => {
  const two = problem(60, 2, 2);
  const three = problem(60, 2, 3);
  const none = problem(60, 2);
  for (const [given, parameters, classes, sqlstate, message] of [
    [none, { linear_tree: true }, 0, '0A000', /linear_tree true is not available/],
    [none, { objective: 'cross_entropy' }, 0, '0A000', /cross_entropy is not available for this task/],
    [none, { objective: 'binary' }, 0, '22023', /does not suit the task regression/],
    [none, { objective: 'gamma' }, 0, '22023', /for targets above 0/],
    [none, { objective: 'lambdarank' }, 0, '22023', /for grades 0, 1/],
    [three, { objective: 'binary' }, 3, '22023', /for two classes, but the target has 3/],
    [three, { monotone_constraints: [1, 0] }, 3, '22023', /for regression and for two classes/],
    [none, { monotone_constraints: [1] }, 0, '22023', /has 1 entries, but there are 2 features/],
    [none, { categorical_feature: [2] }, 0, '22023', /names feature 2/],
    [none, { interaction_constraints: [[7]] }, 0, '22023', /names feature 7/],
    [none, { boosting_type: 'rf' }, 0, '22023', /needs rows or features that are drawn/],
    [none, { early_stopping_round: 5 }, 0, '22023', /needs rows to measure with/],
    [none, { path_smooth: 1, min_child_samples: 1 }, 0, '22023', /must be at least 2/],
    [two, { is_unbalance: true, scale_pos_weight: 2 }, 2, '22023', /cannot both be given/],
    [none, { validation_fraction: 0.1, early_stopping_round: 2, metric: 'auc' }, 0, '22023', /does not suit/],
  ] as const)
    assert.throws(
      () => fit(given, parameters, classes),
      (error) => error instanceof FitError && error.sqlstate === sqlstate && message.test(error.message),
      JSON.stringify(parameters),
    );
});
