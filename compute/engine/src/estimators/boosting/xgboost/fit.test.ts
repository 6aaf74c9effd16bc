import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { checkParameters } from '../../../parameters.js';
import { soloTeam } from '../../../team.js';
import {
  assertCancellable,
  assertClose,
  backwardsTeam,
  blockOf,
  evaluate,
  type FitContextOptions,
  fitAndEvaluate,
  trainingData,
} from '../../../testing/data.js';
import { Dispatch } from '../../../trees/dispatch.js';
import { readTrees } from '../../../trees/layout.js';
import { xgboostClassification, xgboostRegression } from './index.js';
import { chooseObjective } from './objectives.js';
import type { XgboostParameters } from './parameters.js';

interface Problem {
  readonly columns: readonly (readonly number[])[];
  readonly target: readonly number[];
  readonly classes?: number;
  readonly categories?: readonly number[];
}

const kernels = loadKernels();
const estimatorFor = ({ classes = 0 }: Problem) => (classes === 0 ? xgboostRegression : xgboostClassification);
const fit = (given: Problem, hyperparameters: object, options: FitContextOptions = {}) =>
  fitAndEvaluate(kernels, estimatorFor(given), given, hyperparameters, options);

function problem(rows: number, features: number, classes: number, seed = 1): Problem {
  const random = new RandomState(seed);
  const columns = Array.from({ length: features }, () => Array.from({ length: rows }, () => random.normal()));
  const score = Array.from(
    { length: rows },
    (_, row) => columns[0][row] * (columns[1]?.[row] ?? 1) + 0.3 * random.normal(),
  );
  const target = score.map((value) =>
    classes === 0 ? value : Math.max(0, Math.min(classes - 1, Math.floor(value + 1))),
  );
  return { columns, target, classes };
}

const meanSquaredError = (predictions: ArrayLike<number>, target: readonly number[]): number =>
  target.reduce((sum, value, row) => sum + (value - predictions[row]) ** 2, 0) / target.length;

test('more rounds fit the training data better', () => {
  const given = problem(500, 4, 0);
  const errors = [1, 5, 20, 80].map((n_estimators) =>
    meanSquaredError(fit(given, { n_estimators }).answers.predictions, given.target),
  );
  errors.reduce((before, after) => {
    assert.ok(after < before, `${errors}`);
    return after;
  });
  assert.ok(errors.at(-1)! < 0.01, `${errors}`);
});

test('classes are learned, with probabilities that sum to 1', () => {
  for (const classes of [2, 3, 5]) {
    const given = problem(600, 3, classes, classes);
    const { predictions, probabilities } = fit(given, { n_estimators: 30 }).answers;
    const right = given.target.filter((value, row) => value === predictions[row]).length;
    assert.ok(right > 0.97 * given.target.length, `${right} of ${given.target.length} with ${classes} classes`);
    for (let row = 0; row < given.target.length; row++) {
      const sum = probabilities.subarray(row * classes, (row + 1) * classes).reduce((a, b) => a + b);
      assert.ok(Math.abs(sum - 1) < 1e-6);
    }
  }
});

test('predictions do not change when a feature is bent monotonically', () => {
  const given = problem(400, 3, 0);
  const bent = {
    ...given,
    columns: [given.columns[0].map((x) => x ** 3), given.columns[1].map((x) => 1e6 + 1000 * x), given.columns[2]],
  };
  // 1e6 + 1000 x keeps the order of the values only as far as f32 does; other values are ties in both.
  const rounded = given.columns[1].map((x) => Math.fround(1e6 + 1000 * x));
  const one = fit({ ...given, columns: [given.columns[0], rounded, given.columns[2]] }, { n_estimators: 10 });
  const other = fit(bent, { n_estimators: 10 });
  assert.deepEqual(other.answers.predictions, one.answers.predictions);
});

const random = new RandomState(5);
const numbers = (count: number): number[] => Array.from({ length: count }, () => random.normal());
const edges: Record<string, Problem> = {
  'one row': { columns: [[1], [2]], target: [3] },
  'two rows': { columns: [[1, 2]], target: [3, 4] },
  'one constant feature': { columns: [new Array(50).fill(7)], target: numbers(50) },
  'constant target': { columns: [numbers(50)], target: new Array(50).fill(2) },
  'a column without values': { columns: [new Array(50).fill(Number.NaN), numbers(50)], target: numbers(50) },
  'only columns without values': { columns: [new Array(50).fill(Number.NaN)], target: numbers(50) },
  'a constant with gaps': {
    columns: [Array.from({ length: 60 }, (_, i) => (i % 3 ? 1 : Number.NaN))],
    target: numbers(60),
  },
  'huge and tiny values': {
    columns: [numbers(80).map((x) => x * 1e38), numbers(80).map((x) => x * 1e-38), numbers(80).map((x) => x * 1e-44)],
    target: numbers(80),
  },
  infinities: {
    columns: [numbers(80).map((x, i) => (i % 7 === 0 ? Infinity : i % 7 === 1 ? -Infinity : x))],
    target: numbers(80),
  },
  ties: { columns: [numbers(200).map(Math.round), numbers(200).map(Math.round)], target: numbers(200).map(Math.round) },
  'huge targets': { columns: [numbers(80)], target: numbers(80).map((x) => x * 1e15) },
};

