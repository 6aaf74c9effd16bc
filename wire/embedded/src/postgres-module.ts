/** What we use of PGlite's WebAssembly module. Its exports are an ABI: PGlite's version is pinned because of this list. */

interface HostStream {
  /** Descriptor of the host; directories have none. */
  readonly nfd?: number;
  readonly node: unknown;
}

export interface PostgresModule {
  readonly HEAPU8: Uint8Array;
  readonly NODEFS: {
    readonly stream_ops: { fsync?: (stream: HostStream) => number };
    realPath(node: unknown): string;
  };
  readonly FS: {
    getStream(descriptor: number): HostStream | undefined;
  };
  addFunction(callback: (pointer: number, length: number) => number, signature: string): number;
  UTF8ToString(pointer: number): string;
  stackSave(): number;
  stackRestore(pointer: number): void;
  _malloc(size: number): number;
  /** Addresses of `volatile sig_atomic_t` words. */
  readonly _InterruptPending: number;
  readonly _QueryCancelPending: number;
  /** Sets who reads and who writes the bytes of the wire protocol. */
  _pgl_set_rw_cbs(read: number, write: number): void;
  /** Reads one message of the client and executes it; COPY FROM STDIN reads more. Errors leave it as an exception. */
  _PostgresMainLoopOnce(): void;
  /** What PostgreSQL does after an error: rolls back and skips to the next Sync. */
  _PostgresMainLongJmp(): void;
  _PostgresSendReadyForQueryIfNecessary(): void;
  _pgl_pq_flush(): void;
  _pq_buffer_remaining_data(): number;
  _pgl_getMyProcPort(): number;
  _ProcessStartupPacket(port: number, encrypted: number, gssEncrypted: number): number;
  _pgl_sendConnData(): void;
  /** The value of a setting as text in its base unit; a pointer that the next call may reuse, 0 if unknown. */
  _GetConfigOption(name: number, missingOk: number, restrictPrivileged: number): number;
  _StartTransactionCommand(): void;
  _CommitTransactionCommand(): void;
  _SetConfigOption(name: number, value: number, context: number, source: number): void;
  _SetUserIdAndSecContext(user: number, context: number): void;
}

/** A string of C in the module's memory, for ever. */
export function permanentString(module: PostgresModule, text: string): number {
  const bytes = Buffer.from(`${text}\0`);
  const pointer = module._malloc(bytes.length);
  module.HEAPU8.set(bytes, pointer);
  return pointer;
}

const words = new WeakMap<ArrayBufferLike, Int32Array>();

/** The module's memory as 32-bit words. Not to be kept: when the memory grows, this becomes another array. */
export function wordsOf({ HEAPU8: { buffer } }: PostgresModule): Int32Array {
  let view = words.get(buffer);
  if (!view) words.set(buffer, (view = new Int32Array(buffer)));
  return view;
}

export interface SystemCalls {
  readonly env: Record<string, unknown>;
  readonly wasi_snapshot_preview1: Record<string, unknown>;
}
