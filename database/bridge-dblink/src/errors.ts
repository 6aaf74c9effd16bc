/** Why nothing was done, and what to do about it. It never tells a password. */
export class InstallationError extends Error {
  readonly wayOut: string;

  constructor(message: string, wayOut: string) {
    super(message);
    this.name = 'InstallationError';
    this.wayOut = wayOut;
  }
}

/** What PostgreSQL tells in an error; one of another origin has no SQLSTATE. */
export function fieldsOf(error: unknown): {
  readonly code?: string;
  readonly message: string;
  readonly detail?: string;
} {
  return error instanceof Error ? error : { message: String(error) };
}

/** libpq breaks its messages into lines. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
