/** Predictions for many rows, in slices, so that nobody waits long for somebody else's. */
import { setImmediate } from 'node:timers/promises';
import {
  notFiniteFeature,
  noWholeRows,
  nullFeatures,
  SqlError,
  withoutProbabilities,
  withoutVectors,
  wrongFeatureCount,
} from '@pgml/engine';
import { hasProbabilities } from '@pgml/kernels';
import { cancelled } from '../errors.js';
import type { EvaluatorMemory } from './evaluator-memory.js';
import type { LoadedModel, ModelCache } from './model-cache.js';

export const outputs = ['values', 'probabilities', 'vectors'] as const;

export interface Question {
  readonly output: (typeof outputs)[number];
  /** Whether exactly one row must be given. */
  readonly one: boolean;
  /** f32 little-endian, rows that follow each other; NULL is NaN. */
  readonly features: Uint8Array;
  /** How many of them are NULL. */
  readonly nulls: number;
}

/** Other work gets its turn after this. */
const SLICE_MILLISECONDS = 2;
/** Rows between looks at the clock. */
const ROWS = 256;
/** No more bytes of rows, scores and answers than this either, unless one row has more. */
const WORK_BYTES = 2 ** 20;
/** The evaluators work on so many rows at a time, and want f64[outputs] for the scores of each. */
const SCRATCH_ROWS = 64;
/** What a value of PostgreSQL can hold. */
const LARGEST_RESULT = 0x3fffffff - 64;

/**
 * f32 little-endian: the answer of each row, the probability of each class for each row, or all values that are answered to
 * each row (decision `vector`). The model must be in use.
 * Throws what feature-errors.ts of @pgml/engine has, and RuntimeError 57014 when `signal` is aborted.
 */
export async function predictRows(
  models: ModelCache,
  model: LoadedModel,
  question: Question,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const rows = checkedRows(model, question);
  const answerBytes = bytesOfAnswer(model, question);
  if (rows * answerBytes > LARGEST_RESULT)
    throw new SqlError('54000', `${rows * answerBytes} bytes of answers are more than PostgreSQL can hold (1 GB)`, {
      hint: 'Predict fewer rows at a time.',
    });
  const answers = new Uint8Array(rows * answerBytes);
  const bytesOfRow = 4 * model.facts.features + 8 * model.facts.outputs + answerBytes;
  const atOnce = Math.max(1, Math.min(ROWS, Math.floor(WORK_BYTES / bytesOfRow)));
  let sliceEnds = performance.now() + SLICE_MILLISECONDS;
  for (let row = 0; row < rows; row += atOnce) {
    if (performance.now() > sliceEnds) {
      await setImmediate();
      if (signal.aborted) throw cancelled();
      sliceEnds = performance.now() + SLICE_MILLISECONDS;
    }
    predictSome(models, model, question, row, answers.subarray(row * answerBytes, (row + atOnce) * answerBytes));
  }
  return answers;
}

const bytesOfAnswer = ({ facts }: LoadedModel, { output }: Question): number =>
  4 * (output === 'values' ? 1 : facts.classes);

/** How many rows there are, once their number, their NULLs and the kind of answer have been found right. */
function checkedRows(model: LoadedModel, { output, one, features, nulls }: Question): number {
  const { facts, header } = model;
  const given = features.length / 4;
  if (output === 'probabilities' && !hasProbabilities(facts.decision)) throw withoutProbabilities(model);
  if (output === 'vectors' && facts.decision !== 'vector') throw withoutVectors(model);
  if (one && given !== facts.features) throw wrongFeatureCount(model, given);
  if (given % facts.features !== 0) throw noWholeRows(model, given);
  if (nulls > 0 && header.missing === 'refuse') throw nullFeatures(model, nulls, given);
  return given / facts.features;
}

/** Fills `answers` with those of the rows from `first` on. */
function predictSome(
  { memory }: ModelCache,
  model: LoadedModel,
  question: Question,
  first: number,
  answers: Uint8Array,
): void {
  const { facts, block } = model;
  const { output, features } = question;
  const rowBytes = 4 * facts.features;
  const answerBytes = bytesOfAnswer(model, question);
  const count = answers.length / answerBytes;
  const answersAt = roundUp(count * rowBytes);
  const scratchAt = roundUp(answersAt + answers.length);
  const work = memory.allocate(scratchAt + 8 * Math.min(count, SCRATCH_ROWS) * facts.outputs);
  try {
    memory.view(work, count * rowBytes).set(features.subarray(first * rowBytes, (first + count) * rowBytes));
    checkFinite(memory, model, work, count, first);
    const { predict, predictProbabilities } = memory.evaluators;
    const evaluate = output === 'values' ? predict : predictProbabilities;
    evaluate(block, work, count, work + answersAt, work + scratchAt);
    answers.set(memory.view(work + answersAt, answers.length));
  } finally {
    memory.free(work);
  }
}

/** Infinity is refused as in training, and so is NaN unless the model learned from missing values. */
function checkFinite(
  memory: EvaluatorMemory,
  model: LoadedModel,
  values: number,
  rows: number,
  firstRow: number,
): void {
  const { features } = model.facts;
  const { countFinite } = memory.evaluators;
  const length = rows * features;
  const view = memory.floats(values, length);
  for (let at = countFinite(values, length); at < length; at++, at += countFinite(values + 4 * at, length - at)) {
    if (!(model.header.missing === 'learn' && Number.isNaN(view[at])))
      throw notFiniteFeature(model, firstRow * features + at, view[at]);
  }
}

const roundUp = (bytes: number): number => Math.ceil(bytes / 16) * 16;
