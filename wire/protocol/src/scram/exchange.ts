/** SCRAM-SHA-256 as messages: one exchange of a server with a client that wants to log in. */
import { randomBytes } from 'node:crypto';
import { encodeBackend } from '../backend.js';
import { ProtocolError } from '../errors.js';
import type { Frame } from '../framer.js';
import { decodeFrontend } from '../frontend.js';
import { MECHANISM } from './hash.js';
import { ScramServer } from './server.js';
import type { ScramVerifier } from './verifier.js';

/** For names that do not exist: the same name always gets the same salt, so that nobody can tell. */
const mockSecret = randomBytes(32);

/** It goes and fails in the same way whether the name or the password is wrong: without a verifier it always fails. */
export class ScramExchange {
  readonly #server: ScramServer;
  #first = true;

  constructor(user: string, verifier: ScramVerifier | undefined) {
    this.#server = new ScramServer({ user, verifier, mockSecret });
  }

  request(): Uint8Array {
    return encodeBackend({ type: 'AuthenticationSASL', mechanisms: [MECHANISM] });
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
    if (message.type !== 'SASLInitialResponse' || message.mechanism !== MECHANISM || !message.data)
      throw new ProtocolError(`the client must use the mechanism ${MECHANISM} with an initial response`);
    return message.data;
  }

  #response(frame: Frame): Uint8Array {
    const message = decodeFrontend(frame, 'SASLResponse');
    if (message.type !== 'SASLResponse') throw new ProtocolError('expected a SASL response');
    return message.data;
  }
}
