/** scikit-learn as the measure; made by proof/reference/make_nu_svm.py. */
import { compareClassification, compareRegression } from '../../../svm/testing/reference.js';
import { testReference } from '../../../testing/reference.js';
import { nuSvmClassification, nuSvmRegression } from './index.js';

testReference(nuSvmRegression, compareRegression);
testReference(nuSvmClassification, compareClassification);
