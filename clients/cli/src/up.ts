/** `pgml up`: the embedded server, or PostgreSQL proper with a runtime beside it, in the foreground. */
import type { FlagValue } from './arguments.js';
import { CommandError, UsageError } from './errors.js';
import { stopSignal } from './stop-signal.js';

type Flags = ReadonlyMap<string, FlagValue>;

interface StartPlace {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
}

/** What both kinds of server are started with. */
interface ServerOptions extends StartPlace {
  readonly password: string | undefined;
  readonly log: (line: string) => void;
}

interface Server {
  readonly url: string;
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

export async function up(flags: Flags): Promise<number> {
  const value = (name: string) => flags.get(name)?.values[0];
  const options: ServerOptions = {
    host: parseHost(value('host')!),
    port: parsePort(value('port')!),
    dataDirectory: value('data-dir')!,
    password: value('password'),
    log: (line) => void process.stderr.write(`pgml: ${line}\n`),
  };
  const start = startOf(flags);
  const stop = stopSignal(['SIGINT', 'SIGTERM', 'SIGHUP']);
  const server = await start(options).catch((error: unknown) => {
    throw new CommandError(explainStart(error, options));
  });
  process.stdout.write(greeting(server.url));
  const failure = await Promise.race([stop, server.failed]);
  if (!failure) process.stderr.write('pgml: stopping; once more to stop without waiting\n');
  await server.close();
  if (failure) throw new CommandError(failure.message);
  return 0;
}

/** Which server the flags ask for. Each is loaded when it is wanted, because the other commands need not wait for them. */
function startOf(flags: Flags): (options: ServerOptions) => Promise<Server> {
  if (!flags.has('postgres')) {
    refuseWithoutPostgres(flags);
    return async (options) => (await import('@pgml/embedded')).startEmbeddedServer(options);
  }
  const bridge = parseBridge(flags.get('bridge')?.values[0]);
  const postgresBin = flags.get('postgres-bin')?.values[0];
  const runAs = flags.get('run-as')?.values[0];
  return async (options) => (await import('@pgml/postgres')).hostPostgres({ ...options, bridge, postgresBin, runAs });
}

function refuseWithoutPostgres(flags: Flags): void {
  for (const name of ['bridge', 'postgres-bin', 'run-as'])
    if (flags.get(name)?.source === 'flag')
      throw new UsageError(`--${name} is for --postgres; the embedded server has none`);
}

const bridges = ['native', 'dblink'] as const;

function parseBridge(text: string | undefined): (typeof bridges)[number] | undefined {
  if (text === undefined) return undefined;
  const bridge = bridges.find((name) => name === text);
  if (!bridge) throw new UsageError(`the bridge must be ${bridges.join(' or ')}, not "${text}"`);
  return bridge;
}

/** An empty address would mean all of the machine's. */
function parseHost(text: string): string {
  if (text === '') throw new UsageError('the host must be an address of this machine, for example 127.0.0.1');
  return text;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw new UsageError(`the port must be a number from 0 (any free port) to 65535, not "${text}"`);
  return port;
}

export function greeting(url: string): string {
  return `pgml ready ${url}

Connect with any PostgreSQL client, or with \`npx pgml sql\`. A first session to paste:

  SELECT * FROM pgml.load_dataset('breast_cancer');
  SELECT * FROM pgml.train('Breast Cancer', task => 'classification', relation_name => 'pgml.breast_cancer',
                           y_column_name => 'malignant', algorithm => 'xgboost');
  SELECT malignant, pgml.predict('Breast Cancer', t) FROM pgml.breast_cancer AS t LIMIT 5;

`;
}

/** One line: what failed, with which value, and the way out. */
export function explainStart(error: unknown, { host, port, dataDirectory }: StartPlace): string {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    switch (code) {
      case 'EADDRINUSE':
        return `port ${port} of ${host} is in use: stop the other server, or choose another port with --port (0 takes a free one)`;
      case 'EACCES':
        return `port ${port} needs rights that you do not have: choose one above 1023 with --port`;
      default:
        return `cannot listen on ${host} (${code}): choose an address of this machine with --host, for example 127.0.0.1`;
    }
  // Node says ENOENT when it cannot make directories on a read-only file system.
  switch (syscall === 'mkdir' && code === 'ENOENT' ? 'EROFS' : code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `cannot write to the data directory ${dataDirectory} (${code}): choose another with --data-dir`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `the data directory ${dataDirectory} is not a directory (${code}): choose another with --data-dir`;
    case 'ENOSPC':
      return `no space is left for the data directory ${dataDirectory}: free some, or choose another with --data-dir`;
    default:
      return String(message ?? error).split('\n', 1)[0];
  }
}
