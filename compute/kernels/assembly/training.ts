// Everything that fits models, over one memory shared by JavaScript, kernels and threads; and the evaluators.
export * from './algebra';
export * from './boosting';
export * from './evaluate';
export { kernelRow } from './evaluate/kernel-functions';
export * from './exact';
export { erf, exp, log, log1p, tanh } from './math';
export { assignCentroids, labelledDistances, limitedDistances, nearestCentroidsOf } from './clustering';
export { columnAdd, columnDot } from './column';
export { gram } from './gram';
export { huberLoss } from './huber';
export { shiftPoints } from './neighbours/mean-shift';
export { countRowsWithin, distancesToAll, nearestRows, nearestRowsOfMany, rowsWithin } from './neighbours/kd-tree';
export { expOfNegativeMany, log1pOfUnitMany } from './lanes';
export { logisticLoss, logisticRows, softmaxLoss, softmaxRows } from './logistic';
export { applyScale, descend, shuffleOrder } from './stochastic-gradient';
export { chooseSubsets, seedGenerator } from './subsets';
export { chooseSecond, kernelTiles, moveAndChooseFirst } from './support-vectors';
