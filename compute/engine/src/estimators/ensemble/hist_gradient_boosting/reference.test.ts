/** The scores of scikit-learn's HistGradientBoosting: trees are grown by the same sums in the same order. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { histGradientBoostingClassification, histGradientBoostingRegression } from './index.js';

interface Expected {
  /** Of the first rows, before the link. */
  readonly scores: readonly number[];
  readonly rounds: number;
  /** Of all trees together. */
  readonly leaves: number;
}

for (const estimator of [histGradientBoostingRegression, histGradientBoostingClassification])
  testReference<Expected>(estimator, ({ fitted, answers, expected, close }) => {
    assert.equal(fitted.details?.rounds, expected.rounds);
    const [trees, , , , , , leaves] = fitted.block.words;
    assert.equal(trees, expected.rounds * fitted.block.outputs);
    assert.equal((leaves as Float64Array).length, expected.leaves);
    close(answers.scores.subarray(0, expected.scores.length), expected.scores, 'score');
  });
