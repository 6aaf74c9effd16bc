import { InputError } from '../errors.js';

/**
 * Every session plans the function when it first calls it, and keeps the plans: 2,000 leaves or terms take about 60 ms
 * and 11 MB.
 */
const MOST_PARTS = 2000;

/** Throws InputError 0A000 if a model has more `parts` (leaves, terms of a sum) than can be planned in good time. */
export function checkSize(count: number, parts: string): void {
  if (count > MOST_PARTS) throw notCompilable(`it has ${count} ${parts}, and at most ${MOST_PARTS} can be compiled`);
}

/** Throws InputError 0A000 unless PostgreSQL's arithmetic can do with these numbers what the evaluators do. */
export function checkRange(numbers: ArrayLike<number>, smallest: number, largest: number): void {
  const wrong = Array.from(numbers).find((value) => {
    const size = Math.abs(value);
    return !(size === 0 || (size >= smallest && size <= largest));
  });
  if (wrong !== undefined)
    throw notCompilable(`it has the coefficient ${wrong}, for which PostgreSQL would report an overflow or underflow`);
}

export function notCompilable(reason: string): InputError {
  return new InputError('0A000', `the model cannot be compiled to SQL: ${reason}`, {
    hint: 'Predict with pgml.predict, which runs every model.',
  });
}
