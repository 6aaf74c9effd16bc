/**
 * The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding.
 *
 *   expectFirst --client-first-->  expectFinal   (answer: server-first)
 *   expectFinal --client-final-->  authenticated (answer: server-final)  if the proof fits
 *                                  failed        (28P01)                 if it does not
 *   any state   --anything else--> failed        (08P01, 0A000)
 */
import { decodeText, encodeText } from '../bytes.js';
import { ProtocolError } from '../errors.js';
import {
  authMessage,
  equalInConstantTime,
  exclusiveOr,
  fromBase64,
  hash,
  hmac,
  KEY_LENGTH,
  makeNonce,
  toBase64,
} from './hash.js';
import { mockVerifier, type ScramVerifier } from './verifier.js';

export type ScramServerState = 'expectFirst' | 'expectFinal' | 'authenticated' | 'failed';

/** The proof does not fit: wrong password, or a user who cannot log in. */
export class AuthenticationError extends ProtocolError {
  constructor(user: string) {
    super(`password authentication failed for user "${user}"`, { sqlstate: '28P01' });
    this.name = 'AuthenticationError';
  }
}

export interface ScramServerOptions {
  /** From the startup packet; the name inside the SCRAM messages is ignored, as in PostgreSQL. */
  readonly user: string;
  /** Undefined for a user who does not exist: the exchange then goes its usual way and fails at its end. */
  readonly verifier: ScramVerifier | undefined;
  /** Random bytes the server keeps, see mockVerifier. */
  readonly mockSecret: Uint8Array;
  /** For tests with known vectors. */
  readonly nonce?: string;
}

export class ScramServer {
  readonly #user: string;
  readonly #known: boolean;
  readonly #verifier: ScramVerifier;
  readonly #serverNonce: string;
  #state: ScramServerState = 'expectFirst';
  #header = '';
  #clientFirstBare = '';
  #nonce = '';
  #serverFirst = '';

  constructor(options: ScramServerOptions) {
    this.#user = options.user;
    this.#known = options.verifier !== undefined;
    this.#verifier = options.verifier ?? mockVerifier(options.user, options.mockSecret);
    this.#serverNonce = options.nonce ?? makeNonce();
  }

  get state(): ScramServerState {
    return this.#state;
  }

  /**
   * Takes the client's next message and gives the answer: to be sent as AuthenticationSASLContinue, or, when the state is
   * `authenticated`, as AuthenticationSASLFinal. Throws AuthenticationError, or ProtocolError for a malformed message.
   */
  receive(message: Uint8Array): Uint8Array {
    const state = this.#state;
    this.#state = 'failed';
    const text = decodeText(message);
    switch (state) {
      case 'expectFirst': {
        const answer = this.#first(text);
        this.#state = 'expectFinal';
        return encodeText(answer);
      }
      case 'expectFinal': {
        const answer = this.#final(text);
        this.#state = 'authenticated';
        return encodeText(answer);
      }
      default:
        throw new ProtocolError('unexpected SASL message: the exchange is over');
    }
  }

  /** client-first-message = gs2-cbind-flag "," [authzid] "," [reserved-mext ","] username "," nonce ["," extensions] */
  #first(message: string): string {
    const gs2 = /^([^,]*),([^,]*),/.exec(message);
    if (!gs2) throw malformed('It does not begin with a GS2 header.');
    const [header, flag, authorizationIdentity] = gs2 as unknown as [string, string, string];
    if (flag.startsWith('p='))
      throw malformed(
        'It uses channel binding, which was not offered: SCRAM-SHA-256-PLUS is not among the mechanisms.',
      );
    // "y": the client could do channel binding and believes that the server cannot, which is right.
    if (flag !== 'n' && flag !== 'y') throw malformed(`The channel binding flag ${JSON.stringify(flag)} is unknown.`);
    if (authorizationIdentity !== '')
      throw new ProtocolError('client uses authorization identity, but it is not supported', { sqlstate: '0A000' });

    const bare = message.slice(header.length);
    const [user, nonce] = bare.split(',') as [string, string | undefined];
    if (user.startsWith('m='))
      throw new ProtocolError('client requires an unsupported SCRAM extension', { sqlstate: '0A000' });
    if (!user.startsWith('n=')) throw malformed('The attribute n (user name) is missing.');
    if (!nonce?.startsWith('r=')) throw malformed('The attribute r (nonce) is missing.');
    // RFC 5802 "printable": the visible characters of ASCII but the comma.
    if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(nonce.slice(2)))
      throw malformed('The nonce has a character that is not printable.');

    this.#header = header;
    this.#clientFirstBare = bare;
    this.#nonce = nonce.slice(2) + this.#serverNonce;
    this.#serverFirst = `r=${this.#nonce},s=${toBase64(this.#verifier.salt)},i=${this.#verifier.iterations}`;
    return this.#serverFirst;
  }

  /** client-final-message = channel-binding "," nonce ["," extensions] "," proof */
  #final(message: string): string {
    const proofAt = message.lastIndexOf(',p=');
    if (proofAt < 0) throw malformed('The attribute p (proof) is missing.');
    const withoutProof = message.slice(0, proofAt);
    const [binding, nonce] = withoutProof.split(',');
    if (binding !== `c=${btoa(this.#header)}`)
      throw malformed('The channel binding differs from that of the first message.');
    if (nonce !== `r=${this.#nonce}`) throw malformed('The nonce is not that of this exchange.');
    const proof = fromBase64(message.slice(proofAt + 3));
    if (proof?.length !== KEY_LENGTH) throw malformed('The proof is not 32 bytes in base64.');

    // ClientKey = ClientProof XOR HMAC(StoredKey, AuthMessage); the proof fits if H(ClientKey) is StoredKey.
    const signed = authMessage(this.#clientFirstBare, this.#serverFirst, withoutProof);
    const clientKey = exclusiveOr(proof, hmac(this.#verifier.storedKey, signed));
    const fits = equalInConstantTime(hash(clientKey), this.#verifier.storedKey);
    if (!fits || !this.#known) throw new AuthenticationError(this.#user);
    return `v=${toBase64(hmac(this.#verifier.serverKey, signed))}`;
  }
}

const malformed = (detail: string): ProtocolError => new ProtocolError('malformed SCRAM message', { detail });
