/**
 * The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding.
 *
 *   start       --first()-------->  expectFirst  (sends client-first)
 *   expectFirst --server-first--->  expectFinal  (sends client-final)
 *   expectFinal --server-final--->  done         if the server has proved that it knows the password
 *   any state   --anything else-->  failed
 */
import { decodeText, encodeText } from '../bytes.js';
import { ProtocolError } from '../errors.js';
import {
  authMessage,
  clientKey,
  equalInConstantTime,
  exclusiveOr,
  fromBase64,
  hash,
  hmac,
  makeNonce,
  saltedPassword,
  serverKey,
  toBase64,
} from './hash.js';
import { passwordBytes } from './saslprep.js';

export type ScramClientState = 'start' | 'expectFirst' | 'expectFinal' | 'done' | 'failed';

/** No channel binding, no authorization identity. */
const HEADER = 'n,,';

/** The work a server may ask of us: 10 million iterations are some seconds. */
const MAXIMUM_ITERATIONS = 10_000_000;

export interface ScramClientOptions {
  readonly password: string;
  /** Empty, as libpq's: PostgreSQL takes the name from the startup packet. Other servers may want it. */
  readonly user?: string;
  /** For tests with known vectors. */
  readonly nonce?: string;
}

export class ScramClient {
  readonly #password: string;
  readonly #clientFirstBare: string;
  readonly #clientNonce: string;
  #state: ScramClientState = 'start';
  #serverSignature: Uint8Array = new Uint8Array(0);

  constructor(options: ScramClientOptions) {
    this.#password = options.password;
    this.#clientNonce = options.nonce ?? makeNonce();
    const user = (options.user ?? '').replaceAll('=', '=3D').replaceAll(',', '=2C');
    this.#clientFirstBare = `n=${user},r=${this.#clientNonce}`;
  }

  get state(): ScramClientState {
    return this.#state;
  }

  /** The data of the SASLInitialResponse. */
  first(): Uint8Array {
    this.#enter('start', 'expectFirst');
    return encodeText(HEADER + this.#clientFirstBare);
  }

  /** Takes AuthenticationSASLContinue, gives the data of the SASLResponse. */
  respond(serverFirst: Uint8Array): Uint8Array {
    this.#enter('expectFirst', 'failed');
    const text = decodeText(serverFirst);
    const match = /^r=([\x21-\x2b\x2d-\x7e]+),s=([^,]+),i=([1-9]\d{0,9})(?:,|$)/.exec(text);
    const salt = match ? fromBase64(match[2]) : undefined;
    if (!match || !salt) throw malformed('It should have been r=…,s=…,i=….');
    const nonce = match[1];
    const iterations = Number(match[3]);
    if (!nonce.startsWith(this.#clientNonce) || nonce === this.#clientNonce)
      throw malformed('Its nonce does not continue ours.');
    if (iterations > MAXIMUM_ITERATIONS)
      throw malformed(`It asks for ${iterations} iterations; at most ${MAXIMUM_ITERATIONS} are done.`);

    const salted = saltedPassword(passwordBytes(this.#password), salt, iterations);
    const withoutProof = `c=${btoa(HEADER)},r=${nonce}`;
    const signed = authMessage(this.#clientFirstBare, text, withoutProof);
    const key = clientKey(salted);
    const proof = exclusiveOr(key, hmac(hash(key), signed));
    this.#serverSignature = hmac(serverKey(salted), signed);
    this.#state = 'expectFinal';
    return encodeText(`${withoutProof},p=${toBase64(proof)}`);
  }

  /** Takes AuthenticationSASLFinal; throws if the server could not know the password. */
  finish(serverFinal: Uint8Array): void {
    this.#enter('expectFinal', 'failed');
    const text = decodeText(serverFinal);
    if (text.startsWith('e='))
      throw new ProtocolError(`SCRAM authentication failed: ${text.slice(2)}`, { sqlstate: '28P01' });
    const signature = /^v=([^,]+)/.exec(text);
    const bytes = signature ? fromBase64(signature[1]) : undefined;
    if (!bytes) throw malformed('It should have been v=….');
    if (!equalInConstantTime(bytes, this.#serverSignature))
      throw new ProtocolError('the server does not know the password: its signature is wrong', { sqlstate: '28000' });
    this.#state = 'done';
  }

  #enter(from: ScramClientState, to: ScramClientState): void {
    const state = this.#state;
    this.#state = 'failed';
    if (state !== from) throw new ProtocolError('unexpected SASL message');
    this.#state = to;
  }
}

const malformed = (detail: string): ProtocolError => new ProtocolError('malformed SCRAM message', { detail });
