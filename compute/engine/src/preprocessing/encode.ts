/** Turning a row, as to_jsonb gives it, into the numbers a model was fitted on. */
import type { ArtifactHeader, FeatureDescription } from '../artifact/artifact.js';
import { InputError, quote } from '../errors.js';

/** A row does not have what the model needs. */
export class RowError extends InputError {
  constructor(message: string, hint?: string, sqlstate: '22023' | '22004' = '22023') {
    super(sqlstate, message, { hint });
  }
}

/**
 * The features of one row in the model's order, arrays flattened row-major. The row is an object by feature names, in
 * which other keys are allowed, or the fields f1, f2, … of an anonymous record, which stand for the features in order.
 *
 * Text becomes its category's code, and NULL text the code 0. A category that the fit has not seen and a NULL number are
 * missing values: NaN where the model learned from missing values, otherwise RowError, as for infinite numbers and
 * everything else that is not what the feature was, the row included.
 */
export function encodeRow(
  header: Pick<ArtifactHeader, 'algorithm' | 'features' | 'missing'>,
  row: unknown,
): Float32Array<ArrayBuffer> {
  const values = valuesInOrder(header.features, asFields(row));
  const encoded = new Float32Array(header.features.reduce((sum, feature) => sum + feature.width, 0));
  let at = 0;
  header.features.forEach((feature, index) => {
    const numbers = encodeFeature(feature, values[index]);
    for (const exact of numbers) {
      const number = Math.fround(exact);
      if (Number.isNaN(number) ? header.missing === 'refuse' : !Number.isFinite(number))
        throw unusable(header.algorithm, feature, values[index], number);
      encoded[at++] = number;
    }
  });
  return encoded;
}

function asFields(row: unknown): Readonly<Record<string, unknown>> {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Record<string, unknown>;
  throw new RowError(
    `a row must be a JSON object, not ${Array.isArray(row) ? 'an array' : quote(row)}`,
    'to_jsonb(row) makes one of a row.',
  );
}

function valuesInOrder(features: readonly FeatureDescription[], row: Readonly<Record<string, unknown>>): unknown[] {
  if (features.every(({ name }) => Object.hasOwn(row, name))) return features.map(({ name }) => row[name]);
  const keys = Object.keys(row);
  const anonymous = keys.length > 0 && keys.every((_, index) => Object.hasOwn(row, `f${index + 1}`));
  if (!anonymous) {
    const missing = features.filter(({ name }) => !Object.hasOwn(row, name)).map(({ name }) => `"${name}"`);
    throw new RowError(
      `the row has no field ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}`,
      `The model was trained on: ${features.map(({ name }) => name).join(', ')}.`,
    );
  }
  if (keys.length !== features.length)
    throw new RowError(
      `the row has ${keys.length} fields, but the model was trained on ${features.length}`,
      `Give in this order: ${features.map(({ name }) => name).join(', ')}.`,
    );
  return features.map((_, index) => row[`f${index + 1}`]);
}

function encodeFeature(feature: FeatureDescription, value: unknown): number[] {
  if (feature.categories) return [categoryCode(feature, feature.categories, value)];
  if (feature.width === 1 && !Array.isArray(value)) return [asNumber(feature, value)];
  if (!Array.isArray(value))
    throw new RowError(`feature "${feature.name}" must be an array of ${feature.width} numbers, not ${quote(value)}`);
  const flat = value.flat(Number.POSITIVE_INFINITY);
  if (flat.length !== feature.width)
    throw new RowError(
      `Mismatched array length for feature \`${feature.name}\`. Expected: ${feature.width} Received: ${flat.length}`,
    );
  return flat.map((element) => asNumber(feature, element));
}

function categoryCode(feature: FeatureDescription, categories: readonly string[], value: unknown): number {
  if (value === null) return 0;
  if (typeof value !== 'string')
    throw new RowError(`feature "${feature.name}" is text, but ${quote(value)} was given`, 'Cast it to text.');
  let codes = codesOf.get(categories);
  if (!codes) codesOf.set(categories, (codes = new Map(categories.map((category, index) => [category, index + 1]))));
  return codes.get(value) ?? Number.NaN;
}

/** Category → code, built once for each model in use. */
const codesOf = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/** What to_jsonb writes for a number of any type, or for a literal without one. */
const numeric = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;
const special = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function asNumber(feature: FeatureDescription, value: unknown): number {
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') {
    const named = special.get(value);
    if (named !== undefined) return named;
    if (numeric.test(value)) return Number(value);
  }
  throw new RowError(`feature "${feature.name}" is a number, but ${quote(value)} was given`);
}

function unusable(algorithm: string, feature: FeatureDescription, value: unknown, number: number): RowError {
  if (feature.categories)
    return new RowError(
      `feature "${feature.name}" has the value ${quote(value)}, which was not among the training rows`,
      `The model knows: ${feature.categories
        .slice(0, 20)
        .map((one) => `"${one}"`)
        .join(', ')}${feature.categories.length > 20 ? ', …' : ''}.`,
    );
  if (!Number.isNaN(number))
    return new RowError(
      `feature "${feature.name}" is infinite, or beyond the range of the type real`,
      'Replace such values, or bound them with LEAST and GREATEST.',
    );
  // Which of the two an element of an array was is not known here.
  const [what, sqlstate] =
    value === null ? (['NULL', '22004'] as const) : (['missing (NULL or NaN)', '22023'] as const);
  return new RowError(
    `feature "${feature.name}" is ${what}, but a model of ${algorithm} needs all values`,
    'Fill the gaps with COALESCE, or train an algorithm that learns from missing values.',
    sqlstate,
  );
}
