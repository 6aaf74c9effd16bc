import type { RandomState } from '@pgml/kernels';

const FOLDS = 5;

/** Rows of two classes; both lists are in the order of the training data. */
export interface TwoClasses {
  readonly first: Int32Array;
  readonly second: Int32Array;
}

/** Gives scores of `rows` by a machine trained on the two classes: above 0 speaks for the first. */
export type TrainAndScore = (classes: TwoClasses, rows: Int32Array, fold: number) => Float64Array;

/**
 * A score of each row (first those of the first class) by a machine that was not trained on it: five folds, of rows
 * shuffled in LIBSVM's order of draws. `seeded` starts scikit-learn's generator anew, as every training does there.
 */
export function heldOutScores(classes: TwoClasses, seeded: () => RandomState, train: TrainAndScore): Float64Array {
  const { first, second } = classes;
  const rows = Int32Array.from([...first, ...second]);
  const count = rows.length;
  const order = shuffled(count, seeded());
  const scores = new Float64Array(count);
  for (let fold = 0; fold < FOLDS; fold++) {
    const begin = Math.floor((fold * count) / FOLDS);
    const end = Math.floor(((fold + 1) * count) / FOLDS);
    const training = [...order.subarray(0, begin), ...order.subarray(end)];
    const ofClass = (isFirst: boolean) =>
      Int32Array.from(
        training.filter((i) => i < first.length === isFirst),
        (i) => rows[i],
      );
    const held = order.subarray(begin, end);
    const parts = { first: ofClass(true), second: ofClass(false) };
    const answers = scoresFor(
      parts,
      Int32Array.from(held, (i) => rows[i]),
      (part, asked) => train(part, asked, fold),
    );
    for (const [position, i] of held.entries()) scores[i] = answers[position];
  }
  return scores;
}

/** A fold without rows of one class says what is left. */
function scoresFor(
  { first, second }: TwoClasses,
  rows: Int32Array,
  train: (classes: TwoClasses, rows: Int32Array) => Float64Array,
): Float64Array {
  if (first.length > 0 && second.length > 0) return train({ first, second }, rows);
  return new Float64Array(rows.length).fill(Math.sign(first.length - second.length));
}

/** 0 … count - 1, each in turn exchanged with itself or one of those after it. */
function shuffled(count: number, random: RandomState): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + below(count - i, random);
    const value = order[i];
    order[i] = order[j];
    order[j] = value;
  }
  return order;
}

const WORDS = 2 ** 32;

/** Uniform on 0 … range - 1 by Lemire's multiplication (ACM TOMACS 29, 2019), as scikit-learn's LIBSVM draws. */
function below(range: number, random: RandomState): number {
  for (;;) {
    const product = random.uint32() * range;
    const low = product % WORDS;
    if (low >= range || low >= WORDS % range) return Math.floor(product / WORDS);
  }
}
