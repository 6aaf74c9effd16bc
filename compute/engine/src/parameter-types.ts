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

export const choice = (...values: string[]): ParameterType => ({ kind: 'choice', values });

export const arrayOf = (of: ParameterType): ParameterType => ({ kind: 'array', of });

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

export const seed = nullable(integer(0, LARGEST_SEED));

/** scikit-learn's parameters about the machine rather than the model. */
export const threads = withoutEffect('n_jobs', nullable(integer()), null, 'the runtime decides how many threads work');
export const verbosity = withoutEffect('verbose', either(integer(), boolean), 0, 'nothing is printed');
