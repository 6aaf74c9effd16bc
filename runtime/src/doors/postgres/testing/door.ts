/** A door that listens, before a runtime whose methods show what reached them. */
import net from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { makeVerifier } from '@pgml/protocol';
import { type CallResult, type ColumnBatch, RuntimeError, type Session } from '../../../runtime.js';
import { Cancels } from '../cancel.js';
import { type PostgresConnection, servePostgres } from '../connection.js';
import type { PostgresDoorOptions } from '../options.js';
import { cancelled } from '../../../errors.js';

/**
 *   echo      answers with its request and payload
 *   bytes     answers with as many bytes as the request says
 *   fail      rejects with the RuntimeError whose fields the request has
 *   sleep     answers never; ends only by being aborted
 *   count     (stream) 1, 2, … up to "to"; "sleepAt" makes it wait there, "failAt" makes it fail
 */
export class RecordingSession implements Session {
  readonly pushed: { readonly dataset: number; readonly columns: readonly ColumnBatch[] }[] = [];
  dropped = 0;
  closed = false;
  /** Calls and streams that are under way. */
  running = 0;
  /** Items that streams have given. */
  items = 0;

  async call(method: string, request: unknown, payload: Uint8Array | null, signal: AbortSignal): Promise<CallResult> {
    this.running++;
    try {
      if (method === 'echo') return { response: request, result: payload };
      if (method === 'bytes') return { response: null, result: new Uint8Array(request as number) };
      if (method === 'sleep') return await aborted(signal);
      const { sqlstate = '42883', message = 'no such method', ...more } = request as Record<string, string>;
      throw new RuntimeError(sqlstate, message, more);
    } finally {
      this.running--;
    }
  }

  async *stream(_: string, request: unknown, signal: AbortSignal): AsyncGenerator<unknown> {
    const { to, sleepAt, failAt } = request as Record<string, number>;
    this.running++;
    try {
      for (let item = 1; item <= to; item++) {
        if (item === sleepAt) await aborted(signal);
        if (item === failAt) throw new RuntimeError('22023', `item ${item} cannot be made`);
        if (item % 100 === 0) await nextTurn();
        this.items++;
        yield { item };
      }
    } finally {
      this.running--;
    }
  }

  pushRows(dataset: number, columns: readonly ColumnBatch[]): void {
    this.pushed.push({ dataset, columns });
  }

  dropDatasets(): void {
    this.dropped++;
  }

  close(): void {
    this.closed = true;
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  throw cancelled();
}

export interface TestDoor {
  readonly port: number;
  /** In the order of login. */
  readonly sessions: RecordingSession[];
  readonly connections: PostgresConnection[];
  /** SQLSTATEs of what ended connections. */
  readonly fatals: string[];
  close(): Promise<void>;
}

const verifier = makeVerifier('secret');

export async function openDoor(options: Partial<PostgresDoorOptions> = {}): Promise<TestDoor> {
  const sessions: RecordingSession[] = [];
  const connections: PostgresConnection[] = [];
  const fatals: string[] = [];
  const openSession = () => {
    sessions.push(new RecordingSession());
    return sessions.at(-1)!;
  };
  const cancels = new Cancels();
  const server = net.createServer((socket) => {
    const connection = servePostgres(socket, {
      findUser: (name) => (name === 'pgml' ? verifier : undefined),
      openSession,
      cancels,
      version: '1.2.3',
      onFatal: ({ sqlstate }) => fatals.push(sqlstate),
      ...options,
    });
    connections.push(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    sessions,
    connections,
    fatals,
    close: async () => {
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits for what comes by itself. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let wait = 0; !condition(); wait++) {
    if (wait === 2000) throw new Error(`it never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
