/** The statement of plpgsql that returns the answer, from the variables `score_1`, `score_2`, … of a type. */
import type { Decision } from '@pgml/kernels';
import { double, real } from './literals.js';
import type { Scores } from './scores.js';

export function returnAnswer(
  decision: Decision,
  type: Scores['type'],
  scores: readonly string[],
  classValues: ArrayLike<number>,
): string {
  if (decision === 'value') return `RETURN ${type === 'real' ? scores[0] : rounded(scores[0])};`;
  const values = Array.from(classValues, real);
  if (decision === 'logistic' || decision === 'sign') {
    const zero = type === 'real' ? real(0) : double(0);
    return `RETURN CASE WHEN ${scores[0]} > ${zero} THEN ${values[1]} ELSE ${values[0]} END;`;
  }
  // The first of equals is also the first that is found equal to the best.
  const best = `${decision === 'smallest' ? 'LEAST' : 'GREATEST'}(${scores.join(', ')})`;
  const whens = scores.map((score, index) => `\n        WHEN ${score} THEN ${values[index]}`);
  return `RETURN CASE ${best}${whens.join('')} END;`;
}

/** Half way from the largest float4 to the next that there would be, which would be even. */
const TO_INFINITY = 2 ** 128 - 2 ** 103;
/** Half of the smallest float4. */
const TO_ZERO = 2 ** -150;

/** A float8 rounded to float4, where PostgreSQL's cast would report an overflow or underflow, too. */
const rounded = (score: string): string => `CASE
        WHEN ${score} >= ${double(TO_INFINITY)} THEN real 'Infinity'
        WHEN ${score} <= ${double(-TO_INFINITY)} THEN real '-Infinity'
        WHEN ${score} BETWEEN ${double(-TO_ZERO)} AND ${double(TO_ZERO)} THEN (${score} * ${double(0)})::real
        ELSE ${score}::real END`;
