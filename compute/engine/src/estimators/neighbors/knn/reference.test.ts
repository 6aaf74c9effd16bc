/** scikit-learn as the measure; made by proof/reference/make_knn.py. */
import { testReference } from '../../../testing/reference.js';
import { knnClassification, knnRegression } from './index.js';

interface Expected {
  /** rows × k */
  readonly distances: readonly (readonly number[])[];
  readonly predictions: readonly number[];
  /** rows × classes */
  readonly probabilities?: readonly (readonly number[])[];
}

for (const estimator of [knnRegression, knnClassification])
  testReference<Expected>(estimator, ({ answers, expected, entry, close }) => {
    const k = (entry.parameters.n_neighbors as number | undefined) ?? 5;
    const told = expected.distances.flatMap((_, row) =>
      Array.from(answers.scores.subarray(2 * k * row, 2 * k * row + k)),
    );
    close(told, expected.distances.flat(), 'distance');
    close(answers.predictions.slice(0, expected.predictions.length), expected.predictions, 'prediction');
    const { probabilities } = expected;
    if (probabilities)
      close(answers.probabilities.slice(0, probabilities.flat().length), probabilities.flat(), 'probability');
  });
