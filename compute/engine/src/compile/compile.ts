/**
 * A model as the body of a function of plpgsql (features real[]) RETURNS real, which needs nothing but PostgreSQL: no
 * bridge, no runtime, no other function of pgml. It answers to the bit what the evaluators answer, in the same order of
 * operations, and refuses the same features with the same errors.
 *
 * plpgsql, not SQL: it plans each statement once in a session and not in each query, reads the array once, never
 * compiles these expressions with LLVM (which took 26 s for an ensemble), and can say what is wrong with the features.
 *
 * Functions are named with their schema. Operators are not, for readers' sake: all of them are between built-in types
 * for which pg_catalog has the very operator, so that none in another schema is preferred unless search_path says so.
 */
import type { Artifact } from '../artifact/artifact.js';
import { HEADER_BYTES } from '@pgml/kernels';
import { returnAnswer } from './answer.js';
import { checkFeatures } from './features.js';
import { type Scores, scoresOf } from './scores.js';

/** Terms of a sum in one statement: each costs a little, and the nesting of one expression must stay within the stack. */
const TERMS_AT_ONCE = 50;

/** Throws InputError 0A000 for a model that is too large, or whose numbers PostgreSQL's arithmetic would refuse. */
export function compileModel(model: Artifact): string {
  const { facts, block } = model;
  const scores = scoresOf(model);
  const names = scores.initial.map((_, output) => `score_${output + 1}`);
  const declared = [
    ...names.map((name, output) => `${name} ${scores.type} := ${scores.initial[output]};`),
    ...scores.variables.map((feature) => `x_${feature + 1} real;`),
  ];
  const statements = [
    checkFeatures(model),
    ...scores.variables.map((feature) => `x_${feature + 1} := features[${feature + 1}];`),
    ...names.flatMap((name, output) => sums(name, scores, output)),
    returnAnswer(facts.decision, scores.type, names, classValues(block, facts.classes)),
  ];
  return `\nDECLARE\n    ${declared.join('\n    ')}\nBEGIN\n    ${statements.join('\n    ')}\nEND\n`;
}

function sums(name: string, { terms }: Scores, output: number): string[] {
  const own = terms.filter((term) => term.output === output).map(({ term }) => term);
  const statements = Math.ceil(own.length / TERMS_AT_ONCE);
  return Array.from({ length: statements }, (_, statement) => {
    const some = own.slice(statement * TERMS_AT_ONCE, (statement + 1) * TERMS_AT_ONCE);
    return `${name} := ${name}${some.map((term) => `\n        + ${term}`).join('')};`;
  });
}

function classValues(block: Uint8Array, classes: number): Float32Array {
  const start = new Uint32Array(block.slice(0, HEADER_BYTES).buffer)[5];
  return new Float32Array(block.slice(start, start + 4 * classes).buffer);
}
