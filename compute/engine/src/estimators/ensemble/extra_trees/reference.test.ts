import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { extraTreesClassification, extraTreesRegression } from './index.js';

interface Expected {
  readonly answers: readonly number[];
  readonly nodes: number;
  readonly importances: readonly number[];
  readonly oob_score: number | null;
}

for (const estimator of [extraTreesClassification, extraTreesRegression])
  testReference<Expected>(estimator, ({ fitted, answers, expected, close }) => {
    close(answers.scores.subarray(0, expected.answers.length), expected.answers, 'answer');
    assert.equal(2 * (fitted.details!.leaves as number) - (fitted.details!.trees as number), expected.nodes);
    close(fitted.importances!.impurity, expected.importances, 'importance');
    if (expected.oob_score !== null) close([fitted.details!.oob_score as number], [expected.oob_score], 'oob_score');
  });
