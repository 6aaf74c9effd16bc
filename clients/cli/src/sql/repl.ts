/**
 * The prompt.
 *
 *   reading  --line--> running (a statement is complete) or reading (it is not)
 *   reading  --Ctrl-C--> reading, the statement that had begun forgotten      reading --Ctrl-D, \q--> ended
 *   running  --Ctrl-C--> running, the server asked to cancel                  running --answered--> reading
 *   running  --server wants COPY data--> copying --\. or Ctrl-D--> running    copying --Ctrl-C--> running (CopyFail)
 *
 * `reading` and `copying` are the states in which somebody waits for a line of the terminal.
 */
import { encodeText } from '@pgml/protocol';
import { CommandError } from '../errors.js';
import { version } from '../version.js';
import { runBackslashCommand } from './backslash-commands.js';
import { type Connection, ConnectionError } from './connection.js';
import { execute } from './execute.js';
import { openScript, runScript } from './script.js';
import { reconnect, type Session } from './session.js';
import { type ScriptItem, StatementScanner } from './statements.js';
import { Terminal } from './terminal.js';

export async function runRepl(session: Session): Promise<void> {
  const terminal = new Terminal(() => {
    session.connection.cancel().catch(() => {}); // Then the server is gone, which the running query will tell.
  });
  const scanner = new StatementScanner();
  await session.out.write(banner(session.connection));
  try {
    while (!session.finished) {
      const event = await terminal.read(prompt(session.connection, scanner));
      if (event.kind === 'end') {
        await session.out.write('\n');
        break;
      }
      if (event.kind === 'interrupt') {
        scanner.reset();
        continue;
      }
      for (const item of scanner.push(`${event.text}\n`)) {
        if (session.finished || !(await runAndKeepConnection(session, item, scanner, terminal))) break;
      }
    }
  } finally {
    terminal.close();
  }
}

function banner(connection: Connection): string {
  return `pgml ${version()}, server PostgreSQL ${connection.setting('server_version')}\nType \\? for help, \\q to quit.\n\n`;
}

/** database, what is unfinished, transaction (* open, ! failed), rights (# superuser). */
function prompt(connection: Connection, scanner: StatementScanner): string {
  const transaction = { I: '', T: '*', E: '!' }[connection.status];
  const rights = connection.setting('is_superuser') === 'on' ? '#' : '>';
  return `${connection.parameters.database}${scanner.unfinished}${transaction}${rights} `;
}

async function runAndKeepConnection(
  session: Session,
  item: ScriptItem,
  scanner: StatementScanner,
  terminal: Terminal,
): Promise<boolean> {
  try {
    return await runItem(session, item, scanner, terminal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await session.errors.write(`${error.message}\n`);
    if (!(error instanceof ConnectionError)) return false;
  }
  try {
    await reconnect(session, {});
    await session.errors.write('Connected anew. Open transactions and settings of the session are lost.\n');
    return false;
  } catch {
    throw new CommandError('the connection is lost and could not be made anew');
  }
}

function runItem(session: Session, item: ScriptItem, scanner: StatementScanner, terminal: Terminal): Promise<boolean> {
  if (item.kind === 'command') {
    const include = async (file: string) => runScript(session, await openScript(file));
    return runBackslashCommand(item.text, { session, pending: scanner, include });
  }
  const { connection, out, errors, display } = session;
  const copyData = () => typedCopyData(session, terminal);
  return execute(connection, item.text, { out, errors, display, place: '', copyData });
}

async function* typedCopyData(session: Session, terminal: Terminal): AsyncGenerator<Uint8Array | undefined> {
  await session.out.write('Enter the rows to be copied, a line each. End with \\. on a line of its own, or Ctrl-D.\n');
  for (;;) {
    const event = await terminal.read('>> ');
    if (event.kind === 'interrupt') {
      yield undefined;
      return;
    }
    if (event.kind === 'end' || event.text === '\\.') return;
    yield encodeText(`${event.text}\n`);
  }
}
