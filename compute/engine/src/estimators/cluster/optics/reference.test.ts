/** scikit-learn as the measure; made by proof/reference/make_optics.py. */
import assert from 'node:assert/strict';
import { loadKernels } from '@pgml/kernels';
import { rowsOf } from '../../../neighbours/kd-tree.js';
import { searchOptions } from '../../../neighbours/parameters.js';
import { checkParameters } from '../../../parameters.js';
import { fitContext, trainingData } from '../../../testing/data.js';
import { testReference } from '../../../testing/reference.js';
import { optics } from './index.js';
import { order } from './ordering.js';
import type { OpticsParameters } from './parameters.js';

interface Expected {
  readonly labels: readonly number[];
  readonly ordering: readonly number[];
  /** null is Infinity */
  readonly reachability: readonly (number | null)[];
  readonly coreDistances: readonly (number | null)[];
}

const kernels = loadKernels();
const numbers = (values: readonly (number | null)[]) => values.map((value) => value ?? 1e300);
const finite = (values: Float64Array) => Array.from(values, (value) => (value === Infinity ? 1e300 : value));

testReference<Expected>(optics, ({ fitted, problem, expected, entry, close }) => {
  const { min_samples, max_eps, metric, p } = checkParameters(optics, entry.parameters) as unknown as OpticsParameters;
  const data = trainingData(kernels, problem.columns);
  const minimum = min_samples <= 1 ? Math.max(2, Math.trunc(min_samples * data.rows)) : min_samples;
  const options = searchOptions(metric, p);
  const reach = order(rowsOf(data), data.features, minimum, max_eps ?? Infinity, options, fitContext(kernels));
  assert.deepEqual([...reach.ordering], expected.ordering);
  for (const [index, value] of numbers(expected.reachability).entries())
    close([finite(reach.reachability)[index]], [value], `reachability ${index}`);
  for (const [index, value] of numbers(expected.coreDistances).entries())
    close([finite(reach.coreDistances)[index]], [value], `core distance ${index}`);
  assert.deepEqual([...fitted.sections!.labels!], expected.labels);
});
