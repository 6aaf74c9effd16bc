/**
 * Metrics of classification as scikit-learn defines them, in float64. Classes are numbers from 0; a division by zero
 * gives 0, as `zero_division=0` does, and what is not defined at all is null.
 */
import { log } from '@pgml/kernels';

export interface LabelMetrics {
  readonly f1: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly accuracy: number | null;
  /** Matthews' correlation coefficient. */
  readonly mcc: number | null;
}

/**
 * precision_score, recall_score, f1_score, accuracy_score and matthews_corrcoef. `binary`: of class 1. `macro`: the mean
 * over the classes that occur in the truth or among the predictions.
 */
export function labelMetrics(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  average: 'binary' | 'macro',
): LabelMetrics {
  const rows = truth.length;
  if (rows === 0) return { f1: null, precision: null, recall: null, accuracy: null, mcc: null };
  const counts = countClasses(truth, predicted);
  const scored = average === 'binary' ? [counts[1] ?? unseen] : counts.filter((one) => one.actual + one.predicted > 0);
  const mean = (score: (count: ClassCount) => number) =>
    scored.reduce((sum, count) => sum + score(count), 0) / scored.length;
  const hits = counts.reduce((sum, count) => sum + count.hits, 0);
  return {
    f1: mean(({ hits, actual, predicted }) => ratio(2 * hits, actual + predicted)),
    precision: mean(({ hits, predicted }) => ratio(hits, predicted)),
    recall: mean(({ hits, actual }) => ratio(hits, actual)),
    accuracy: hits / rows,
    mcc: matthews(counts, hits, rows),
  };
}

interface ClassCount {
  /** Rows of the class, rows predicted as the class, and rows that are both. */
  actual: number;
  predicted: number;
  hits: number;
}

const unseen: ClassCount = { actual: 0, predicted: 0, hits: 0 };
const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

function countClasses(truth: ArrayLike<number>, predicted: ArrayLike<number>): ClassCount[] {
  const counts: ClassCount[] = [];
  const countOf = (index: number) => {
    while (counts.length <= index) counts.push({ ...unseen });
    return counts[index];
  };
  for (let row = 0; row < truth.length; row++) {
    countOf(truth[row]).actual++;
    countOf(predicted[row]).predicted++;
    if (truth[row] === predicted[row]) countOf(truth[row]).hits++;
  }
  return counts;
}

/** Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004. */
function matthews(counts: readonly ClassCount[], hits: number, rows: number): number {
  let both = 0;
  let predictedSquares = 0;
  let actualSquares = 0;
  for (const { actual, predicted } of counts) {
    both += actual * predicted;
    predictedSquares += predicted * predicted;
    actualSquares += actual * actual;
  }
  const variances = (rows * rows - predictedSquares) * (rows * rows - actualSquares);
  return variances === 0 ? 0 : (hits * rows - both) / Math.sqrt(variances);
}

/**
 * roc_auc_score for truths 0 and 1: the chance that a row of class 1 has a higher score than one of class 0, ties
 * counting half (the Mann-Whitney statistic). Null unless both classes occur and every score is a number.
 */
export function rocAuc(truth: ArrayLike<number>, scores: ArrayLike<number>): number | null {
  if (Array.prototype.some.call(scores, Number.isNaN)) return null;
  const order = Array.from({ length: truth.length }, (_, row) => row).sort((a, b) => scores[a] - scores[b]);
  let positives = 0;
  let negatives = 0;
  let wins = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    let tiedPositives = 0;
    while (end < order.length && scores[order[end]] === scores[order[start]])
      if (truth[order[end++]] === 1) tiedPositives++;
    const tiedNegatives = end - start - tiedPositives;
    wins += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    start = end;
  }
  return positives === 0 || negatives === 0 ? null : wins / (positives * negatives);
}

/** The spacing of float32 at 1: probabilities nearer than this to 0 or 1 are not told from it. */
export const FLOAT32_EPSILON = 1.1920928955078125e-7;

/**
 * log_loss for truths 0 and 1 with the probability of class 1 in each row. Probabilities are first brought into
 * [epsilon, 1 - epsilon]; scikit-learn takes the epsilon of the type they come in, float32 from our evaluators.
 */
export function logLoss(truth: ArrayLike<number>, probabilities: ArrayLike<number>, epsilon: number): number | null {
  const rows = truth.length;
  if (rows === 0) return null;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const p = Math.min(1 - epsilon, Math.max(epsilon, probabilities[row]));
    sum -= log(truth[row] === 1 ? p : 1 - p);
  }
  return sum / rows;
}
