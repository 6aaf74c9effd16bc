/** What holds for every estimator of the registry, whatever it computes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classesOf, loadKernels, RandomState, writeBlock } from '@pgml/kernels';
import { readArtifact, writeArtifact } from './artifact/artifact.js';
import { InputError } from './errors.js';
import { Cancelled, type Estimator, type Fitted } from './estimator.js';
import { checkParameters, ParameterError } from './parameters.js';
import { estimators } from './registry.js';
import { backwardsTeam, blockOf, fitAndEvaluate, type Problem } from './testing/data.js';

const kernels = loadKernels();
const ROWS = 90;
const FEATURES = 4;

/** Three clusters along a line in space, which are the classes, too; the target grows along the line. */
function problemOf({ task }: Pick<Estimator, 'task'>, rows = ROWS, features = FEATURES): Problem {
  const random = new RandomState(11);
  const clusters = Array.from({ length: rows }, (_, row) => row % 3);
  const columns = Array.from({ length: features }, (_, feature) =>
    // Positive, as spectral biclustering and chi-squared kernels want them.
    Float32Array.from(clusters, (cluster) => 8 + cluster * (feature % 2 === 0 ? 2 : -2) + 0.5 * random.normal()),
  );
  if (task === 'clustering' || task === 'decomposition') return { columns };
  if (task === 'classification') return { columns, target: clusters };
  return { columns, target: clusters.map((cluster) => 3 * cluster + 0.1 * random.normal()) };
}

const bytesOf = (fitted: Fitted) => Buffer.from(blockOf(fitted, FEATURES)).toString('base64');
const everything = ({ block: _, ...rest }: Fitted) => JSON.stringify(rest, (_key, value: unknown) => plain(value));
const plain = (value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value);

const edges: Readonly<Record<string, (problem: Problem) => Problem>> = {
  'one feature': ({ columns, ...rest }) => ({ ...rest, columns: columns.slice(0, 1) }),
  'a single row': (problem) => someRows(problem, [0]),
  'two rows': (problem) => someRows(problem, [0, 1]),
  'more features than rows': (problem) => someRows(problem, [0, 1, 2]),
  'features that are all constant': ({ columns, ...rest }) => ({
    ...rest,
    columns: columns.map((column) => new Float32Array(column.length).fill(3)),
  }),
  'the same row again and again': (problem) =>
    someRows(
      problem,
      Array.from({ length: 20 }, (_, row) => (row % 3) & 1),
    ),
  'tiny and huge numbers': ({ columns, ...rest }) => ({
    ...rest,
    columns: columns.map((column, feature) => Float32Array.from(column, (x) => x * (feature % 2 === 0 ? 1e-18 : 1e15))),
  }),
};

/** Rows of a problem by number; classes that fall away leave no gap in the numbers. */
function someRows({ columns, target }: Problem, rows: readonly number[]): Problem {
  return {
    columns: columns.map((column) => Float32Array.from(rows, (row) => column[row])),
    ...(target ? { target: rows.map((row) => target[row]) } : {}),
  };
}

const said = {
  rows: 'the order of rows changes nothing',
  scale: 'the units of features change nothing',
  weights: 'a row of weight 2 is two rows',
  labels: 'the numbers of classes change nothing else',
};

interface Change {
  readonly before: Problem;
  readonly after: Problem;
  /** Asserts that answers to `before` and to `after` say the same. */
  same(one: ArrayLike<number>, other: ArrayLike<number>): void;
}

type Changes = Readonly<Record<keyof typeof said, (estimator: Estimator, problem: Problem) => Change>>;

const TOLERANCE = 1e-4;

function near(one: ArrayLike<number>, other: ArrayLike<number>): void {
  assert.equal(one.length, other.length);
  for (let row = 0; row < one.length; row++)
    assert.ok(Math.abs(one[row] - other[row]) <= TOLERANCE * (1 + Math.abs(one[row])), `${one[row]} ${other[row]}`);
}

/** Clusters are the same up to their numbers. */
function samePartition(one: ArrayLike<number>, other: ArrayLike<number>): void {
  const numbers = new Map<number, number>();
  assert.equal(new Set(Array.from(one)).size, new Set(Array.from(other)).size);
  for (let row = 0; row < one.length; row++) {
    if (!numbers.has(one[row])) numbers.set(one[row], other[row]);
    assert.equal(other[row], numbers.get(one[row]));
  }
}

