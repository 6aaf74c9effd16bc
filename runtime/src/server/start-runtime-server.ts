import { checked } from './configuration.js';
import { type Endpoint, listen } from './endpoints.js';
import { createLog, type Log } from './log.js';
import { RuntimeServer } from './runtime-server.js';
import { type Configuration, defaults } from './settings.js';
import { takeStateDirectory } from './state-directory.js';

export interface RunningRuntime {
  /** Where clients come in, the PostgreSQL door on TCP first. */
  readonly endpoints: readonly Endpoint[];
  /** Statements that run may go on for `milliseconds`; default: shutdownTimeout. */
  close(milliseconds?: number): Promise<void>;
}

export interface RuntimeServerOptions extends Partial<Configuration> {
  /** Default: standard error, with the level and format of the configuration. */
  readonly log?: Log;
}

/** Runs the runtime with its doors in this process; what is not given is default. Throws ConfigurationError. */
export async function startRuntimeServer({ log, ...given }: RuntimeServerOptions = {}): Promise<RunningRuntime> {
  const configuration = checked({ ...defaults, ...given });
  const release = takeStateDirectory(configuration);
  try {
    const server = new RuntimeServer(configuration, log ?? createLog(configuration.logLevel, configuration.logFormat), {
      restarts: 0,
      hangs: 0,
    });
    const close = async (milliseconds?: number) => {
      await server.stop(milliseconds);
      release();
    };
    await server
      .open((makeServer) => listen(configuration, makeServer))
      .catch(async (error: unknown) => {
        await close(0);
        throw error;
      });
    return { endpoints: server.endpoints, close };
  } catch (error) {
    release();
    throw error;
  }
}
