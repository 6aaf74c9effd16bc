/**
 * Errors cross the border in both directions. A JavaScript error becomes a PostgreSQL ERROR with its SQLSTATE, detail
 * and hint; PostgreSQL's own errors pass on their way up.
 */
import type { ErrorReport } from '@pgml/bridge';
import type { Backend } from './backend.js';

const INTERNAL_ERROR = 'XX000';
const ERROR_LEVEL = 21;

/** Whatever was thrown, as a report. An error without an SQLSTATE is a defect of ours and says where it arose. */
export function reportOf(thrown: unknown): ErrorReport {
  const { sqlstate, message, detail, hint, stack } = thrown as Partial<ErrorReport & Error>;
  if (typeof sqlstate === 'string' && /^[0-9A-Z]{5}$/.test(sqlstate) && typeof message === 'string')
    return { sqlstate, message, ...(detail ? { detail } : {}), ...(hint ? { hint } : {}) };
  return {
    sqlstate: INTERNAL_ERROR,
    message: `pgml failed: ${message ?? thrown}`,
    ...(stack ? { detail: stack } : {}),
  };
}

/** Five letters of 6 bits each, the first one lowest (MAKE_SQLSTATE). */
const packedSqlstate = (sqlstate: string): number =>
  [...sqlstate].reduce((packed, letter, place) => packed | (((letter.charCodeAt(0) - 48) & 63) << (6 * place)), 0);

/** ereport(ERROR, …). Leaves by longjmp. */
export function raise(backend: Backend, thrown: unknown): never {
  const { c } = backend;
  const { sqlstate, message, detail, hint } = reportOf(thrown);
  c.errstart(ERROR_LEVEL, 0);
  c.errcode(packedSqlstate(sqlstate));
  // The C functions take a format and variadic arguments, which WebAssembly passes as a pointer to them.
  const format = backend.cString('%s');
  const variadic = c.palloc(4);
  const give = (text: string): [format: number, variadic: number] => {
    backend.setWord(variadic, backend.cString(text));
    return [format, variadic];
  };
  c.errmsg_internal(...give(message));
  if (detail) c.errdetail_internal(...give(detail));
  if (hint) c.errhint(...give(hint));
  c.errfinish(backend.cString('bridge'), 0, backend.cString('pgml_dispatch'));
  throw new Error('errfinish has returned');
}
