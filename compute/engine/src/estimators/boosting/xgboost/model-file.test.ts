/** Model files: those of xgboost are read, ours are read by xgboost; made by proof/reference/make_xgboost_models.py. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type BlockDescription, checkBlock, loadKernels, RandomState, writeBlock } from '@pgml/kernels';
import { type Answers, assertClose, columnsOf, evaluate, fitAndEvaluate, trainingData } from '../../../testing/data.js';
import { readReference, referenceTable } from '../../../testing/reference.js';
import { xgboostClassification, xgboostRegression } from './index.js';
import { exportXgboost, exportXgboostBinary, importXgboost, ModelFileError } from './model-file.js';
import { readUbjson, UbjsonError, writeUbjson } from './ubjson.js';

interface Stored {
  readonly learner: { readonly objective: { readonly name: string } };
}

interface Model {
  readonly name: string;
  readonly json: string;
  /** In base64. */
  readonly ubj: string;
  readonly rows: readonly (readonly number[])[];
  readonly margins: readonly number[];
  readonly answers: readonly number[];
}

const { models } = readReference<{ models: readonly Model[] }>('xgboost_models');
const kernels = loadKernels();

function answersOf(block: BlockDescription, rows: readonly (readonly number[])[]): Answers {
  checkBlock(writeBlock(block));
  return evaluate(kernels, { block }, trainingData(kernels, columnsOf(rows)));
}

for (const { name, json, ubj, rows, margins, answers } of models)
  test(`reads models of xgboost: ${name}`, () => {
    const fromText = importXgboost(json);
    assert.deepEqual(importXgboost(Buffer.from(ubj, 'base64')), fromText);
    const own = answersOf(fromText, rows);
    assertClose(own.scores, margins, 1e-6, 'margin');
    // xgboost answers probabilities of class 1, and the raw margins of binary:logitraw.
    if (['value', 'exponential', 'sigmoid', 'sign'].includes(fromText.decision))
      assertClose(own.predictions, answers, 1e-6, 'answer');
    const { objective } = (JSON.parse(json.replaceAll('NaN', 'null')) as Stored).learner;
    for (const file of [exportXgboost, exportXgboostBinary]) {
      const again = importXgboost(file(writeBlock(fromText), { objective: objective.name }));
      assertClose(answersOf(again, rows).scores, margins, 1e-6, 'margin after writing');
    }
  });

/** What xgboost is to read: fitted here, with all boosters and kinds of answers. */
function ownModels() {
  const random = new RandomState(6);
  const codes = Array.from({ length: 300 }, () => random.integer(0, 12));
  const columns = [codes, codes.map(() => random.normal())];
  const effect = Array.from({ length: 12 }, () => random.normal());
  const categorical = { columns, target: codes.map((code) => effect[code]), categories: [11, 0] };
  const friedman = referenceTable('friedman');
  const positive = { ...friedman, target: Array.from(friedman.target!, (value) => value + 20) };
  const small = { n_estimators: 3, max_depth: 3 };
  return [
    { estimator: xgboostRegression, problem: friedman, parameters: small },
    { estimator: xgboostRegression, problem: friedman, parameters: { ...small, booster: 'dart', rate_drop: 0.5 } },
    { estimator: xgboostRegression, problem: friedman, parameters: { n_estimators: 5, booster: 'gblinear' } },
    { estimator: xgboostRegression, problem: positive, parameters: { ...small, objective: 'reg:gamma' } },
    { estimator: xgboostRegression, problem: categorical, parameters: { ...small, enable_categorical: true } },
    { estimator: xgboostRegression, problem: friedman, parameters: { ...small, max_depth: 12, min_child_weight: 0 } },
    { estimator: xgboostClassification, problem: referenceTable('iris'), parameters: small },
    { estimator: xgboostClassification, problem: referenceTable('iris'), parameters: { booster: 'gblinear' } },
    {
      estimator: xgboostClassification,
      problem: referenceTable('two_classes'),
      parameters: { ...small, base_score: 0.2 },
    },
    {
      estimator: xgboostClassification,
      problem: referenceTable('two_classes'),
      parameters: { ...small, objective: 'binary:hinge' },
    },
  ].map(({ estimator, problem, parameters }) => {
    const { fitted, answers } = fitAndEvaluate(kernels, estimator, problem, parameters);
    const features = problem.columns.length;
    const block = writeBlock({ ...fitted.block, features, classValues: [0, 1, 2].slice(0, fitted.block.outputs + 1) });
    const known = { objective: fitted.details!.objective as string, ...(fitted.sections ?? {}) };
    const rows = Array.from({ length: 20 }, (_, row) => Array.from(problem.columns, (column) => column[row]));
    return { block, known, rows, scores: answers.scores.subarray(0, 20 * fitted.block.outputs) };
  });
}

