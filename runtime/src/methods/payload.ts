import { RuntimeError } from '../runtime.js';

/** The payload of a method that needs one. */
export function payloadOf(method: string, wanted: string, payload: Uint8Array | null): Uint8Array {
  if (payload === null) throw new RuntimeError('22023', `${method} needs ${wanted} as its payload, but none was given`);
  return payload;
}
