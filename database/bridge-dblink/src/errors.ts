/** Why nothing was done, and what to do about it. It never tells a password. */
export class InstallationError extends Error {
  readonly wayOut: string;

  constructor(message: string, wayOut: string) {
    super(message);
    this.name = 'InstallationError';
    this.wayOut = wayOut;
  }
}

/** PostgreSQL's fields of an error; undefined for others. */
export function sqlError(error: unknown): { code: string; message: string; detail?: string } | undefined {
  const { code, message, detail } = error as { code?: unknown; message?: unknown; detail?: unknown };
  if (typeof code !== 'string' || typeof message !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return undefined;
  return { code, message, ...(typeof detail === 'string' ? { detail } : {}) };
}
