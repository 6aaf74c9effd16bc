import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { baggingClassification, baggingRegression } from './index.js';

interface Expected {
  readonly answers: readonly number[];
  readonly nodes: number;
  readonly oob_score: number | null;
}

for (const estimator of [baggingClassification, baggingRegression])
  testReference<Expected>(estimator, ({ fitted, answers, expected, close }) => {
    close(answers.scores.subarray(0, expected.answers.length), expected.answers, 'answer');
    assert.equal(2 * (fitted.details!.leaves as number) - (fitted.details!.trees as number), expected.nodes);
    if (expected.oob_score !== null) close([fitted.details!.oob_score as number], [expected.oob_score], 'oob_score');
  });
