/** One place where any failure becomes what SQL reports. */
import { Cancelled, SqlError } from '@pgml/engine';
import { KernelMemoryError } from '@pgml/kernels';
import { RuntimeError } from './runtime.js';

/** A RuntimeError as plain data, to cross threads and doors. */
export interface ErrorReport {
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

export function asRuntimeError(error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error;
  if (error instanceof SqlError) return new RuntimeError(error.sqlstate, error.message, error);
  if (error instanceof Cancelled) return cancelled();
  if (error instanceof KernelMemoryError || isAllocationFailure(error)) return outOfMemory((error as Error).message);
  const message = error instanceof Error ? error.message : String(error);
  return new RuntimeError('XX000', `internal error: ${message}`, {
    detail: error instanceof Error ? error.stack : undefined,
    hint: 'This is a defect of pgml; please report it with the detail above.',
  });
}

export function toReport(error: unknown): ErrorReport {
  const { sqlstate, message, detail, hint } = asRuntimeError(error);
  return { sqlstate, message, ...(detail === undefined ? {} : { detail }), ...(hint === undefined ? {} : { hint }) };
}

export function fromReport({ sqlstate, message, detail, hint }: ErrorReport): RuntimeError {
  return new RuntimeError(sqlstate, message, { detail, hint });
}

/** What a call rejects with after its signal was aborted, or when it was aborted before it began. */
export const cancelled = () => new RuntimeError('57014', 'canceling statement due to user request');

export function outOfMemory(detail: string): RuntimeError {
  return new RuntimeError('53200', 'the worker ran out of memory; nothing was stored', {
    detail,
    hint: 'Train on fewer rows or columns, or raise the limit: --worker-memory of pgml runtime.',
  });
}

/** V8 has no class for "could not allocate this buffer". */
const isAllocationFailure = (error: unknown) =>
  error instanceof RangeError &&
  /allocation failed|invalid (typed )?array length|could not allocate/i.test(error.message);
