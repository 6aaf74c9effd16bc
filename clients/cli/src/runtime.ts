/** `pgml runtime`: the runtime in the foreground, for PostgreSQL servers that are elsewhere. */
import type { FlagValue, Environment } from './arguments.js';
import { CommandError } from './errors.js';
import { stopSignal } from './stop-signal.js';

export async function runtime(flags: ReadonlyMap<string, FlagValue>, environment: Environment): Promise<number> {
  const { config, settings } = takeApart(flags);
  // Loaded here, because the other commands need not wait for a runtime to load.
  if (flags.has('print-systemd-unit')) {
    const { systemdUnit } = await import('./systemd-unit.js');
    process.stdout.write(systemdUnit(config === undefined ? settings : new Map([['config', config], ...settings])));
    return 0;
  }
  const { ConfigurationError, printAddress, readConfiguration, superviseRuntime } = await import('@pgml/runtime');
  const explain = (error: unknown): never => {
    throw error instanceof ConfigurationError ? new CommandError(error.message) : error;
  };
  const read = () => readConfiguration({ flags: settings, environment, file: config });
  const stop = stopSignal(['SIGINT', 'SIGTERM']);
  const supervisor = await Promise.resolve().then(read).then(superviseRuntime).catch(explain);
  process.on('SIGHUP', () => {
    try {
      supervisor.reload(read());
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      process.stderr.write(`pgml: the configuration stays as it is: ${error.message}\n`);
    }
  });
  process.stdout.write(greeting(supervisor.endpoints.map(({ door, address }) => [door, printAddress(address)])));
  const failure = await Promise.race([stop, supervisor.failed]);
  if (failure) throw new CommandError(failure.message);
  process.stderr.write('pgml: stopping; once more to stop without waiting\n');
  await supervisor.close();
  return 0;
}

/** What is not given here, the runtime itself reads from the environment and the file. */
function takeApart(flags: ReadonlyMap<string, FlagValue>): {
  readonly config: string | undefined;
  readonly settings: ReadonlyMap<string, string>;
} {
  const given = [...flags].filter(
    ([name, { source }]) => source === 'flag' && name !== 'config' && name !== 'print-systemd-unit',
  );
  return {
    config: flags.get('config')?.values[0],
    settings: new Map(given.map(([name, { values }]) => [name, values[0]])),
  };
}

/** The first line is what programs wait for. */
function greeting(endpoints: readonly (readonly [door: string, address: string])[]): string {
  return `pgml runtime ready\n${endpoints.map(([door, address]) => `  ${door.padEnd(8)}  ${address}\n`).join('')}`;
}
