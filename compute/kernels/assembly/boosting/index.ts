// Histogram gradient boosting: cuts and bins, gradients, histograms, split search, partition of rows.
export { binRows, cutColumn, sketchBytes, sketchRows, startSketch } from './bins';
export { addToRows, logisticGradients, softmaxGradients, squaredGradients } from './gradients';
export { addHistogram, buildHistogram, buildHistogramInOrder, histogramBytes, subtractHistogram } from './histogram';
export { copyRows, enumerateRows, partitionRows } from './partition';
export { findSplit } from './split';
