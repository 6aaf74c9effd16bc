/** The formulas of RFC 5802 §3 for SHA-256. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { encodeText } from '../bytes.js';

export const MECHANISM = 'SCRAM-SHA-256';
export const KEY_LENGTH = 32;

export const hash = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();

export const hmac = (key: Uint8Array, data: Uint8Array | string): Uint8Array =>
  createHmac('sha256', key).update(data).digest();

/** Hi(): the slow step, about 0.5 µs an iteration. */
export const saltedPassword = (password: Uint8Array, salt: Uint8Array, iterations: number): Uint8Array =>
  pbkdf2Sync(password, salt, iterations, KEY_LENGTH, 'sha256');

export const clientKey = (salted: Uint8Array): Uint8Array => hmac(salted, 'Client Key');
export const serverKey = (salted: Uint8Array): Uint8Array => hmac(salted, 'Server Key');

export function exclusiveOr(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ right[index]);
}

/** Takes the same time wherever two keys differ. */
export const equalInConstantTime = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

export const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/**
 * Undefined unless `text` is base64 as `toBase64` writes it, with padding, whose unused bits are zero: no two texts mean
 * the same bytes.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : undefined;
}

/** 18 bytes give 24 characters, as PostgreSQL's. */
export const makeNonce = (): string => toBase64(randomBytes(18));

/** What both sides sign: the client's first message, the server's first, the client's last without its proof. */
export const authMessage = (
  clientFirstBare: string,
  serverFirst: string,
  clientFinalWithoutProof: string,
): Uint8Array => encodeText(`${clientFirstBare},${serverFirst},${clientFinalWithoutProof}`);
