/**
 * What passes between the server's thread and the database's. The database thread blocks: it takes messages with
 * receiveMessageOnPort and sleeps on the word WAKE, to which the server adds 1 after each message, acknowledgement or cancel.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorFields, TransactionStatus } from '@pgml/protocol';
import type { InterruptFlags } from './interrupts.js';

/** Bytes of output that may be under way to the clients' sockets. */
export const OUTPUT_WINDOW = 1 << 20;

export interface DatabaseThreadData {
  readonly directory: string;
  readonly port: MessagePort;
  /** See words in database-door.ts. */
  readonly control: SharedArrayBuffer;
  /** The in-process door of the runtime. */
  readonly bridge: { readonly port: MessagePort; readonly control: SharedArrayBuffer };
  /** The bootstrap superuser and the one database that is open. */
  readonly role: string;
  readonly database: string;
}

export type Setting = readonly [name: string, value: string];

export interface SessionRole {
  readonly id: number;
  readonly name: string;
  readonly superuser: boolean;
}

/** All that is needed to make a client's session again in a database thread that does not know it. */
export interface SessionImage {
  readonly client: number;
  readonly role: SessionRole;
  /** Given at connection: what RESET goes back to. */
  readonly startup: readonly Setting[];
  /** In force now. */
  readonly settings: readonly Setting[];
  readonly channels: readonly string[];
}

export type ToDatabase =
  /** A new client; answered with `opened`. */
  | { readonly type: 'open'; readonly image: SessionImage }
  /** A client from before a restart of the database thread; not answered. */
  | { readonly type: 'restore'; readonly image: SessionImage }
  /** Whole messages of the client whose turn it is; answered with output and one `waiting` that names the serial. */
  | {
      readonly type: 'input';
      readonly client: number;
      readonly serial: number;
      readonly messages: readonly InputMessage[];
    }
  /** Rolls back and forgets; answered with `closed`. */
  | { readonly type: 'close'; readonly client: number }
  /** A query of the server itself, as superuser. */
  | { readonly type: 'query'; readonly id: number; readonly sql: string }
  | { readonly type: 'stop' };

export interface InputMessage {
  readonly bytes: Uint8Array;
  /** Parsed again for the client, who has seen the answer long ago. */
  readonly hidden?: true;
  /** What the client calls the prepared statement that the message is about. */
  readonly statement?: string;
}

export type FromDatabase =
  | { readonly type: 'ready'; readonly flags: InterruptFlags }
  | { readonly type: 'opened'; readonly client: number; readonly parameters: readonly Setting[] | ErrorFields }
  | { readonly type: 'output'; readonly client: number; readonly bytes: Uint8Array }
  | { readonly type: 'consumed'; readonly bytes: number }
  | { readonly type: 'notification'; readonly channel: string; readonly payload: string; readonly from: number }
  | { readonly type: 'deadline'; readonly client: number; readonly milliseconds: number }
  | TurnReport
  | { readonly type: 'closed'; readonly client: number }
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly (readonly (string | null)[])[] | ErrorFields }
  | { readonly type: 'stopped' };

/** All input up to `serial` has been executed; or, inside a COPY FROM STDIN, all of it has been read. */
export interface TurnReport {
  readonly type: 'waiting';
  readonly client: number;
  readonly serial: number;
  /** `I` ends the turn; `batch`: between extended-query messages, before Sync. */
  readonly status: TransactionStatus | 'copy' | 'batch';
  /** The last of the output, here because every message costs both threads more than what it carries. */
  readonly output: Uint8Array | undefined;
  /** Bytes of input read since `consumed` was last told. */
  readonly consumed: number;
  /** Names of statements that were prepared. */
  readonly prepared: readonly string[];
  /** DEALLOCATE ALL was executed: no prepared statement of anybody is left. */
  readonly deallocatedAll: boolean;
  /** DISCARD ALL: no prepared statement of this client is left. */
  readonly discardedAll: boolean;
  /** Undefined: unchanged. */
  readonly settings: readonly Setting[] | undefined;
  readonly channels: readonly string[] | undefined;
}
