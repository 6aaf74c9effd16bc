/**
 * Parameters are declared once, as data. SQL errors and reference pages are printed from the declaration, and a fit sees
 * only values that `checkParameters` has passed.
 */
import { alternatives, InputError, quote } from './errors.js';
import { nearest } from './edit-distance.js';

export type ParameterType =
  /** `exclusive`: the minimum itself is not allowed; a maximum always is. */
  | { readonly kind: 'number'; readonly minimum?: number; readonly maximum?: number; readonly exclusive?: boolean }
  | { readonly kind: 'integer'; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'text' }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly of: ParameterType }
  /** An object of any names, whose values are all of one type. */
  | { readonly kind: 'map'; readonly of: ParameterType }
  /** The first alternative that accepts the value. */
  | { readonly kind: 'any'; readonly of: readonly ParameterType[] };

export interface Parameter {
  /** As scikit-learn or xgboost call it. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type: ParameterType;
  readonly default: unknown;
  /** One sentence: what it does. */
  readonly summary: string;
  /** True for parameters that have no meaning here (threads, verbosity): accepted, and documented as without effect. */
  readonly ignored?: boolean;
}

/** Values after checking: every declared parameter is present, under its own name. */
export type Checked = Readonly<Record<string, unknown>>;

/** What was given as hyperparameters is not what the algorithm takes. */
export class ParameterError extends InputError {
  constructor(message: string, more: { detail?: string | undefined; hint?: string | undefined } = {}) {
    super('22023', message, more);
  }
}

/** What checking needs to know of an estimator. */
export interface Parameterized {
  readonly algorithm: string;
  readonly parameters: readonly Parameter[];
}

/**
 * Checks hyperparameters as they came from SQL (any JSON value) against the declaration, and fills in the defaults.
 * Throws ParameterError.
 */
export function checkParameters({ algorithm, parameters }: Parameterized, given: unknown): Checked {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ParameterError(`hyperparams must be a JSON object, but ${quote(given)} was given`, {
      hint: `Write them as {"name": value}, or {} for the defaults.`,
    });
  const declared = new Map<string, Parameter>();
  for (const parameter of parameters)
    for (const name of [parameter.name, ...(parameter.aliases ?? [])]) declared.set(name, parameter);

  const chosen = new Map<Parameter, { readonly name: string; readonly value: unknown }>();
  for (const [name, value] of Object.entries(given)) {
    const parameter = declared.get(name);
    if (!parameter) throw unknownParameter(algorithm, parameters, name);
    const earlier = chosen.get(parameter);
    if (earlier)
      throw new ParameterError(
        `hyperparameters "${earlier.name}" and "${name}" of ${algorithm} are two names of the same thing`,
        { hint: 'Give one of them.' },
      );
    if (value !== parameter.default && !accepts(parameter.type, value))
      throw wrongValue(algorithm, name, parameter, value);
    chosen.set(parameter, { name, value });
  }
  return Object.fromEntries(
    parameters.map((parameter) => {
      const choice = chosen.get(parameter);
      return [parameter.name, choice ? choice.value : parameter.default];
    }),
  );
}

/** The type in words, to be put after "must be". */
export function describeType(type: ParameterType): string {
  switch (type.kind) {
    case 'number':
      return `a number${describeRange(type.minimum, type.maximum, type.exclusive)}`;
    case 'integer':
      return `an integer${describeRange(type.minimum, type.maximum)}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return type.values.length > 1 ? `one of ${alternatives(type.values)}` : alternatives(type.values);
    case 'text':
      return 'text';
    case 'null':
      return 'null';
    case 'array':
      return `an array in which each element is ${describeType(type.of)}`;
    case 'map':
      return `an object in which each value is ${describeType(type.of)}`;
    case 'any':
      return type.of.map(describeType).join(', or ');
  }
}

function describeRange(minimum?: number, maximum?: number, exclusive = false): string {
  const above = exclusive ? `greater than ${minimum}` : `of at least ${minimum}`;
  if (minimum === undefined) return maximum === undefined ? '' : ` of at most ${maximum}`;
  if (maximum === undefined) return ` ${above}`;
  return exclusive ? ` ${above} and at most ${maximum}` : ` between ${minimum} and ${maximum}`;
}

function accepts(type: ParameterType, value: unknown): boolean {
  switch (type.kind) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      if (type.exclusive && value === type.minimum) return false;
      return value >= (type.minimum ?? -Infinity) && value <= (type.maximum ?? Infinity);
    case 'integer':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false;
      return value >= (type.minimum ?? -Infinity) && value <= (type.maximum ?? Infinity);
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && type.values.includes(value);
    case 'text':
      return typeof value === 'string';
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value) && value.every((element) => accepts(type.of, element));
    case 'map':
      return (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every((element) => accepts(type.of, element))
      );
    case 'any':
      return type.of.some((alternative) => accepts(alternative, value));
  }
}

function wrongValue(algorithm: string, name: string, { type, default: usual }: Parameter, value: unknown) {
  const wanted = describeType(type);
  let hint = `The default is ${quote(usual)}.`;
  if (typeof value === 'string') {
    // A quoted number, and a choice with a slip of the pen, are the usual mistakes.
    const choices = (type.kind === 'any' ? type.of : [type]).flatMap((one) =>
      one.kind === 'choice' ? one.values : [],
    );
    const meant = nearest(value, choices);
    if (value.trim() !== '' && accepts(type, Number(value))) hint = `Write ${Number(value)} without quotes.`;
    else if (meant) hint = `Did you mean "${meant}"?`;
  }
  return new ParameterError(
    `hyperparameter "${name}" of ${algorithm} must be ${wanted}, but ${quote(value)} was given`,
    { hint },
  );
}

function unknownParameter(algorithm: string, parameters: readonly Parameter[], name: string) {
  const names = parameters.flatMap((parameter) => [parameter.name, ...(parameter.aliases ?? [])]);
  const meant = nearest(name, names);
  return new ParameterError(`${algorithm} has no hyperparameter ${quote(name)}`, {
    detail:
      parameters.length === 0
        ? `${algorithm} has no hyperparameters.`
        : `Hyperparameters of ${algorithm}: ${parameters.map((parameter) => parameter.name).join(', ')}.`,
    hint: meant === undefined ? undefined : `Did you mean "${meant}"?`,
  });
}
