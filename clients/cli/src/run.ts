import { type Environment, parseArguments } from './arguments.js';
import { CommandError, UsageError } from './errors.js';
import { help } from './help.js';
import { sql } from './sql/sql.js';
import { up } from './up.js';
import { version } from './version.js';

/** Runs the tool on the words after its name; resolves to the exit status. */
export async function run(words: readonly string[], environment: Environment): Promise<number> {
  try {
    const invocation = parseArguments(words, environment);
    if (invocation.kind === 'help') {
      process.stdout.write(help(invocation.command));
      return 0;
    }
    const { command, flags, argument } = invocation;
    switch (command) {
      case 'up':
        return await up(flags);
      case 'sql':
        return await sql(argument, flags, environment);
      case 'version':
        process.stdout.write(`pgml ${version()}\n`);
        return 0;
    }
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
    process.stderr.write(`pgml: ${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
