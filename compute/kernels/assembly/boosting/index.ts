// Histogram gradient boosting: cuts and bins, gradients, histograms, split search, partition of rows; sorted columns; walks.
export { binRows, cutColumn, sketchBytes, sketchRows, startSketch } from './bins';
export { findGainSplit } from './gain-split';
export { addToRows, logisticGradients, sampleRows, softmaxGradients, squaredGradients, weighGradients } from './gradients';
export { addHistogram, buildHistogram, buildHistogramInOrder, histogramBytes, subtractHistogram } from './histogram';
export {
  absoluteGradients, gammaGradients, hingeGradients, poissonGradients, pseudoHuberGradients, squaredLogGradients,
  survivalGradients, tweedieGradients,
} from './losses';
export { addColumn, shiftGradients, sumGradientProducts } from './coordinates';
export { addDerivatives, binomialLeaf, sumBelow } from './leaf-steps';
export { addSplitScores, bestSplitScore } from './oblivious';
export { copyRows, enumerateRows, partitionCategories, partitionRows } from './partition';
export { sortValues, valueSortBytes } from './sort';
export { addLeaves, cutSorted, descendRows, gatherColumn, packRows, scanColumn, sortBytes, sortColumn } from './sorted';
export { findSplit } from './split';
export { addToMargins, countBins, partitionRowsBySet, subtractCounts, sumGradients } from './leafwise';
export { absoluteLoss, binomialLoss, multinomialLoss, pinballLoss, poissonLoss, squaredLoss } from './margin-losses';
export { findNewtonSplit } from './newton-split';
export { addTree } from './walk';
