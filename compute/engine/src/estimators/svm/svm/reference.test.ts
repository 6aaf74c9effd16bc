/** scikit-learn as the measure; made by proof/reference/make_svm.py. */
import { compareClassification, compareRegression } from '../../../svm/testing/reference.js';
import { testReference } from '../../../testing/reference.js';
import { svmClassification, svmRegression } from './index.js';

testReference(svmRegression, compareRegression);
testReference(svmClassification, compareClassification);
