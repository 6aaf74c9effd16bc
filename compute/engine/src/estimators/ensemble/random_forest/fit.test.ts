import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { extraTreesClassification, extraTreesRegression } from '../extra_trees/index.js';
import { randomForestClassification, randomForestRegression } from './index.js';

const kernels = loadKernels();

function problem(rows: number, classes: number, seed = 1): Problem {
  const random = new RandomState(seed);
  const columns = Array.from({ length: 5 }, () => Float32Array.from({ length: rows }, () => random.normal()));
  const score = Array.from(columns[0], (x, row) => 2 * x + columns[1][row] + 0.2 * random.normal());
  return {
    columns,
    target: classes > 0 ? score.map((s) => Math.min(classes - 1, Math.max(0, Math.round(s + 1)))) : score,
  };
}

for (const [classifier, regressor] of [
  [randomForestClassification, randomForestRegression],
  [extraTreesClassification, extraTreesRegression],
]) {
  const { algorithm } = classifier;

  test(`${algorithm}: learns, and the out-of-bag score is near what new rows give`, () => {
    const [train, fresh] = [problem(800, 3, 1), problem(800, 3, 2)];
    const both = {
      columns: train.columns.map((column, f) =>
        Float32Array.of(...Array.from(column), ...Array.from(fresh.columns[f])),
      ),
    };
    const parameters = { n_estimators: 40, bootstrap: true, oob_score: true };
    const weights = Float32Array.from({ length: 1600 }, (_, row) => Number(row < 800));
    const target = [...Array.from(train.target!), ...Array.from(fresh.target!)];
    const { answers } = fitAndEvaluate(kernels, classifier, { ...both, target, weights }, parameters);
    const { fitted } = fitAndEvaluate(kernels, classifier, train, parameters);
    const right = target.filter((label, row) => row >= 800 && answers.predictions[row] === label).length / 800;
    assert.ok(right > 0.75, `${right}`);
    assert.ok(Math.abs(right - (fitted.details!.oob_score as number)) < 0.06, `${right} ${fitted.details!.oob_score}`);
  });

  test(`${algorithm}: several targets are learned together; alike ones get the same answers`, () => {
    const one = problem(200, 0);
    const target = [...Array.from(one.target!), ...Array.from(one.target!, (value) => -2 * value)];
    const { fitted, answers } = fitAndEvaluate(
      kernels,
      regressor,
      { columns: one.columns, target },
      { n_estimators: 5 },
    );
    assert.equal(fitted.block.decision, 'vector');
    for (let row = 0; row < 200; row++)
      assertClose([answers.scores[2 * row + 1]], [-2 * answers.scores[2 * row]], 1e-6);
  });

  test(`${algorithm}: covers are the weights of nodes, importances sum to 1`, () => {
    const { fitted } = fitAndEvaluate(kernels, classifier, problem(150, 2), { n_estimators: 3, bootstrap: false });
    const [, , , nodes] = fitted.block.words as [number, Float64Array, number, Uint32Array];
    const { covers } = fitted.sections!;
    assert.equal(covers!.length, nodes.length / 4);
    assert.equal(covers![0], 150);
    assert.equal(covers![1] + covers![2], 150);
    assert.ok(Math.abs(Array.from(fitted.importances!.impurity).reduce((a, b) => a + b) - 1) < 1e-12);
  });

  test(`${algorithm}: can be cancelled wherever it looks`, () => {
    const hyperparameters = { n_estimators: 3, bootstrap: true, oob_score: true };
    assertCancellable(kernels, classifier, problem(60, 2), { hyperparameters, least: 6 });
  });

  test(`${algorithm}: what cannot be is said so`, () => {
    const refused = (target: ArrayLike<number>, parameters: object, message: RegExp) =>
      assert.throws(
        () => fitAndEvaluate(kernels, regressor, { ...problem(20, 0), target }, parameters),
        (error) => error instanceof FitError && message.test(error.message),
      );
    const { target } = problem(20, 0);
    refused(target!, { bootstrap: false, oob_score: true }, /oob_score needs rows that trees have not seen/);
    refused(target!, { bootstrap: true, max_samples: 21 }, /max_samples is 21, but there are 20 rows/);
    refused(target!, { criterion: 'poisson' }, /targets of at least 0, but one is -/);
    refused(new Float32Array(20), { criterion: 'poisson' }, /not all 0/);
  });
}
