/**
 * What PostgreSQL writes, on its way to the server's thread. PostgreSQL flushes its buffer anywhere, also within a
 * message. Rows and the like pass in large pieces without being looked at; messages that the server must understand are
 * gathered whole.
 */
const HEADER_LENGTH = 5;
/** PostgreSQL flushes after each notice, so that it is seen while the statement goes on. */
const NOTICE_RESPONSE = 'N'.charCodeAt(0);
/** CommandComplete, ErrorResponse, NoticeResponse, NotificationResponse, ParameterStatus, ReadyForQuery, ParseComplete. */
const understood = new Set([...'CENASZ1'].map((letter) => letter.charCodeAt(0)));
const PIECE = 64 * 1024;

export interface BackendStreamHandler {
  /** A whole message of an understood type, or of any type while `gatherAll`; what it returns goes on, nothing if undefined. */
  message(bytes: Uint8Array): Uint8Array | undefined;
  /** A piece of output; the receiver owns it. */
  output(bytes: Uint8Array): void;
}

export class BackendStream {
  readonly #handler: BackendStreamHandler;
  /** While true, every message goes to the handler. */
  gatherAll = false;
  #piece = new Uint8Array(PIECE);
  #length = 0;
  /** Bytes of an uninteresting message that are still to come. */
  #passing = 0;
  /** The beginning of a message: its header, or more if it is gathered whole. */
  #partial = new Uint8Array(HEADER_LENGTH);
  #gathered = 0;

  constructor(handler: BackendStreamHandler) {
    this.#handler = handler;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#passing > 0) {
        const count = Math.min(this.#passing, bytes.length - at);
        this.#emit(bytes.subarray(at, at + count));
        this.#passing -= count;
        at += count;
        continue;
      }
      const count = Math.min(this.#partial.length - this.#gathered, bytes.length - at);
      this.#partial.set(bytes.subarray(at, at + count), this.#gathered);
      this.#gathered += count;
      at += count;
      if (this.#gathered === this.#partial.length) this.#advance();
    }
  }

  /** The header is complete, or the whole message. */
  #advance(): void {
    const message = this.#partial;
    const total = 1 + new DataView(message.buffer).getUint32(1);
    if (message.length === total) {
      this.#beginMessage();
      const answer = this.#handler.message(message);
      if (answer) this.#emit(answer);
      if (message[0] === NOTICE_RESPONSE) this.flush();
    } else if (this.gatherAll || understood.has(message[0])) {
      this.#partial = new Uint8Array(total);
      this.#partial.set(message);
    } else {
      this.#beginMessage();
      this.#emit(message);
      this.#passing = total - HEADER_LENGTH;
    }
  }

  #beginMessage(): void {
    this.#partial = new Uint8Array(HEADER_LENGTH);
    this.#gathered = 0;
  }

  #emit(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(PIECE - this.#length, bytes.length - at);
      this.#piece.set(bytes.subarray(at, at + count), this.#length);
      this.#length += count;
      at += count;
      if (this.#length === PIECE) this.flush();
    }
  }

  flush(): void {
    const piece = this.take();
    if (piece) this.#handler.output(piece);
  }

  /** What is gathered and not given out yet; the caller owns it. */
  take(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    const piece = this.#piece.subarray(0, this.#length);
    const large = this.#length > PIECE / 2;
    this.#length = 0;
    if (!large) return piece.slice();
    this.#piece = new Uint8Array(PIECE);
    return piece;
  }
}
