import { type Environment, parseArguments } from './arguments.js';
import { type Commands, commands } from './commands.js';
import { doctor } from './database/doctor.js';
import { install } from './database/install.js';
import { uninstall } from './database/uninstall.js';
import { upgrade } from './database/upgrade.js';
import { CommandError, UsageError } from './errors.js';
import { help } from './help.js';
import { runtime } from './runtime.js';
import { sql } from './sql/sql.js';
import { up } from './up.js';
import { version } from './version.js';

/** Runs the tool on the words after its name; resolves to the exit status. */
export async function run(words: readonly string[], environment: Environment): Promise<number> {
  try {
    const table = words.includes(commands.runtime.name) ? await withRuntimeFlags() : commands;
    const invocation = parseArguments(words, environment, table);
    if (invocation.kind === 'help') {
      process.stdout.write(help(invocation.command, table));
      return 0;
    }
    const { command, flags, argument } = invocation;
    switch (command) {
      case 'up':
        return await up(flags);
      case 'sql':
        return await sql(argument, flags, environment);
      case 'runtime':
        return await runtime(flags, environment);
      case 'install':
        return await install(argument, flags, environment);
      case 'upgrade':
        return await upgrade(argument, flags, environment);
      case 'uninstall':
        return await uninstall(argument, flags, environment);
      case 'doctor':
        return await doctor(argument, environment);
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

/** The flags of `pgml runtime` come with the runtime, which the other commands need not load. */
async function withRuntimeFlags(): Promise<Commands> {
  const { runtimeFlags } = await import('./runtime-flags.js');
  return { ...commands, runtime: { ...commands.runtime, flags: runtimeFlags } };
}
