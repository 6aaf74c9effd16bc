/** Bytes that break the protocol, or a message that cannot be put into bytes. The connection cannot go on after it. */
export class ProtocolError extends Error {
  /** 08P01 (protocol violation) unless PostgreSQL has a closer code. */
  readonly sqlstate: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  constructor(message: string, more: { sqlstate?: string; detail?: string; hint?: string } = {}) {
    super(message);
    this.name = 'ProtocolError';
    this.sqlstate = more.sqlstate ?? '08P01';
    this.detail = more.detail;
    this.hint = more.hint;
  }
}
