/** scikit-learn as the measure; made by proof/reference/make_affinity_propagation.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { affinityPropagation } from './index.js';

interface Expected {
  readonly exemplars: number[];
  readonly labels: number[];
  readonly iterations: number;
  readonly predictions: number[];
}

testReference<Expected>(affinityPropagation, ({ fitted, answers, expected }) => {
  const { exemplars, iterations } = fitted.details as { exemplars: number[]; iterations: number };
  assert.deepEqual(exemplars, expected.exemplars);
  assert.equal(iterations, expected.iterations);
  assert.deepEqual([...fitted.sections!.labels!], expected.labels);
  const { clusters } = fitted;
  assert.deepEqual(
    Array.from(answers.predictions, (cluster) => clusters?.[cluster] ?? cluster),
    expected.predictions,
  );
});