const PYTHON = '/usr/bin/python3';
const absent =
  spawnSync(PYTHON, ['-c', 'import xgboost, sklearn']).status === 0
    ? false
    : 'needs python3-xgboost and python3-sklearn, which are not installed here';

test('xgboost reads what is written, and predicts the same', { skip: absent }, () => {
  const own = ownModels();
  const folder = mkdtempSync(join(tmpdir(), 'pgml-models-'));
  try {
    const request = own.map(({ block, known, rows }) => ({
      json: exportXgboost(block, known),
      ubj: Buffer.from(exportXgboostBinary(block, known)).toString('base64'),
      rows,
    }));
    const file = join(folder, 'models.json');
    writeFileSync(file, JSON.stringify(request));
    const script = fileURLToPath(new URL('../../../../../../proof/reference/make_xgboost_models.py', import.meta.url));
    const { stdout, stderr, status } = spawnSync(PYTHON, [script, 'check', file], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const margins = JSON.parse(stdout) as number[][][];
    own.forEach(({ scores }, index) => {
      for (const theirs of margins[index]) assertClose(theirs, scores, 1e-6, `margin of model ${index}`);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('covers are written as sums of hessians', () => {
  const [{ block, known }] = ownModels();
  const file = JSON.parse(exportXgboost(block, known)) as {
    learner: {
      gradient_booster: {
        model: { trees: { sum_hessian: number[]; left_children: number[]; right_children: number[] }[] };
      };
    };
  };
  for (const { sum_hessian: covers, left_children: left, right_children: right } of file.learner.gradient_booster.model
    .trees) {
    assert.equal(covers[0], 300);
    left.forEach((child, node) => {
      if (child >= 0) assert.equal(covers[child] + covers[right[node]], covers[node]);
    });
  }
});

test('UBJSON comes back as it was written', () => {
  const value = {
    text: 'ä',
    numbers: [0, -1, 127, 128, 2 ** 40],
    floats: Float32Array.of(0.1, Infinity, -0),
    integers: Int32Array.of(-1, 2 ** 31 - 1),
    bytes: Uint8Array.of(0, 255),
    longs: BigInt64Array.of(-1n, 2n ** 52n),
    empty: {},
    nothing: [],
  };
  assert.deepEqual(readUbjson(writeUbjson(value)), {
    ...value,
    floats: [...value.floats],
    integers: [...value.integers],
    bytes: [...value.bytes],
    longs: [-1, 2 ** 52],
  });
});

test('damaged files are refused, wherever they end', () => {
  const { json, ubj } = models[0];
  const bytes = Buffer.from(ubj, 'base64');
  for (let length = 0; length < bytes.length; length += 37) {
    assert.throws(() => importXgboost(bytes.subarray(0, length)), ModelFileError);
    assert.throws(() => importXgboost(json.slice(0, Math.min(length, json.length - 1))), ModelFileError);
    assert.throws(() => readUbjson(bytes.subarray(0, length)), UbjsonError);
  }
  assert.throws(() => readUbjson(Buffer.from('['.repeat(100))), UbjsonError);
  assert.throws(() => importXgboost('{"learner":{}}'), ModelFileError);
  for (const [from, to] of [
    ['"dart"', '"forest"'],
    ['reg:squarederror', 'reg:unheard'],
    ['"tree_info":[0', '"tree_info":[0,0'],
  ])
    assert.throws(() => importXgboost(json.replace(from, to)), ModelFileError);
});
