/** scikit-learn's `class_weight`: what the rows of each class count. */
import { alternatives, quote } from './errors.js';
import { FitError, type TrainingData } from './estimator.js';
import { nearest } from './edit-distance.js';

/** A checked value of `classWeight` (parameter-types.ts): weights by the text of the label. */
export type ClassWeight = 'balanced' | Readonly<Record<string, number>> | null;

/** Rows of each class, whatever their weights. */
export function countClasses(data: TrainingData): Float64Array {
  const counts = new Float64Array(data.classes);
  for (const label of data.target) counts[label]++;
  return counts;
}

/** rows / (groups * rows of the group), as scikit-learn balances. A group without rows weighs nothing. */
export function balancedWeights(counts: Float64Array): Float64Array {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count === 0 ? 0 : rows / (counts.length * count)));
}

/**
 * The weight of each class. As in scikit-learn, a class that is not named counts 1, and a name that is no class of the
 * training rows is a FitError if there are such classes: it may have been meant for one of them.
 */
export function classWeights(data: TrainingData, given: ClassWeight): Float64Array {
  if (given === 'balanced') return balancedWeights(countClasses(data));
  const weights = new Float64Array(data.classes).fill(1);
  const named = new Set<number>();
  const strangers: string[] = [];
  for (const [label, weight] of Object.entries(given ?? {})) {
    const index = classNamed(data.classNames, label);
    if (index < 0) strangers.push(label);
    else if (named.has(index))
      throw new FitError(`class_weight names the class ${quote(data.classNames[index])} twice`);
    else {
      weights[index] = weight;
      named.add(index);
    }
  }
  if (strangers.length > 0 && named.size < data.classes) throw strangeLabel(data.classNames, strangers[0]);
  return weights;
}

/**
 * What each row counts: its own weight times that of its class, in f64 (8 bytes a row). Undefined where all count 1.
 */
export function rowWeights(data: TrainingData, given: ClassWeight): Float64Array | undefined {
  const { weights, target, rows } = data;
  if (given === null) return weights && Float64Array.from(weights);
  const byClass = classWeights(data, given);
  const products = new Float64Array(rows);
  for (let row = 0; row < rows; row++) products[row] = (weights ? weights[row] : 1) * byClass[target[row]];
  return products;
}

/** -1 if there is none. Numbers may be written in other ways than ours, and truth values as 0 and 1. */
function classNamed(names: readonly string[], label: string): number {
  const exact = names.indexOf(label);
  if (exact >= 0) return exact;
  const value = numberOf(label);
  return Number.isNaN(value) ? -1 : names.findIndex((name) => numberOf(name) === value);
}

/** As the label column holds it, float32; NaN if the text is no number. */
function numberOf(text: string): number {
  if (text === 'true') return 1;
  if (text === 'false') return 0;
  return text.trim() === '' ? Number.NaN : Math.fround(Number(text));
}

function strangeLabel(names: readonly string[], label: string): FitError {
  const meant = nearest(label, names);
  const shown = names.length <= 10 ? `The classes are ${alternatives(names)}.` : `There are ${names.length} classes.`;
  return new FitError(
    `class_weight names ${quote(label)}, which is no class of the training rows`,
    meant === undefined ? shown : `Did you mean "${meant}"? ${shown}`,
  );
}
