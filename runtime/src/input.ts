/** Readers check a request at the border and give it its type; what passed is never checked again. */
import { alternatives, quote } from '@pgml/engine';
import { RuntimeError } from './runtime.js';

/** Returns the value if it is what the reader wants, throws RuntimeError (22023) otherwise. `path` names it in errors. */
export type Reader<Value> = (value: unknown, path: string) => Value;

const wrong = (path: string, wanted: string, value: unknown) =>
  new RuntimeError('22023', `${path} must be ${wanted}, but ${quote(value)} was given`);

export const anything: Reader<unknown> = (value) => value;

export const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string') throw wrong(path, 'text', value);
  return value;
};

export const boolean: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw wrong(path, 'true or false', value);
  return value;
};

export const number: Reader<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(path, 'a number', value);
  return value;
};

export const integer =
  (minimum: number, maximum: number): Reader<number> =>
  (value, path) => {
    if (!Number.isSafeInteger(value) || (value as number) < minimum || (value as number) > maximum)
      throw wrong(path, `an integer from ${minimum} to ${maximum}`, value);
    return value as number;
  };

/** The SHA-256 of an artifact, by which models are found. */
export const digest: Reader<string> = (value, path) => {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw wrong(path, '64 hexadecimal digits', value);
  return value;
};

export const choice =
  <Name extends string>(names: readonly Name[]): Reader<Name> =>
  (value, path) => {
    if (!names.includes(value as Name)) throw wrong(path, alternatives(names), value);
    return value as Name;
  };

/** What is left out or null reads as `fallback`. */
export const optional =
  <Value, Fallback>(reader: Reader<Value>, fallback: Fallback): Reader<Value | Fallback> =>
  (value, path) =>
    value === undefined || value === null ? fallback : reader(value, path);

export const list =
  <Value>(reader: Reader<Value>): Reader<Value[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, 'an array', value);
    return value.map((element, index) => reader(element, `${path}[${index}]`));
  };

/** An object with these fields; others are refused, so that a misspelt option is not silently without effect. */
export const record =
  <Fields extends Readonly<Record<string, Reader<unknown>>>>(
    fields: Fields,
  ): Reader<{ readonly [Name in keyof Fields]: ReturnType<Fields[Name]> }> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object', value);
    const given = value as Record<string, unknown>;
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined)
      throw new RuntimeError('22023', `${path} has no field ${quote(unknown)}`, {
        hint: `Its fields are ${Object.keys(fields).join(', ')}.`,
      });
    const read = Object.entries(fields).map(([name, reader]) => [name, reader(given[name], `${path}.${name}`)]);
    return Object.fromEntries(read);
  };
