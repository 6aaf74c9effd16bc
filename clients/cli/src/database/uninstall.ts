/** `pgml uninstall`: pgml out of a database, with its projects and models, if the user agrees. */
import readline from 'node:readline/promises';
import { type Losses, losses, uninstall as uninstallFrom } from '@pgml/bridge-dblink';
import type { Environment, FlagValue } from '../arguments.js';
import { CommandError } from '../errors.js';
import { explained } from './explain.js';
import { withDatabase } from './open-database.js';

export async function uninstall(
  url: string | undefined,
  flags: ReadonlyMap<string, FlagValue>,
  environment: Environment,
): Promise<number> {
  await explained(() =>
    withDatabase(url, environment, async (database) => {
      process.stdout.write(describe(await losses(database)));
      if (!flags.has('yes')) await confirm();
      await uninstallFrom(database);
    }),
  );
  process.stdout.write('pgml is uninstalled. The extension dblink was left where it is.\n');
  return 0;
}

function describe({ version, projects, models, dependents }: Losses): string {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
  return [
    `pgml ${version} will be removed, with ${counted(projects, 'project')} and ${counted(models, 'model')}.`,
    ...dependents.map(
      (dependent) => `It is used by the ${dependent}, which will be removed or lose the part that uses it.`,
    ),
    '',
  ].join('\n');
}

async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) throw new CommandError('nothing was removed: agree with --yes');
  const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Type "yes" to go on: ');
  terminal.close();
  if (answer.trim() !== 'yes') throw new CommandError('nothing was removed');
}
