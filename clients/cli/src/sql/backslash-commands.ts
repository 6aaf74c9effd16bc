/** The commands that begin with a backslash. \? is printed from this table. */
import { UsageError } from '../errors.js';
import { address, ConnectionError, ServerError } from './connection.js';
import { describe } from './describe.js';
import { type Listing, listings } from './listings.js';
import { formatReport } from './report.js';
import { reconnect, type Session } from './session.js';
import { formatTable } from './table.js';

interface BackslashCommand {
  readonly name: string;
  /** What may follow, as \? shows it. */
  readonly argument?: string;
  readonly summary: string;
  run(surroundings: Surroundings, argument: string | undefined): Promise<void>;
}

export interface Surroundings {
  readonly session: Session;
  /** The statement that has begun. */
  readonly pending: { readonly text: string; reset(): void };
  /** Runs a script; resolves to whether it went through. */
  include(file: string): Promise<boolean>;
}

/** What fails with a message of its own; shown like an error of the server. */
class BackslashError extends Error {}

const commands: readonly BackslashCommand[] = [
  {
    name: 'q',
    summary: 'quit',
    async run({ session }) {
      session.finished = true;
    },
  },
  {
    name: '?',
    summary: 'show this list',
    async run({ session }) {
      await session.out.write(summaryOfCommands());
    },
  },
  {
    name: 'd',
    argument: '[NAME]',
    summary: 'describe a table, view, index or sequence, or list them all',
    async run({ session }, pattern) {
      if (pattern === undefined) return list(session, listings.relations, undefined);
      const tables = await describe(session.connection, pattern);
      if (tables.length === 0) throw new BackslashError(`Did not find any relation named "${pattern}".`);
      // A table has its columns in rows: \x does not apply.
      for (const table of tables) await session.out.write(formatTable(table, false));
    },
  },
  lister('dt', 'tables', listings.tables),
  lister('dv', 'views', listings.views),
  lister('dm', 'materialized views', listings.materializedViews),
  lister('di', 'indexes', listings.indexes),
  lister('ds', 'sequences', listings.sequences),
  lister('df', 'functions', listings.functions),
  lister('dn', 'schemas', listings.schemas),
  lister('dx', 'extensions', listings.extensions),
  lister('du', 'roles', listings.roles),
  lister('l', 'databases', listings.databases),
  {
    name: 'c',
    argument: '[DATABASE]',
    summary: 'connect anew, to another database of the server',
    async run({ session }, database) {
      await reconnect(session, database === undefined ? {} : { database });
      const { parameters } = session.connection;
      await session.out.write(
        `You are now connected to database "${parameters.database}" as user "${parameters.user}".\n`,
      );
    },
  },
  {
    name: 'conninfo',
    summary: 'say what this is connected to',
    async run({ session: { connection, out } }) {
      const { database, user } = connection.parameters;
      const encryption = connection.encrypted ? ', encrypted' : '';
      await out.write(
        `Database "${database}" as user "${user}" on ${address(connection.parameters)}${encryption}, PostgreSQL ${connection.setting('server_version')}.\n`,
      );
    },
  },
  {
    name: 'x',
    argument: '[on|off]',
    summary: 'show each row as a record of its own',
    async run({ session: { display, out } }, value) {
      display.expanded = switched(display.expanded, value);
      await out.write(`Expanded display is ${display.expanded ? 'on' : 'off'}.\n`);
    },
  },
  {
    name: 'timing',
    argument: '[on|off]',
    summary: 'show how long each statement takes',
    async run({ session: { display, out } }, value) {
      display.timing = switched(display.timing, value);
      await out.write(`Timing is ${display.timing ? 'on' : 'off'}.\n`);
    },
  },
  {
    name: 'i',
    argument: 'FILE',
    summary: 'run a script',
    async run({ include }, file) {
      if (file === undefined) throw new BackslashError('\\i needs the name of a file');
      if (!(await include(file))) throw new BackslashError(`${file} was not run to its end`);
    },
  },
  {
    name: 'echo',
    argument: '[TEXT]',
    summary: 'print the text',
    async run({ session }, text) {
      await session.out.write(`${text ?? ''}\n`);
    },
  },
  {
    name: 'p',
    summary: 'print the statement that has begun',
    async run({ session, pending }) {
      await session.out.write(pending.text === '' ? 'No statement has begun.\n' : `${pending.text.trimEnd()}\n`);
    },
  },
  {
    name: 'r',
    summary: 'forget the statement that has begun',
    async run({ session, pending }) {
      pending.reset();
      await session.out.write('The statement is forgotten.\n');
    },
  },
];

function lister(name: string, things: string, listing: Listing): BackslashCommand {
  return {
    name,
    argument: '[PATTERN]',
    summary: `list ${things}`,
    run: ({ session }, pattern) => list(session, listing, pattern),
  };
}

async function list(
  { connection, out, display }: Session,
  listing: Listing,
  pattern: string | undefined,
): Promise<void> {
  const rows = await connection.rows(listing.query(pattern));
  const columns = listing.columns.map((name) => ({ name, align: 'left' as const }));
  const table = { title: listing.title, columns, rows, ...(listing.uncounted ? { footer: [] } : {}) };
  await out.write(formatTable(table, display.expanded));
}

function switched(now: boolean, value: string | undefined): boolean {
  if (value === undefined) return !now;
  if (value === 'on' || value === 'off') return value === 'on';
  throw new BackslashError(`"${value}" is neither on nor off`);
}

function summaryOfCommands(): string {
  const spelling = ({ name, argument }: BackslashCommand) => `\\${name}${argument ? ` ${argument}` : ''}`;
  const width = Math.max(...commands.map((command) => spelling(command).length));
  const lines = commands.map((command) => `  ${spelling(command).padEnd(width)}  ${command.summary}`);
  const notes = [
    'A PATTERN is a name, or schema.name; * stands for any characters, ? for one.',
    'Statements end with a semicolon. Ctrl-C stops a running statement, Ctrl-D quits.',
  ];
  return `${[...lines, '', ...notes].join('\n')}\n`;
}

/** Runs the command in `text`, which has lost its backslash; resolves to whether it succeeded. */
export async function runBackslashCommand(text: string, surroundings: Surroundings): Promise<boolean> {
  const { errors } = surroundings.session;
  const [, name = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text)!;
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    await errors.write(`invalid command \\${name}\nTry \\? for help.\n`);
    return false;
  }
  try {
    await command.run(surroundings, rest === '' ? undefined : unquote(command, rest));
    return true;
  } catch (error) {
    if (error instanceof ServerError) await errors.write(formatReport(error.fields, ''));
    else if (error instanceof BackslashError || error instanceof UsageError) await errors.write(`${error.message}\n`);
    // A connection that cannot be made leaves the present one; one that is lost is for those who can make another.
    else if (error instanceof ConnectionError && command.name === 'c')
      await errors.write(`${error.message}\nThe previous connection is kept.\n`);
    else throw error;
    return false;
  }
}

/** 'single quotes' around an argument are taken off; a semicolon at the end of a pattern is a slip of the hand. */
function unquote({ argument }: BackslashCommand, text: string): string {
  const quoted = /^'((?:[^']|'')*)'$/.exec(text);
  if (quoted) return quoted[1].replaceAll("''", "'");
  return argument === '[PATTERN]' || argument === '[NAME]' ? text.replace(/\s*;$/, '') : text;
}
