import type { Estimator, Task } from './estimator.js';
import { adaBoostClassification, adaBoostRegression } from './estimators/ensemble/ada_boost/index.js';
import { affinityPropagation } from './estimators/cluster/affinity_propagation/index.js';
import { automaticRelevanceDetermination } from './estimators/linear_model/automatic_relevance_determination/index.js';
import { baggingClassification, baggingRegression } from './estimators/ensemble/bagging/index.js';
import { bayesianRidge } from './estimators/linear_model/bayesian_ridge/index.js';
import { birch } from './estimators/cluster/birch/index.js';
import { catboostClassification, catboostRegression } from './estimators/boosting/catboost/index.js';
import { dbscan } from './estimators/cluster/dbscan/index.js';
import { elasticNet } from './estimators/linear_model/elastic_net/index.js';
import { extraTreesClassification, extraTreesRegression } from './estimators/ensemble/extra_trees/index.js';
import { featureAgglomeration } from './estimators/cluster/feature_agglomeration/index.js';
import {
  gaussianProcessClassification,
  gaussianProcessRegression,
} from './estimators/gaussian_process/gaussian_process/index.js';
import {
  gradientBoostingTreesClassification,
  gradientBoostingTreesRegression,
} from './estimators/ensemble/gradient_boosting_trees/index.js';
import {
  histGradientBoostingClassification,
  histGradientBoostingRegression,
} from './estimators/ensemble/hist_gradient_boosting/index.js';
import { huber } from './estimators/linear_model/huber/index.js';
import { kernelRidge } from './estimators/kernel_ridge/kernel_ridge/index.js';
import { kmeans } from './estimators/cluster/kmeans/index.js';
import { knnClassification, knnRegression } from './estimators/neighbors/knn/index.js';
import { lasso } from './estimators/linear_model/lasso/index.js';
import { lassoLeastAngle } from './estimators/linear_model/lasso_least_angle/index.js';
import { leastAngle } from './estimators/linear_model/least_angle/index.js';
import { lightgbmClassification, lightgbmRegression } from './estimators/boosting/lightgbm/index.js';
import { linearClassification, linearRegression } from './estimators/linear_model/linear/index.js';
import { linearSvmClassification, linearSvmRegression } from './estimators/svm/linear_svm/index.js';
import { meanShift } from './estimators/cluster/mean_shift/index.js';
import { miniBatchKmeans } from './estimators/cluster/mini_batch_kmeans/index.js';
import { nuSvmClassification, nuSvmRegression } from './estimators/svm/nu_svm/index.js';
import { optics } from './estimators/cluster/optics/index.js';
import { orthogonalMatchingPursuit } from './estimators/linear_model/orthogonal_matching_pursuit/index.js';
import {
  passiveAggressiveClassification,
  passiveAggressiveRegression,
} from './estimators/linear_model/passive_aggressive/index.js';
import { pca } from './estimators/decomposition/pca/index.js';
import { perceptron } from './estimators/linear_model/perceptron/index.js';
import { quantile } from './estimators/linear_model/quantile/index.js';
import { randomForestClassification, randomForestRegression } from './estimators/ensemble/random_forest/index.js';
import { ransac } from './estimators/linear_model/ransac/index.js';
import { ridgeClassification, ridgeRegression } from './estimators/linear_model/ridge/index.js';
import { spectral } from './estimators/cluster/spectral/index.js';
import { spectralBi } from './estimators/cluster/spectral_bi/index.js';
import { spectralCo } from './estimators/cluster/spectral_co/index.js';
import {
  stochasticGradientDescentClassification,
  stochasticGradientDescentRegression,
} from './estimators/linear_model/stochastic_gradient_descent/index.js';
import { svmClassification, svmRegression } from './estimators/svm/svm/index.js';
import { theilSen } from './estimators/linear_model/theil_sen/index.js';
import { xgboostClassification, xgboostRegression } from './estimators/boosting/xgboost/index.js';
import {
  xgboostRandomForestClassification,
  xgboostRandomForestRegression,
} from './estimators/boosting/xgboost_random_forest/index.js';

/** Every estimator there is; adding one is one line here. */
export const estimators: readonly Estimator[] = [
  adaBoostClassification,
  adaBoostRegression,
  affinityPropagation,
  automaticRelevanceDetermination,
  baggingClassification,
  baggingRegression,
  bayesianRidge,
  birch,
  catboostClassification,
  catboostRegression,
  dbscan,
  elasticNet,
  extraTreesClassification,
  extraTreesRegression,
  featureAgglomeration,
  gaussianProcessClassification,
  gaussianProcessRegression,
  gradientBoostingTreesClassification,
  gradientBoostingTreesRegression,
  histGradientBoostingClassification,
  histGradientBoostingRegression,
  huber,
  kernelRidge,
  kmeans,
  knnClassification,
  knnRegression,
  lasso,
  lassoLeastAngle,
  leastAngle,
  lightgbmClassification,
  lightgbmRegression,
  linearClassification,
  linearRegression,
  linearSvmClassification,
  linearSvmRegression,
  meanShift,
  miniBatchKmeans,
  nuSvmClassification,
  nuSvmRegression,
  optics,
  orthogonalMatchingPursuit,
  passiveAggressiveClassification,
  passiveAggressiveRegression,
  pca,
  perceptron,
  quantile,
  randomForestClassification,
  randomForestRegression,
  ransac,
  ridgeClassification,
  ridgeRegression,
  spectral,
  spectralBi,
  spectralCo,
  stochasticGradientDescentClassification,
  stochasticGradientDescentRegression,
  svmClassification,
  svmRegression,
  theilSen,
  xgboostClassification,
  xgboostRegression,
  xgboostRandomForestClassification,
  xgboostRandomForestRegression,
];

/** The estimator for an algorithm and task, if there is one. */
export function findEstimator(algorithm: string, task: Task): Estimator | undefined {
  return estimators.find((estimator) => estimator.algorithm === algorithm && estimator.task === task);
}
