// Programs that a benchmark compares with, which a machine may lack.
import { spawnSync } from 'node:child_process';

/** Runs each command; those that fail are missing. Prints what to install for them, and tells whether all are there. */
export function programsAreThere(commands) {
  const missing = commands.filter(({ command: [program, ...flags] }) => spawnSync(program, flags).status !== 0);
  if (missing.length === 0) return true;
  console.log(`not measured: ${missing.map(({ command }) => command[0]).join(', ')} could not be run`);
  console.log(`with Debian: apt install ${missing.map(({ packages }) => packages).join(' ')}`);
  return false;
}
