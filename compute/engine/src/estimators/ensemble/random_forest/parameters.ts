import { forestClassificationParameters, forestRegressionParameters } from '../../../trees/cart/forest-parameters.js';

export const classificationParameters = forestClassificationParameters(true);
export const regressionParameters = forestRegressionParameters(true);
