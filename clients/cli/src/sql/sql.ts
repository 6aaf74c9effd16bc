/** `pgml sql`: a prompt where a person sits at a terminal, otherwise scripts and single statements. */
import type { Environment, FlagValue } from '../arguments.js';
import { connectionParameters } from './connection-parameters.js';
import { Output } from './output.js';
import { askPassword } from './password.js';
import { runRepl } from './repl.js';
import { openScript, runScript, type Source, scriptSource, textSource } from './script.js';
import { openSession, type Session } from './session.js';

/** Resolves to the exit status. */
export async function sql(
  url: string | undefined,
  flags: ReadonlyMap<string, FlagValue>,
  environment: Environment,
): Promise<number> {
  const parameters = connectionParameters(url, flags.get('data-dir')!, environment);
  const sources: Source[] = (flags.get('command')?.values ?? []).map(textSource);
  for (const file of flags.get('file')?.values ?? []) sources.push(await openScript(file));
  const interactive = sources.length === 0 && process.stdin.isTTY && process.stdout.isTTY;
  if (sources.length === 0 && !interactive) sources.push(scriptSource(process.stdin, undefined));

  const session = await openSession(parameters, {
    out: new Output(process.stdout),
    errors: new Output(process.stderr),
    askPassword,
  });
  try {
    if (interactive) await runRepl(session);
    else return (await runSources(session, sources)) ? 0 : 1;
    return 0;
  } finally {
    session.connection.close();
  }
}

/** One after the other, up to the first that fails. Ctrl-C cancels the running statement, which then fails. */
async function runSources(session: Session, sources: readonly Source[]): Promise<boolean> {
  const cancel = () => void session.connection.cancel().catch(() => process.exit(130));
  process.on('SIGINT', cancel);
  try {
    for (const source of sources) {
      if (!(await runScript(session, source))) return false;
      if (session.finished) break;
    }
    return true;
  } finally {
    process.off('SIGINT', cancel);
  }
}