const changes: Changes = {
  rows: ({ task }, problem) => {
    const order = new RandomState(3).permutation(ROWS);
    const compare = task === 'clustering' ? samePartition : near;
    return {
      before: problem,
      after: someRows(problem, [...order]),
      same: (one, other) =>
        compare(
          Float64Array.from(order, (row) => one[row]),
          other,
        ),
    };
  },
  scale: ({ task }, problem) => ({
    before: problem,
    after: {
      ...problem,
      columns: problem.columns.map((column, feature) => Float32Array.from(column, (x) => x * 2 ** (3 * feature - 4))),
    },
    same: task === 'clustering' ? samePartition : near,
  }),
  weights: (_, problem) => {
    const weights = Array.from({ length: ROWS }, (_row, row) => 1 + (row % 2));
    const doubled = weights.flatMap((weight, row) => Array.from({ length: weight }, () => row));
    return {
      before: { ...problem, weights },
      after: someRows(problem, doubled),
      same: (one, other) =>
        near(
          Float64Array.from(doubled, (row) => one[row]),
          other,
        ),
    };
  },
  labels: (_, problem) => {
    const renumbered = [2, 0, 1];
    return {
      before: problem,
      after: { ...problem, target: Array.from(problem.target!, (label) => renumbered[label]) },
      same: (one, other) =>
        near(
          Float64Array.from(one, (label) => renumbered[label]),
          other,
        ),
    };
  },
};

for (const estimator of estimators) {
  const { algorithm, task } = estimator;
  const name = `${algorithm} ${task}`;
  const problem = problemOf(estimator);

  test(`${name}: the same bytes for the same seed, on one thread and on several`, () => {
    const first = fitAndEvaluate(kernels, estimator, problem, {}, { seed: 7 }).fitted;
    const again = fitAndEvaluate(kernels, estimator, problem, {}, { seed: 7 }).fitted;
    const shared = fitAndEvaluate(kernels, estimator, problem, {}, { seed: 7, team: backwardsTeam(kernels) }).fitted;
    assert.equal(bytesOf(again), bytesOf(first));
    assert.equal(bytesOf(shared), bytesOf(first));
    assert.equal(everything(again), everything(first));
    assert.equal(everything(shared), everything(first));
  });

  test(`${name}: an artifact gives back the same block`, () => {
    const { fitted, answers } = fitAndEvaluate(kernels, estimator, problem);
    assert.ok(
      answers.predictions.every((answer) => Number.isFinite(answer)),
      'predictions are numbers',
    );
    const classes = estimator.task === 'classification' ? classesOf(fitted.block) : 0;
    const block = writeBlock({
      ...fitted.block,
      features: FEATURES,
      classValues:
        fitted.block.decision === 'vector' ? [] : Array.from({ length: classesOf(fitted.block) }, (_, k) => k),
    });
    const artifact = writeArtifact(
      {
        kind: fitted.block.kind,
        task,
        algorithm,
        features: [{ name: 'x', pg_type: 'float4[]', width: FEATURES }],
        labels:
          classes > 0 ? [{ name: 'y', pg_type: 'int4', classes: Array.from({ length: classes }, (_, k) => k) }] : [],
        missing: estimator.missing,
        hyperparams: checkParameters(estimator, {}),
        seed: 7,
        details: fitted.details ?? {},
        version: '0',
      },
      block,
      fitted.sections,
    );
    assert.deepEqual(Buffer.from(readArtifact(artifact).block), Buffer.from(block));
  });

  test(`${name}: parameters that are not there, or of the wrong type, are refused; defaults are not`, () => {
    assert.throws(() => checkParameters(estimator, { no_such_parameter: 1 }), ParameterError);
    const defaults = Object.fromEntries(estimator.parameters.map((parameter) => [parameter.name, parameter.default]));
    checkParameters(estimator, defaults);
    const nonsense = { nonsense: [[{}]] };
    for (const parameter of estimator.parameters)
      assert.throws(() => checkParameters(estimator, { [parameter.name]: nonsense }), ParameterError, parameter.name);
    const names = estimator.parameters.flatMap((parameter) => [parameter.name, ...(parameter.aliases ?? [])]);
    assert.equal(new Set(names).size, names.length, 'each name once');
    for (const { summary } of estimator.parameters) assert.match(summary, /\.$/, summary);
  });

  test(`${name}: cancelled at its first checkpoint, it ends and leaves nothing behind`, () => {
    const beforeEach = () => {
      throw new Cancelled();
    };
    assert.throws(() => fitAndEvaluate(kernels, estimator, problem, {}, { beforeEach }), Cancelled);
    const progress: number[] = [];
    fitAndEvaluate(kernels, estimator, problem, {}, { checkpoints: progress });
    assert.ok(
      progress.every((part) => part >= 0 && part <= 1),
      `progress ${progress.join(' ')}`,
    );
  });

  for (const [edge, change] of Object.entries(edges))
    test(`${name}: ${edge} gives a model, or an error that says why`, () => {
      const changed = change(problem);
      try {
        const { fitted, answers } = fitAndEvaluate(kernels, estimator, changed);
        assert.ok(answers.predictions.every((answer) => Number.isFinite(answer)));
        blockOf(fitted, changed.columns.length);
      } catch (error) {
        assert.ok(error instanceof InputError, String((error as Error).stack));
        assert.ok(error.message.length > 10);
      }
    });

  for (const invariance of estimator.invariances ?? [])
    test(`${name}: ${said[invariance]}`, () => {
      const { before, after, same } = changes[invariance](estimator, problem);
      const one = fitAndEvaluate(kernels, estimator, before).answers;
      const other = fitAndEvaluate(kernels, estimator, after).answers;
      same(one.predictions, other.predictions);
    });
}
