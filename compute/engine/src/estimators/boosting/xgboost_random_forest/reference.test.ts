/** xgboost's forests as the measure, with all that is drawn; made by proof/reference/make_xgboost_random_forest.py. */
import { testReference } from '../../../testing/reference.js';
import { xgboostRandomForestClassification, xgboostRandomForestRegression } from './index.js';

for (const estimator of [xgboostRandomForestRegression, xgboostRandomForestClassification])
  testReference<{ margins: number[] }>(estimator, ({ answers, expected, close }) => {
    close(answers.scores.subarray(0, expected.margins.length), expected.margins, 'margin');
  });
