/** The process that does the work of `pgml runtime`; supervisor.ts starts it, and starts another when it dies. */
import type { Server } from 'node:net';
import { ConfigurationError } from './configuration-error.js';
import { inherit, type Listener, listen } from './endpoints.js';
import { createLog, type Log } from './log.js';
import type { FromServing, ToServing } from './messages.js';
import { RuntimeServer } from './runtime-server.js';

const SUPERVISOR_CHECK_MILLISECONDS = 200;

let log: Log | undefined;
let server: RuntimeServer | undefined;

process.on('message', (message: ToServing) => {
  void handle(message).catch(fail);
});

// Without a supervisor nobody would restart or stop this process, and another runtime could not have its sockets.
process.on('disconnect', leave);

// When the supervisor dies while this process starts, or while a socket is on its way to it, Node may not tell.
setInterval(() => {
  if (!process.connected) leave();
}, SUPERVISOR_CHECK_MILLISECONDS);

function leave(): never {
  log?.error('the supervisor is gone');
  process.exit(1);
}

// A terminal sends these to all processes of a group; what they mean comes from the supervisor.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

async function handle(message: ToServing): Promise<void> {
  switch (message.type) {
    case 'serve':
      return serve(message);
    case 'reload':
      return reload(message);
    case 'heartbeat':
      return send({ type: 'heartbeat' });
    case 'stop':
      await server?.stop();
      return process.exit(0);
  }
}

async function serve({ configuration, endpoints, predecessors }: ToServing & { type: 'serve' }): Promise<void> {
  log = createLog(configuration.logLevel, configuration.logFormat);
  server = new RuntimeServer(configuration, log, predecessors);
  await server.open(async (makeServer) => {
    if (endpoints) return inherit(endpoints, makeServer);
    const listeners = await listen(configuration, makeServer);
    for (const listener of listeners) await handUp(listener);
    return listeners;
  });
  await send({ type: 'ready' });
}

async function reload({ configuration }: ToServing & { type: 'reload' }): Promise<void> {
  try {
    server?.reload(configuration);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    log?.error('the configuration was not read again', { reason: error.message });
  }
}

/**
 * Sends the bare handle: a net.Server would accept clients in the supervisor as well. It has no public name; Node's
 * documentation of server.listen(handle) speaks of "an underlying _handle member".
 */
function handUp({ door, address, server }: Listener): Promise<void> {
  return send({ type: 'endpoint', endpoint: { door, address } }, (server as Server & { _handle: Server })._handle);
}

function send(message: FromServing, handle?: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send!(message, handle, {}, (error) => (error ? reject(error) : resolve()));
  });
}

async function fail(error: unknown): Promise<void> {
  const explained = error instanceof ConfigurationError;
  const message = explained ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  await send({ type: 'failed', message, explained });
  process.exit(1);
}
