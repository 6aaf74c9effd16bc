import { type Answering, answerOf } from './decision.js';

export interface JointPart {
  readonly answering: Answering;
  /** The outputs of the part for each row. */
  readonly outputs: readonly Float64Array[];
}

/** The answer of each part, for each row. */
export function jointAnswers(parts: readonly JointPart[]): Float64Array[] {
  return parts[0].outputs.map((_, row) =>
    Float64Array.from(parts, ({ answering, outputs }) => answerOf(answering, outputs[row])),
  );
}