for (const [name, given] of Object.entries(edges))
  test(`edge: ${name}`, () => {
    for (const parameters of [
      {},
      { grow_policy: 'lossguide', max_depth: 0, min_child_weight: 0 },
      { reg_lambda: 0, max_bin: 2 },
    ]) {
      const { answers } = fit(given, { n_estimators: 5, ...parameters });
      const scale = Math.max(...given.target.map(Math.abs));
      for (const prediction of answers.predictions)
        assert.ok(Math.abs(prediction) <= 2 * scale + 1, `${prediction} for targets up to ${scale}`);
    }
  });

test('what separates perfectly is separated, however large or small the values', () => {
  for (const scale of [1e-40, 1e-20, 1, 1e20, 1e38]) {
    const columns = [[-3, -2, -1, 1, 2, 3].flatMap((x) => [x * scale, x * scale])];
    const target = columns[0].map((x) => Number(x > 0));
    const { predictions } = fit({ columns, target, classes: 2 }, { n_estimators: 3, min_child_weight: 0 }).answers;
    assert.deepEqual([...predictions], target, `scale ${scale}`);
  }
});

test('missing values are sent where they gain most', () => {
  const column = Array.from({ length: 200 }, (_, i) => (i % 2 ? i : Number.NaN));
  const target = column.map((x) => (Number.isNaN(x) ? 5 : x < 100 ? 0 : 1));
  const { predictions } = fit({ columns: [column], target }, { n_estimators: 60 }).answers;
  assert.ok(meanSquaredError(predictions, target) < 1e-3);
});

test('the seed decides what is sampled; the same seed gives the same bytes', () => {
  const given = problem(300, 6, 2);
  for (const sampling of [
    { subsample: 0.5 },
    { colsample_bytree: 0.5 },
    { colsample_bylevel: 0.5 },
    { colsample_bynode: 0.5 },
  ]) {
    const bytes = (random_state: number) =>
      blockOf(fit(given, { ...sampling, random_state, n_estimators: 5 }).fitted, 6);
    assert.deepEqual(bytes(1), bytes(1), JSON.stringify(sampling));
    assert.notDeepEqual(bytes(1), bytes(2), JSON.stringify(sampling));
  }
});

test('a tree sampled from one feature of six uses no other', () => {
  const given = problem(300, 6, 0);
  const { fitted } = fit(given, { colsample_bytree: 0.17, n_estimators: 10 });
  for (const tree of readTrees(blockOf(fitted, 6)).trees) {
    const used = new Set([...tree.feature].filter((_, node) => tree.left[node] >= 0));
    assert.equal(used.size, 1);
  }
});

test('a model is a margin, and base_score its beginning', () => {
  const given = { columns: [[1, 1, 1, 1]], target: [0, 0, 1, 1], classes: 2 };
  const { scores, probabilities } = fit(given, { n_estimators: 1, base_score: 0.8, learning_rate: 0 }).answers;
  for (const score of scores) assert.ok(Math.abs(score - Math.log(4)) < 1e-6);
  for (let row = 0; row < 4; row++) assert.ok(Math.abs(probabilities[2 * row + 1] - 0.8) < 1e-6);
});

test('many features, whose histograms do not all fit into memory, change nothing', () => {
  const few = problem(400, 3, 0, 9);
  const constants = Array.from({ length: 4000 }, () => new Array<number>(400).fill(1));
  const many = { ...few, columns: [...few.columns, ...constants] };
  for (const parameters of [{ max_depth: 7 }, { grow_policy: 'lossguide', max_depth: 0, max_leaves: 40 }]) {
    const growth = { n_estimators: 1, min_child_weight: 0, ...parameters };
    const [own, expected] = [many, few].map((given) => fit(given, growth));
    assert.ok(readTrees(blockOf(expected.fitted, 3)).trees[0].left.length > 60);
    for (const [row, prediction] of expected.answers.predictions.entries())
      assert.ok(Math.abs(own.answers.predictions[row] - prediction) <= 1e-5 * Math.abs(prediction) + 1e-6);
  }
});

