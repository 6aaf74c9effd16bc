/** A server that cannot be had or started, for a reason that one sentence explains, with the way out. */
export class HostError extends Error {
  override readonly name = 'HostError';
}
