/** Writing the evaluator block, whose layout is described in assembly/evaluate/block.ts. */

export const kinds = { linear: 1, trees: 2, centroids: 3, kernel: 4, neighbours: 5, joint: 6 } as const;
export type Kind = keyof typeof kinds;

/** How scores become answers; described in assembly/evaluate/decision.ts. */
export const decisions = {
  value: 0,
  logistic: 1,
  softmax: 2,
  largest: 3,
  smallest: 4,
  oneVersusRest: 5,
  sign: 6,
  shares: 7,
  clipped: 8,
  oneVersusOne: 9,
  pairwiseCoupling: 10,
  laplace: 11,
  weightedMedian: 12,
  neighbourMean: 13,
  neighbourVote: 14,
  vector: 15,
  exponential: 16,
  sigmoid: 17,
} as const;
export type Decision = keyof typeof decisions;

const probable: readonly Decision[] = [
  'logistic',
  'softmax',
  'oneVersusRest',
  'shares',
  'clipped',
  'pairwiseCoupling',
  'laplace',
  'neighbourVote',
];

/** Whether a model with this decision gives probabilities; predictProbabilities must not be called on others. */
export function hasProbabilities(decision: Decision): boolean {
  return probable.includes(decision);
}

/**
 * How many classes (for `vector`: values) a model with this decision and so many outputs answers; 0 if it answers one
 * value. Undefined where the outputs do not tell, and the block must.
 */
export function classCount(decision: Decision, outputs: number): number | undefined {
  switch (decision) {
    case 'value':
    case 'exponential':
    case 'sigmoid':
    case 'weightedMedian':
    case 'neighbourMean':
      return 0;
    case 'logistic':
    case 'sign':
      return 2;
    case 'clipped':
      return outputs === 1 ? 2 : outputs;
    case 'oneVersusOne':
      // K classes have K(K-1)/2 pairs.
      return (1 + Math.sqrt(1 + 8 * outputs)) / 2;
    case 'pairwiseCoupling':
    case 'laplace':
    case 'neighbourVote':
    case 'vector':
      return undefined;
    default:
      return outputs;
  }
}

/** How many pairs so many classes have. */
export function pairCount(classes: number): number {
  return (classes * (classes - 1)) / 2;
}

/**
 * The least outputs of a model with this decision and so many classes: its scores, and the room that the decision itself
 * needs behind them.
 */
export function leastOutputs(decision: Decision, classes: number): number {
  switch (decision) {
    case 'pairwiseCoupling':
      return pairCount(classes) + (classes > 2 ? 2 * classes : 0);
    case 'laplace':
      return classes > 2 ? 2 * classes : 2;
    case 'neighbourMean':
    case 'neighbourVote':
      return 2;
    case 'vector':
      return classes;
    default:
      return 1;
  }
}

/** Classes, or values of a vector, that a model answers; 0 if it answers one value. */
export function classesOf({ decision, outputs, classes }: Pick<BlockDescription, 'decision' | 'outputs' | 'classes'>) {
  return classCount(decision, outputs) ?? classes ?? 1;
}

export interface BlockDescription {
  readonly kind: Kind;
  readonly features: number;
  /** Numbers per row that the evaluator writes: scores first, then whatever room it needs to compute them. */
  readonly outputs: number;
  readonly decision: Decision;
  /** Classes, or values of a vector, where `classCount` cannot tell. */
  readonly classes?: number;
  /** What is answered for each class: empty for decisions that answer values. */
  readonly classValues: ArrayLike<number>;
  /** The kind's words 6…14 in order: a number is stored as it is, an array is stored and its offset written. */
  readonly words: readonly (number | Float32Array | Float64Array | Uint32Array | Uint8Array)[];
  /** What the decision needs to know, see assembly/evaluate/decision.ts. */
  readonly decisionNumbers?: Float64Array;
}

export const HEADER_BYTES = 64;
const KIND_WORD = 6;
const DECISION_WORD = 15;

/** Lays a model out as the bytes that the evaluators read. Arrays start at multiples of 16. */
export function writeBlock(description: BlockDescription): Uint8Array<ArrayBuffer> {
  const { kind, features, outputs, decision, classValues, words, decisionNumbers } = description;
  if (KIND_WORD + words.length > DECISION_WORD) throw new RangeError(`too many words for the kind ${kind}`);
  const values = Float32Array.from(classValues);
  const header = new Uint32Array(HEADER_BYTES / 4);
  header.set([kinds[kind], features, outputs, decisions[decision], classesOf(description)]);
  const arrays: { offset: number; array: ArrayBufferView }[] = [];
  let end = HEADER_BYTES;
  const place = (array: ArrayBufferView): number => {
    const offset = Math.ceil(end / 16) * 16;
    arrays.push({ offset, array });
    end = offset + array.byteLength;
    return offset;
  };
  header[KIND_WORD - 1] = place(values);
  words.forEach((word, index) => {
    header[KIND_WORD + index] = typeof word === 'number' ? word : place(word);
  });
  if (decisionNumbers) header[DECISION_WORD] = place(decisionNumbers);
  const block = new Uint8Array(Math.ceil(end / 16) * 16);
  block.set(new Uint8Array(header.buffer));
  for (const { offset, array } of arrays)
    block.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
  return block;
}
