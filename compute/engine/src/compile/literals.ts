/**
 * Literals of SQL that mean the same in every session: the types are keywords, which no search_path can redirect, and
 * text is quoted for both settings of standard_conforming_strings.
 */

/** A float4. Nine digits tell all of them apart, and stay clear of the middle between two. */
export const real = (value: number): string => `real '${signed(value, Number(value.toPrecision(9)))}'`;

/** A float8, by the shortest digits that are read back as the same number. */
export const double = (value: number): string => `double precision '${signed(value, value)}'`;

const signed = (value: number, shown: number): string => (Object.is(value, -0) ? '-0' : String(shown));

export function text(value: string): string {
  const quoted = value.replaceAll("'", "''");
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}
