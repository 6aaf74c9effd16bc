import assert from 'node:assert/strict';
import { type Outcome, testReference } from '../../../testing/reference.js';
import { gradientBoostingTreesClassification, gradientBoostingTreesRegression } from './index.js';

interface Expected {
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
  readonly rounds: number;
  readonly nodes: number;
  readonly importances: readonly number[];
}

function compare({ fitted, answers, expected, entry, close }: Outcome<Expected>): void {
  assert.equal(fitted.details!.rounds, expected.rounds);
  const [, , , nodes] = fitted.block.words as [number, Float64Array, number, Uint32Array];
  assert.equal(nodes.length / 4, expected.nodes);
  // The probability of the loss exponential is logistic in twice its score.
  const factor = entry.parameters.loss === 'exponential' ? 2 : 1;
  const scores = answers.scores.map((score) => score / factor);
  close(scores.subarray(0, expected.scores.length), expected.scores, 'score');
  close(answers.probabilities.subarray(0, expected.probabilities.length), expected.probabilities.map(Math.fround));
  close(fitted.importances!.impurity, expected.importances, 'importance');
}

testReference(gradientBoostingTreesClassification, compare);
testReference(gradientBoostingTreesRegression, compare);
