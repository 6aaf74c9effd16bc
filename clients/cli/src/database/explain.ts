import { InstallationError } from '@pgml/bridge-dblink';
import { CommandError } from '../errors.js';

/** Errors of the database and of installing, as those of a command. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InstallationError) throw new CommandError(`${error.message}\n  ${error.wayOut}`);
    const { code, severity, message, detail, hint } = error as Record<string, string | undefined>;
    if (code === undefined || severity === undefined) throw error;
    throw new CommandError([`${message} (SQLSTATE ${code})`, detail, hint].filter((line) => line).join('\n  '));
  }
}
