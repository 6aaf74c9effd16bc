/** Kinds of settings: from a text or a TOML value to a checked value, and back to the text that people read. */

export interface Kind<Value> {
  /** What is allowed, as the end of "must be …". */
  readonly allowed: string;
  /** What the value is, in capitals for the help. */
  readonly placeholder: string;
  /** Undefined if the text is not of this kind. */
  parse(text: string): Value | undefined;
  print(value: Value): string;
}

export type ValueOf<AnyKind> = AnyKind extends Kind<infer Value> ? Value : never;

export const text = (placeholder = 'TEXT'): Kind<string> => ({
  allowed: 'text',
  placeholder,
  parse: (value) => value,
  print: (value) => value,
});

/** Paths are relative to the working directory. */
export const file = text('FILE');
export const directory = text('DIRECTORY');

export function choice<Name extends string>(names: readonly Name[]): Kind<Name> {
  return {
    allowed: names.join(' or '),
    placeholder: names.join('|'),
    parse: (value) => names.find((name) => name === value),
    print: (value) => value,
  };
}

export function integer(minimum: number, maximum: number): Kind<number> {
  return {
    allowed: `an integer from ${minimum} to ${maximum}`,
    placeholder: 'NUMBER',
    parse: (value) => inRange(/^\d{1,15}$/.test(value) ? Number(value) : Number.NaN, minimum, maximum),
    print: String,
  };
}

export const port: Kind<number> = { ...integer(0, 65535), allowed: 'a port from 0 (any free one) to 65535' };

/** File permissions. */
export const octal: Kind<number> = {
  allowed: 'file permissions in octal, with a leading zero, for example 0660',
  placeholder: 'OCTAL',
  parse: (value) => (/^0[0-7]{3}$/.test(value) ? Number.parseInt(value, 8) : undefined),
  print: (value) => `0${value.toString(8)}`,
};

const byteUnits = { kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 } as const;
const timeUnits = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 } as const;

/** Bytes, written as PostgreSQL writes memory: 512MB, 1.5GB. */
export const bytes = (minimum: number): Kind<number> =>
  quantity(
    'SIZE',
    byteUnits,
    minimum,
    2 ** 50,
    `a size of at least ${printQuantity(minimum, byteUnits)} such as 512MB or 1.5GB`,
  );

/** Milliseconds, written as PostgreSQL writes times: 30s, 5min. */
export const duration = (minimum: number): Kind<number> =>
  quantity('TIME', timeUnits, minimum, 24 * 3_600_000, 'a time of at most 24h such as 500ms, 30s or 5min');

type Units = Readonly<Record<string, number>>;

function quantity(placeholder: string, units: Units, minimum: number, maximum: number, allowed: string): Kind<number> {
  const pattern = new RegExp(`^(\\d{1,12}(?:\\.\\d{1,6})?) ?(${Object.keys(units).join('|')})$`);
  return {
    allowed,
    placeholder,
    parse: (value) => {
      const [, amount, unit] = pattern.exec(value) ?? [];
      return unit === undefined ? undefined : inRange(Math.round(Number(amount) * units[unit]), minimum, maximum);
    },
    print: (value) => printQuantity(value, units),
  };
}

export const printDuration = (milliseconds: number): string => printQuantity(milliseconds, timeUnits);

/** In the largest unit that gives a whole number. */
export function printQuantity(value: number, units: Units = byteUnits): string {
  const fitting = Object.entries(units).filter(([, size]) => value % size === 0);
  const [unit, size] = fitting.at(-1) ?? ['B', 1];
  return value === 0 ? `0${Object.keys(units)[0]}` : `${value / size}${unit}`;
}

const inRange = (value: number, minimum: number, maximum: number): number | undefined =>
  value >= minimum && value <= maximum ? value : undefined;
