import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBlock, type Decision, writeBlock } from '@pgml/kernels';
import { withoutProbabilities } from './feature-errors.js';

function refusal(decision: Decision, task: 'classification' | 'regression') {
  const words = [Float64Array.of(1), Float64Array.of(0)];
  const classValues = decision === 'value' ? [] : [0, 1];
  const block = writeBlock({ kind: 'linear', features: 1, outputs: 1, decision, classValues, words });
  const header = { task, algorithm: 'svm' } as Parameters<typeof withoutProbabilities>[0]['header'];
  return withoutProbabilities({ header, facts: checkBlock(block) });
}

test('without probabilities: the hint names the way to them where there is one', () => {
  assert.match(refusal('oneVersusOne', 'classification').hint!, /"probability" true/);
  assert.equal(refusal('sign', 'classification').hint, 'Use pgml.predict.');
  assert.match(refusal('value', 'regression').message, /regression/);
});
