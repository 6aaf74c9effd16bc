/** Who may connect: SCRAM-SHA-256 against the verifiers in pg_authid. */
import { randomBytes } from 'node:crypto';
import {
  decodeFrontend,
  encodeBackend,
  type Frame,
  ProtocolError,
  parseVerifier,
  SCRAM_SHA_256,
  ScramServer,
  type ScramVerifier,
} from '@pgml/protocol';
import type { Database } from './database.js';
import type { SessionRole } from './database-door.js';
import { quoteLiteral } from './postgres-session.js';

/** A role as pg_authid has it. */
export interface Login extends SessionRole {
  readonly verifier: ScramVerifier | undefined;
  readonly canLogin: boolean;
  /** -1: no limit. */
  readonly connectionLimit: number;
}

/** For names that do not exist: the same name always gets the same salt, so that nobody can tell. */
const mockSecret = randomBytes(32);

/** Undefined if there is no such role. A password that has expired is none. */
export async function findLogin(database: Database, name: string): Promise<Login | undefined> {
  const [row] = await database.query(
    `SELECT oid, rolsuper, rolcanlogin, rolconnlimit, rolpassword, coalesce(rolvaliduntil < now(), false)
     FROM pg_authid WHERE rolname = ${quoteLiteral(name)}`,
  );
  if (!row) return undefined;
  const [id, superuser, canLogin, connectionLimit, password, expired] = row;
  return {
    id: Number(id),
    name,
    superuser: superuser === 't',
    verifier: password && expired === 'f' ? parseVerifier(password) : undefined,
    canLogin: canLogin === 't',
    connectionLimit: Number(connectionLimit),
  };
}

/** One SCRAM exchange. Its failures are the same whether the name or the password is wrong. */
export class Authentication {
  readonly #server: ScramServer;
  #first = true;

  constructor(user: string, login: Login | undefined) {
    this.#server = new ScramServer({ user, verifier: login?.verifier, mockSecret });
  }

  request(): Uint8Array {
    return encodeBackend({ type: 'AuthenticationSASL', mechanisms: [SCRAM_SHA_256] });
  }

  get authenticated(): boolean {
    return this.#server.state === 'authenticated';
  }

  /** The client's answer; gives what to send next. Throws ProtocolError. */
  receive(frame: Frame): Uint8Array {
    if (frame.type !== 'p') throw new ProtocolError(`expected a SASL response, got message type "${frame.type}"`);
    const data = this.#first ? this.#initial(frame) : this.#response(frame);
    this.#first = false;
    const answer = this.#server.receive(data);
    return encodeBackend({
      type: this.authenticated ? 'AuthenticationSASLFinal' : 'AuthenticationSASLContinue',
      data: answer,
    });
  }

  #initial(frame: Frame): Uint8Array {
    const message = decodeFrontend(frame, 'SASLInitialResponse');
    if (message.type !== 'SASLInitialResponse' || message.mechanism !== SCRAM_SHA_256 || !message.data)
      throw new ProtocolError(`the client must use the mechanism ${SCRAM_SHA_256} with an initial response`);
    return message.data;
  }

  #response(frame: Frame): Uint8Array {
    const message = decodeFrontend(frame, 'SASLResponse');
    if (message.type !== 'SASLResponse') throw new ProtocolError('expected a SASL response');
    return message.data;
  }
}