test('a fit can be cancelled wherever it looks', () => {
  const hyperparameters = { n_estimators: 2 };
  assertCancellable(kernels, xgboostClassification, problem(100, 3, 2), { hyperparameters, least: 2 * 6 });
});

test('progress only grows, from 0 to below 1', () => {
  const checkpoints: number[] = [];
  fit(problem(200, 3, 3), { n_estimators: 4 }, { checkpoints });
  checkpoints.reduce((before, after) => {
    assert.ok(after >= before && after <= 1);
    return after;
  }, 0);
});

test('what is not available is said so', () => {
  const two = { columns: [[1, 2]], target: [0, 1], classes: 2 };
  const three = { columns: [[1, 2, 3]], target: [0, 1, 2], classes: 3 };
  const none = { columns: [[1, 2]], target: [0.5, 1] };
  for (const [given, parameters, sqlstate, message] of [
    [two, { sampling_method: 'gradient_based' }, '0A000', /gradient_based needs a GPU/],
    [two, { early_stopping_rounds: 3 }, '22023', /needs rows to watch/],
    [two, { validation_fraction: 0.9 }, '22023', /leaves none to learn from/],
    [none, { objective: 'reg:gamma', base_score: 0 }, '22023', /base_score must be greater than 0/],
    [{ columns: [[1, 2]], target: [-1, 2] }, { objective: 'count:poisson' }, '22023', /must not be negative, but -1/],
    [{ columns: [[1, 2]], target: [0.5, 2] }, { objective: 'rank:ndcg' }, '22023', /must be grades 0, 1 … 31/],
    [none, { monotone_constraints: '(1,2)' }, '22023', /must be numbers -1, 0 and 1/],
    [none, { monotone_constraints: [0, 1] }, '22023', /has 2 numbers, but there are 1 features/],
    [none, { interaction_constraints: [[0, 1]] }, '22023', /by their numbers from 0 to 0/],
    [none, { eval_metric: 'mse' }, '22023', /eval_metric mse is not known/],
    [none, { eval_metric: ['rmse', 'merror'] }, '22023', /merror does not suit objective reg:squarederror/],
    [three, { eval_metric: 'rmse' }, '22023', /rmse does not suit objective multi:softprob/],
    [none, { booster: 'gblinear', updater: 'refresh' }, '22023', /updater refresh does not suit/],
    [none, { booster: 'gblinear', feature_selector: 'greedy' }, '22023', /does not suit the updater shotgun/],
    [{ columns: [[1, Number.NaN]], target: [1, 2] }, { booster: 'gblinear' }, '22023', /cannot learn from missing/],
    [none, { tweedie_variance_power: 2 }, '22023', /must be above 1 and below 2/],
    [none, { objective: 'binary:logistic' }, '22023', /does not suit the task regression/],
    [three, { objective: 'binary:logistic' }, '22023', /is for two classes, but the target has 3/],
    [two, { base_score: 1 }, '22023', /base_score must lie between 0 and 1/],
  ] as const)
    assert.throws(
      () => fit(given, parameters),
      (error) => error instanceof FitError && error.sqlstate === sqlstate && message.test(error.message),
    );
});

/** What else can be fitted beside trees grown on histograms. */
const ways = [
  { tree_method: 'exact', max_depth: 3 },
  { tree_method: 'approx', max_depth: 3, subsample: 0.7 },
  { booster: 'dart', rate_drop: 0.5, max_depth: 3 },
  { booster: 'gblinear' },
  { booster: 'gblinear', updater: 'coord_descent', feature_selector: 'greedy' },
  { num_parallel_tree: 3, colsample_bynode: 0.5, max_depth: 3 },
  { validation_fraction: 0.3, early_stopping_rounds: 2, max_depth: 3 },
];

for (const way of ways)
  test(`${JSON.stringify(way)}: the same bytes from any number of threads, and cancelled wherever it looks`, () => {
    const hyperparameters = { n_estimators: 4, ...way };
    for (const classes of [0, 3]) {
      const given = problem(150, 3, classes);
      const bytes = (options: FitContextOptions) => blockOf(fit(given, hyperparameters, options).fitted, 3);
      assert.deepEqual(bytes({ team: backwardsTeam(kernels) }), bytes({}));
      assertCancellable(kernels, estimatorFor(given), given, { hyperparameters, least: 4, step: 5 });
    }
  });

