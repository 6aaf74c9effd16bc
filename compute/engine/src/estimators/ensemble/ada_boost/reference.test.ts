import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { adaBoostClassification, adaBoostRegression } from './index.js';

interface Expected {
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
  readonly trees: number;
  readonly importances: readonly number[];
}

testReference<Expected>(adaBoostClassification, ({ fitted, answers, expected, close }) => {
  const { outputs } = fitted.block;
  const factor = outputs === 1 ? 1 : outputs - 1;
  const scores = answers.scores.map((score) => score * factor);
  close(scores.subarray(0, expected.scores.length), expected.scores, 'score');
  close(answers.probabilities.subarray(0, expected.probabilities.length), expected.probabilities.map(Math.fround));
  assert.equal(fitted.details!.trees, expected.trees);
  close(fitted.importances!.impurity, expected.importances, 'importance');
});

testReference<Expected>(adaBoostRegression, ({ fitted, answers, expected, close }) => {
  close(answers.predictions.subarray(0, expected.scores.length), expected.scores.map(Math.fround), 'prediction');
  assert.equal(fitted.details!.trees, expected.trees);
  close(fitted.importances!.impurity, expected.importances, 'importance');
});
