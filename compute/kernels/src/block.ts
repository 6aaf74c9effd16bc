/** Writing the evaluator block, whose layout is described in assembly/evaluate/block.ts. */

export const kinds = { linear: 1, trees: 2, centroids: 3 } as const;
export type Kind = keyof typeof kinds;

/** How scores become answers; described in assembly/evaluate/decision.ts. */
export const decisions = { value: 0, logistic: 1, softmax: 2, largest: 3, smallest: 4, oneVersusRest: 5 } as const;
export type Decision = keyof typeof decisions;

/** Whether a model with this decision gives probabilities; predictProbabilities must not be called on others. */
export function hasProbabilities(decision: Decision): boolean {
  return decision === 'logistic' || decision === 'softmax' || decision === 'oneVersusRest';
}

/** How many classes a model with this decision and so many scores per row tells apart; 0 if it answers values. */
export function classCount(decision: Decision, outputs: number): number {
  if (decision === 'value') return 0;
  return decision === 'logistic' ? 2 : outputs;
}

export interface BlockDescription {
  readonly kind: Kind;
  readonly features: number;
  /** Scores per row. */
  readonly outputs: number;
  readonly decision: Decision;
  /** What is answered for each class: empty for `value`. */
  readonly classValues: ArrayLike<number>;
  /** The kind's words 6…15 in order: a number is stored as it is, an array is stored and its offset written. */
  readonly words: readonly (number | Float32Array | Float64Array | Uint32Array)[];
}

export const HEADER_BYTES = 64;
const KIND_WORD = 6;

/** Lays a model out as the bytes that the evaluators read. Arrays start at multiples of 16. */
export function writeBlock(description: BlockDescription): Uint8Array<ArrayBuffer> {
  const { kind, features, outputs, decision, classValues, words } = description;
  if (KIND_WORD + words.length > HEADER_BYTES / 4) throw new RangeError(`too many words for the kind ${kind}`);
  const values = Float32Array.from(classValues);
  const header = new Uint32Array(HEADER_BYTES / 4);
  header.set([kinds[kind], features, outputs, decisions[decision], values.length]);
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
  const block = new Uint8Array(Math.ceil(end / 16) * 16);
  block.set(new Uint8Array(header.buffer));
  for (const { offset, array } of arrays)
    block.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
  return block;
}