test('predictions never fall with a feature whose constraint is 1, by any method', () => {
  const given = problem(400, 2, 0);
  const grid = Array.from({ length: 60 }, (_, i) => i / 10 - 3);
  for (const tree_method of ['hist', 'approx', 'exact']) {
    const { fitted } = fit(given, { tree_method, monotone_constraints: [1, 0], n_estimators: 20 });
    for (const other of [-1, 0.3, 2]) {
      const data = trainingData(kernels, [grid, grid.map(() => other)]);
      evaluate(kernels, fitted, data).predictions.reduce((before, after) => {
        assert.ok(after >= before, `${tree_method}: ${before}, ${after}`);
        return after;
      });
    }
  }
});

test('features of different groups never meet on the way to a leaf', () => {
  const { fitted } = fit(problem(300, 4, 0), {
    interaction_constraints: [
      [0, 1],
      [2, 3],
    ],
    n_estimators: 10,
  });
  for (const { left, right, feature } of readTrees(blockOf(fitted, 4)).trees) {
    const groups = new Map([[0, new Set<number>()]]);
    left.forEach((child, node) => {
      if (child < 0) return;
      const below = new Set(groups.get(node)).add(feature[node] >> 1);
      assert.ok(below.size === 1);
      groups.set(child, below).set(right[node], below);
    });
  }
});

test('sets of categories separate what no threshold does', () => {
  const codes = Array.from({ length: 400 }, (_, row) => 1 + (row % 10));
  const target = codes.map((code) => (code * 7) % 3);
  const given = { columns: [codes], target, categories: [10] };
  const deviation = (enable_categorical: boolean) =>
    meanSquaredError(
      fit(given, { enable_categorical, n_estimators: 1, max_depth: 2, learning_rate: 1, reg_lambda: 0 }).answers
        .predictions,
      target,
    );
  assert.ok(deviation(true) < 1e-6);
  assert.ok(deviation(false) > 0.1);
});

test('covers are the hessians of the rows, importances count the splits', () => {
  const { fitted } = fit(problem(200, 3, 0), { n_estimators: 5, max_depth: 3 });
  const { trees } = readTrees(blockOf(fitted, 3));
  let first = 0;
  for (const { left, right } of trees) {
    const cover = (node: number) => fitted.sections!.covers![first + node];
    assert.equal(cover(0), 200);
    left.forEach((child, node) => {
      if (child >= 0) assert.equal(cover(child) + cover(right[node]), cover(node));
    });
    first += left.length;
  }
  assert.equal(fitted.sections!.covers!.length, first);
  const splits = trees.reduce((sum, { left }) => sum + left.filter((child) => child >= 0).length, 0);
  assert.equal(
    Array.from(fitted.importances!.weight).reduce((a, b) => a + b),
    splits,
  );
});

test('gradients are the derivatives of the losses', () => {
  const lossOf: Record<string, (margin: number, target: number) => number> = {
    'reg:squaredlogerror': (m, y) => (Math.log1p(m) - Math.log1p(y)) ** 2 / 2,
    'reg:pseudohubererror': (m, y) => Math.sqrt(1 + (m - y) ** 2) - 1,
    'count:poisson': (m, y) => Math.exp(m) - y * m,
    'reg:gamma': (m, y) => m + y * Math.exp(-m),
    'reg:tweedie': (m, y) => 2 * Math.exp(0.5 * m) + 2 * y * Math.exp(-0.5 * m),
    'survival:aft': (m, y) => (Math.log(y) - m) ** 2 / 2,
  };
  const margins = [0.1, 0.5, 1, 1.7, 0.3, 2];
  const target = [1, 2, 0.5, 3, 0.2, 1];
  for (const [objective, loss] of Object.entries(lossOf)) {
    const data = trainingData(kernels, [[1, 2, 3, 4, 5, 6, 7, 8].slice(0, 6)], [...target]);
    const parameters = checkParameters(xgboostRegression, { objective }) as unknown as XgboostParameters;
    const [place, gradients] = [kernels.allocate(64), kernels.allocate(64)];
    kernels.f32(place, 6).set(margins);
    const arrays = { rows: 6, paddedRows: 6, margins: place, targets: data.targetPointer, gradients };
    const dispatch = new Dispatch(kernels, soloTeam(kernels.run));
    chooseObjective(parameters, data).setGradients(arrays, { kernels, dispatch }, 0);
    const step = 1e-4;
    const expected = margins.map((m, i) => (loss(m + step, target[i]) - loss(m - step, target[i])) / (2 * step));
    const own = kernels.f32(gradients, 12).filter((_, i) => i % 2 === 0);
    assertClose(own, expected, 1e-5, objective);
  }
});
