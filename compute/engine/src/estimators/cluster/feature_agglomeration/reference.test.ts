/** scikit-learn as the measure; made by proof/reference/make_feature_agglomeration.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { featureAgglomeration } from './index.js';

interface Expected {
  readonly labels: number[];
  /** Of the merges that were undone. */
  readonly distances: number[];
  /** Of the first rows. */
  readonly values: number[];
  /** The share that inverse_transform gives back. */
  readonly variance: number;
}

testReference<Expected>(featureAgglomeration, ({ fitted, answers, expected, close }) => {
  const { groups, distances } = fitted.details as { groups: number[]; distances: number[] };
  assert.deepEqual(groups, expected.labels);
  close(distances, expected.distances, 'distance');
  close(answers.scores.subarray(0, expected.values.length), expected.values, 'value');
  close([fitted.metrics!.cumulative_explained_variance], [expected.variance], 'variance');
});
