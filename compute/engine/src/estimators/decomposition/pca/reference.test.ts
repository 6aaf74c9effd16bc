/** scikit-learn as the measure; made by proof/reference/make_pca.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { pca } from './index.js';

interface Expected {
  /** Those that have variance: the others are any orthogonal directions. */
  readonly components: number[][];
  readonly explained_variance: number[];
  readonly explained_variance_ratio: number[];
  readonly singular_values: number[];
  readonly noise_variance: number;
  readonly n_components: number;
  /** Of every 20th row along the components above. */
  readonly projections: number[][];
}

testReference<Expected>(pca, ({ fitted, answers, expected, entry, close }) => {
  const details = fitted.details as unknown as Expected;
  const { outputs } = fitted.block;
  const [weights] = fitted.block.words as [Float64Array];
  const features = weights.length / outputs;
  assert.equal(details.n_components, expected.n_components);
  assert.equal(outputs, expected.n_components);
  for (const what of ['explained_variance', 'explained_variance_ratio', 'singular_values'] as const)
    close(details[what], expected[what], what);
  close([details.noise_variance], [expected.noise_variance], 'noise');
  const total = expected.explained_variance_ratio.reduce((sum, ratio) => sum + ratio, 0);
  close([fitted.metrics!.cumulative_explained_variance], [total], 'metric');
  for (const [i, component] of expected.components.entries()) {
    const unit = entry.parameters.whiten ? Math.sqrt(expected.explained_variance[i]) : 1;
    const own = weights.subarray(i * features, (i + 1) * features).map((weight) => weight * unit);
    close(own, component, `component ${i}`);
  }
  for (const [i, projection] of expected.projections.entries()) {
    const first = 20 * i * outputs;
    close(answers.scores.subarray(first, first + projection.length), projection, `projection ${i}`);
  }
});
