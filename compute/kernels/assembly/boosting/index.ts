// Histogram gradient boosting: cuts and bins, gradients, histograms, split search, partition of rows.
export { binRows, cutColumn, sketchBytes, sketchRows, startSketch } from './bins';
export { addToRows, logisticGradients, softmaxGradients, squaredGradients } from './gradients';
export { addHistogram, buildHistogram, buildHistogramInOrder, histogramBytes, subtractHistogram } from './histogram';
export { copyRows, enumerateRows, partitionRows } from './partition';
export { findSplit } from './split';
export { addToMargins, countBins, partitionRowsBySet, subtractCounts, sumGradients } from './leafwise';
export { absoluteLoss, binomialLoss, multinomialLoss, pinballLoss, poissonLoss, squaredLoss } from './margin-losses';
export { findNewtonSplit } from './newton-split';
