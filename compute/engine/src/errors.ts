/**
 * A failure that SQL reports with its own SQLSTATE. The fields are reported as they are, so the message names what was
 * given, the detail what is allowed, the hint the way out.
 */
export class SqlError extends Error {
  readonly sqlstate: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  constructor(
    sqlstate: string,
    message: string,
    more: { detail?: string | undefined; hint?: string | undefined } = {},
  ) {
    super(message);
    this.name = new.target.name;
    this.sqlstate = sqlstate;
    this.detail = more.detail;
    this.hint = more.hint;
  }
}

/** Something that the caller gave cannot be used: a request, a hyperparameter, the rows of a table. */
export class InputError extends SqlError {}

/** A value as the user would write it, shortened, for error messages. */
export function quote(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `"a", "b" or "c"`. */
export function alternatives(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value}"`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
