/** `pgml doctor`: what works in a database with pgml, and what to do about the rest. Exit status 1 if there is a problem. */
import { examine, type Finding } from '@pgml/bridge-dblink';
import type { Environment } from '../arguments.js';
import { explained } from './explain.js';
import { withDatabase } from './open-database.js';

const marks: Readonly<Record<Finding['state'], string>> = { good: 'ok', warning: 'warning', problem: 'PROBLEM' };

export async function doctor(url: string | undefined, environment: Environment): Promise<number> {
  let problems = 0;
  await explained(() =>
    withDatabase(url, environment, async (database) => {
      for await (const { subject, state, told, wayOut } of examine(database)) {
        if (state === 'problem') problems++;
        process.stdout.write(`${marks[state].padEnd(7)}  ${subject}: ${told}\n`);
        if (wayOut !== undefined) process.stdout.write(`         ${wayOut}\n`);
      }
    }),
  );
  return problems > 0 ? 1 : 0;
}
