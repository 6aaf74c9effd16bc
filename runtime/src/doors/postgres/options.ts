/** What a door of the PostgreSQL protocol is told. */
import type { SecureContext } from 'node:tls';
import { MAXIMUM_MESSAGE_LENGTH, type ScramVerifier } from '@pgml/protocol';
import type { ErrorReport } from '../../errors.js';
import type { Session } from '../../runtime.js';
import type { Cancels } from './cancel.js';

/** Who has logged in, by its own words but for the user. */
export interface PostgresClient {
  readonly user: string;
  readonly database: string;
  readonly applicationName: string;
}

export interface PostgresDoorOptions {
  /** Undefined for a name that may not log in, which the client cannot tell from a wrong password. */
  findUser(name: string): ScramVerifier | undefined;
  /** Called when the client has proved who it is. What it throws is the client's last message. */
  openSession(client: PostgresClient): Session;
  /** One for all connections that a client may be sent to. */
  readonly cancels: Cancels;
  /** Told to clients. */
  readonly version: string;
  /** Undefined: no TLS. */
  readonly tls?: SecureContext | undefined;
  /** Refuse clients that do not ask for TLS. Default false. */
  readonly requireTls?: boolean | undefined;
  /** For TLS and authentication. Default 10,000. */
  readonly startupMilliseconds?: number | undefined;
  /** Of one query, the most. Default and maximum 1,073,741,823, as in PostgreSQL. */
  readonly maximumMessageBytes?: number | undefined;
  /** Gets what ends a connection before its client wants: bad passwords, broken protocol, limits. */
  readonly onFatal?: ((error: ErrorReport, user: string | undefined) => void) | undefined;
}

export const defaults = { startupMilliseconds: 10_000, maximumMessageBytes: MAXIMUM_MESSAGE_LENGTH } as const;
