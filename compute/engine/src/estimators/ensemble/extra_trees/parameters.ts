import { forestClassificationParameters, forestRegressionParameters } from '../../../trees/cart/forest-parameters.js';

export const classificationParameters = forestClassificationParameters(false);
export const regressionParameters = forestRegressionParameters(false);
