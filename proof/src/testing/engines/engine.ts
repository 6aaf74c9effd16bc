/**
 * The databases that the tests of the SQL surface run on: one for each bridge, on the PostgreSQL of this machine, and
 * version 18 over dblink wherever npm can fetch it.
 */
import type { RuntimeOptions } from '@pgml/runtime';

export const engineNames = ['pglite', 'native', 'dblink', 'dblink-18'] as const;
export type EngineName = (typeof engineNames)[number];

/** The variable that says on which engine the tests of a process run. */
export const ENGINE_VARIABLE = 'PGML_TEST_ENGINE';

/** The engine of this process. */
export function chosenEngine(): EngineName {
  const wanted = process.env[ENGINE_VARIABLE] ?? 'pglite';
  const name = engineNames.find((candidate) => candidate === wanted);
  if (!name) throw new Error(`${ENGINE_VARIABLE} must be one of ${engineNames.join(', ')}, not ${wanted}`);
  return name;
}

/** On this bridge nothing tells PostgreSQL that a deployment has changed, so that it must not remember predictions. */
export const predictionsAreStable = (engine: EngineName): boolean => engine.startsWith('dblink');

export type Row = Record<string, unknown>;

export interface Notice {
  readonly severity: string;
  readonly message: string;
}

export interface ErrorFields {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** What a statement gives: rows, of the last one if there are several, or an error. */
export type Answer = { readonly notices: readonly Notice[] } & (
  { readonly rows: Row[] } | { readonly error: ErrorFields }
);

/** One session of a fresh database with pgml installed. Statements are run one after the other. */
export interface EngineSession {
  /** A directory that the database server may write to. */
  readonly scratch: string;
  ask(sql: string, parameters: readonly unknown[] | undefined): Promise<Answer>;
  /** Runs statements as a superuser, perhaps in a session of their own. */
  administer(sql: string): Promise<void>;
  close(): Promise<void>;
}

export type OpenEngine = (options: RuntimeOptions) => Promise<EngineSession>;

/** The fields of an error, of whatever driver. */
export function errorFields(error: unknown): ErrorFields {
  const { code = 'no code', message, detail, hint } = error as Partial<ErrorFields>;
  return {
    code,
    message: message ?? String(error),
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  };
}
