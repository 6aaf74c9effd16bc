/**
 * What a server keeps instead of a password, in the form of pg_authid.rolpassword:
 *
 *   SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>        (the last three in base64)
 *
 * StoredKey = H(ClientKey) checks a client's proof, ServerKey signs the server's answer; neither lets one log in.
 */
import { createHmac, randomBytes } from 'node:crypto';
import {
  clientKey,
  equalInConstantTime,
  fromBase64,
  hash,
  KEY_LENGTH,
  MECHANISM,
  saltedPassword,
  serverKey,
  toBase64,
} from './hash.js';
import { passwordBytes } from './saslprep.js';

export interface ScramVerifier {
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** As PostgreSQL (scram_iterations). */
export const DEFAULT_ITERATIONS = 4096;
const SALT_LENGTH = 16;

export function makeVerifier(
  password: string,
  salt: Uint8Array = randomBytes(SALT_LENGTH),
  iterations: number = DEFAULT_ITERATIONS,
): ScramVerifier {
  const salted = saltedPassword(passwordBytes(password), salt, iterations);
  return { iterations, salt, storedKey: hash(clientKey(salted)), serverKey: serverKey(salted) };
}

export function formatVerifier({ iterations, salt, storedKey, serverKey }: ScramVerifier): string {
  return `${MECHANISM}$${iterations}:${toBase64(salt)}$${toBase64(storedKey)}:${toBase64(serverKey)}`;
}

/** Undefined if the text is no verifier: an MD5 hash, a password in the clear, a damaged one. */
export function parseVerifier(text: string): ScramVerifier | undefined {
  const match = /^SCRAM-SHA-256\$([1-9]\d{0,8}):([^$:]+)\$([^$:]+):([^$:]+)$/.exec(text);
  if (!match) return undefined;
  const [salt, storedKey, serverKey] = match.slice(2).map(fromBase64);
  if (!salt || storedKey?.length !== KEY_LENGTH || serverKey?.length !== KEY_LENGTH) return undefined;
  return { iterations: Number(match[1]), salt, storedKey, serverKey };
}

/** Whether a password sent in the clear is the right one. */
export function verifyPassword(password: string, verifier: ScramVerifier): boolean {
  const attempt = makeVerifier(password, verifier.salt, verifier.iterations);
  return equalInConstantTime(attempt.storedKey, verifier.storedKey);
}

/**
 * A verifier that no password fits, for users who do not exist or may not log in. The same user gets the same salt every
 * time, as a real one would; `secret` is any 16 or more random bytes that the server keeps.
 */
export function mockVerifier(user: string, secret: Uint8Array): ScramVerifier {
  const derive = (purpose: string) => createHmac('sha256', secret).update(`${purpose}\0${user}`).digest();
  return {
    iterations: DEFAULT_ITERATIONS,
    salt: derive('salt').subarray(0, SALT_LENGTH),
    storedKey: derive('stored key'),
    serverKey: derive('server key'),
  };
}
