/** `pgml up`: the embedded server in the foreground. */
import type { FlagValue } from './arguments.js';
import { CommandError, UsageError } from './errors.js';

export async function up(flags: ReadonlyMap<string, FlagValue>): Promise<number> {
  const value = (name: string) => flags.get(name)?.values[0];
  const host = parseHost(value('host')!);
  const port = parsePort(value('port')!);
  const dataDirectory = value('data-dir')!;
  const password = value('password');
  const stop = stopSignal();
  // Loaded here, because the other commands need not wait for a database to load.
  const { startEmbeddedServer } = await import('@pgml/embedded');
  const server = await startEmbeddedServer({
    host,
    port,
    dataDirectory,
    ...(password === undefined ? {} : { password }),
    log: (line: string) => process.stderr.write(`pgml: ${line}\n`),
  }).catch((error: unknown) => {
    throw new CommandError(explainStart(error, { host, port, dataDirectory }));
  });
  process.stdout.write(greeting(server.url));
  const failure = await Promise.race([stop, server.failed]);
  if (!failure) process.stderr.write('pgml: stopping; once more to stop without waiting\n');
  await server.close();
  if (failure) throw new CommandError(failure.message);
  return 0;
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

/** A terminal and npm both pass a Ctrl-C on, so that one press can arrive twice; a second press comes later than this. */
const SAME_PRESS_MILLISECONDS = 500;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP; one more, pressed anew, ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const receive = () => {
      if (first === undefined) {
        first = performance.now();
        resolve();
      } else if (performance.now() - first > SAME_PRESS_MILLISECONDS) process.exit(1);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, receive);
  });
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

interface StartOptions {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
}

/** One line: what failed, with which value, and the way out. */
export function explainStart(error: unknown, { host, port, dataDirectory }: StartOptions): string {
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
