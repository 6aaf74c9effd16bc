/** Short ways to write the declarations of parameters, and the parameters that many estimators share. */
import type { Parameter, ParameterType } from './parameters.js';

/** The largest seed that numpy's generator takes, and so ours. */
const LARGEST_SEED = 2 ** 32 - 1;

export const boolean: ParameterType = { kind: 'boolean' };

/** Bounds are inclusive. */
export const number = (minimum?: number, maximum?: number): ParameterType => ({ kind: 'number', minimum, maximum });

export const positive: ParameterType = { kind: 'number', minimum: 0, exclusive: true };

/** Above 0, at most 1. */
export const fraction: ParameterType = { kind: 'number', minimum: 0, exclusive: true, maximum: 1 };

/** Bounds are inclusive. */
export const integer = (minimum?: number, maximum?: number): ParameterType => ({ kind: 'integer', minimum, maximum });

export const text: ParameterType = { kind: 'text' };

export const choice = (...values: string[]): ParameterType => ({ kind: 'choice', values });

export const arrayOf = (of: ParameterType): ParameterType => ({ kind: 'array', of });

export const mapOf = (of: ParameterType): ParameterType => ({ kind: 'map', of });

export const either = (...of: ParameterType[]): ParameterType => ({ kind: 'any', of });

export const nullable = (...of: ParameterType[]): ParameterType => either(...of, { kind: 'null' });

/** A parameter of the reference implementation that is accepted and has no meaning here; `reason` says why. */
export const withoutEffect = (name: string, type: ParameterType, fallback: unknown, reason: string): Parameter => ({
  name,
  type,
  default: fallback,
  summary: `Without effect: ${reason}.`,
  ignored: true,
});

/** scikit-learn's weights of classes, as class-weights.ts reads them; `more` are other words beside balanced. */
export const classWeight = (...more: string[]): ParameterType =>
  nullable(choice('balanced', ...more), mapOf(number(0)));

export const classWeightParameter: Parameter = {
  name: 'class_weight',
  type: classWeight(),
  default: null,
  summary:
    'What the rows of each class count, as {"label": weight}, 1 for those left out; balanced weighs rows inversely to how frequent their class is.',
};

export const seed = nullable(integer(0, LARGEST_SEED));

/** scikit-learn's parameters about the machine rather than the model. */
export const threads = withoutEffect('n_jobs', nullable(integer()), null, 'the runtime decides how many threads work');
export const verbosity = withoutEffect('verbose', either(integer(), boolean), 0, 'nothing is printed');
