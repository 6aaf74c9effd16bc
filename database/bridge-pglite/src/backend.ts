/**
 * PostgreSQL as JavaScript sees it inside PGlite: its memory, and the C functions it exports. Pointers are addresses
 * in that memory; a Datum has 32 bits, so int8 and everything wider goes by reference.
 *
 * A C function that raises an ERROR does not return: it throws through our frames, to an error handler that PostgreSQL
 * has set above them. What it throws is Emscripten's longjmp, or its exit for the outermost handler, and not an Error of
 * JavaScript. Nothing here may catch it for good.
 */

type Pointer = number;
type Datum = number;
type Oid = number;

/** The functions used, with the names and arguments that PostgreSQL's headers give them. */
export interface BackendFunctions {
  aligned_alloc(alignment: number, bytes: number): Pointer;
  free(pointer: Pointer): void;
  palloc(bytes: number): Pointer;
  pfree(pointer: Pointer): void;
  MemoryContextRegisterResetCallback(context: Pointer, callback: Pointer): void;
  MemoryContextAlloc(context: Pointer, bytes: number): Pointer;

  errstart(level: number, domain: Pointer): number;
  errcode(sqlstate: number): number;
  errmsg_internal(format: Pointer, variadic: Pointer): number;
  errdetail_internal(format: Pointer, variadic: Pointer): number;
  errhint(format: Pointer, variadic: Pointer): number;
  errfinish(file: Pointer, line: number, routine: Pointer): void;
  ProcessInterrupts(): void;

  pg_detoast_datum_packed(datum: Datum): Pointer;
  OidInputFunctionCall(input: Oid, text: Pointer, parameter: Oid, modifier: number): Datum;
  OidOutputFunctionCall(output: Oid, datum: Datum): Pointer;
  OidFunctionCall1Coll(routine: Oid, collation: Oid, argument: Datum): Datum;
  GetConfigOption(name: Pointer, missingOk: number, restrictPrivileged: number): Pointer;

  get_call_result_type(call: Pointer, type: Pointer, description: Pointer): number;
  BlessTupleDesc(description: Pointer): Pointer;
  heap_form_tuple(description: Pointer, values: Pointer, nulls: Pointer): Pointer;
  heap_deform_tuple(tuple: Pointer, description: Pointer, values: Pointer, nulls: Pointer): void;
  HeapTupleHeaderGetDatum(header: Pointer): Datum;
  init_MultiFuncCall(call: Pointer): Pointer;
  per_MultiFuncCall(call: Pointer): Pointer;
  end_MultiFuncCall(call: Pointer, context: Pointer): void;

  SPI_connect(): number;
  SPI_finish(): number;
  SPI_prepare(sql: Pointer, count: number, types: Pointer): Pointer;
  SPI_keepplan(plan: Pointer): number;
  SPI_execute_plan(plan: Pointer, values: Pointer, nulls: Pointer, readOnly: number, limit: number): number;
  SPI_getbinval(tuple: Pointer, description: Pointer, column: number, isNull: Pointer): Datum;
  SPI_gettypeid(description: Pointer, column: number): Oid;
  SPI_fname(description: Pointer, column: number): Pointer;
  SPI_freetuptable(table: Pointer): void;
  SPI_result_code_string(code: number): Pointer;
  SPI_cursor_open_with_args(
    name: Pointer,
    sql: Pointer,
    count: number,
    types: Pointer,
    values: Pointer,
    nulls: Pointer,
    readOnly: number,
    options: number,
  ): Pointer;
  SPI_cursor_fetch(portal: Pointer, forward: number, count: number): void;
  SPI_cursor_close(portal: Pointer): void;

  GetUserId(): Oid;
  ActiveSnapshotSet(): number;
  GetActiveSnapshot(): Pointer;
  GetTransactionSnapshot(): Pointer;
  PushActiveSnapshot(snapshot: Pointer): void;
  PopActiveSnapshot(): void;
  RegisterXactCallback(callback: Pointer, argument: Datum): void;
  CacheRegisterSyscacheCallback(cache: number, callback: Pointer, argument: Datum): void;
  CacheRegisterRelcacheCallback(callback: Pointer, argument: Datum): void;
  GetCurrentCommandId(used: number): number;
  CommandCounterIncrement(): void;
  get_fn_expr_arg_stable(routine: Pointer, argument: number): number;
  get_namespace_oid(name: Pointer, missingOk: number): Oid;
  SearchSysCacheCopy(cache: number, key1: Datum, key2: Datum, key3: Datum, key4: Datum): Pointer;
  CatalogTupleUpdate(relation: Pointer, self: Pointer, tuple: Pointer): void;
  table_open(relation: Oid, lock: number): Pointer;
  table_close(relation: Pointer, lock: number): void;
}

/** Variables of PostgreSQL; the value of each global is the variable's address. */
interface BackendVariables {
  readonly SPI_processed: WebAssembly.Global<'i32'>;
  readonly SPI_tuptable: WebAssembly.Global<'i32'>;
  readonly SPI_result: WebAssembly.Global<'i32'>;
  readonly InterruptPending: WebAssembly.Global<'i32'>;
}

export class Backend {
  readonly memory: WebAssembly.Memory;
  readonly c: BackendFunctions;
  readonly #variables: BackendVariables;
  readonly #addFunction: (callback: (...numbers: number[]) => void, signature: string) => number;
  /** Views of the whole memory. Any C function may allocate and so replace them: ask for them again after each call. */
  view: DataView;
  bytes: Uint8Array;

  constructor(
    memory: WebAssembly.Memory,
    exports: WebAssembly.Exports,
    addFunction: (callback: (...numbers: number[]) => void, signature: string) => number,
  ) {
    this.memory = memory;
    this.c = exports as unknown as BackendFunctions;
    this.#variables = exports as unknown as BackendVariables;
    this.#addFunction = addFunction;
    this.view = new DataView(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
  }

  /** To be called when the memory has grown, which detaches the old views or, if it is shared, leaves them too short. */
  memoryHasGrown(): void {
    this.view = new DataView(this.memory.buffer);
    this.bytes = new Uint8Array(this.memory.buffer);
  }

  /** The 32 bits at `pointer`, as a signed number. */
  word(pointer: Pointer): number {
    return this.view.getInt32(pointer, true);
  }

  setWord(pointer: Pointer, value: number): void {
    this.view.setInt32(pointer, value, true);
  }

  /** The 32 bits of a variable of PostgreSQL. */
  variable(name: keyof BackendVariables): number {
    return this.word(this.#variables[name].value);
  }

  /** Copies text to palloc'ed memory, with a zero behind it. PostgreSQL's text has no zero inside, so it ends there. */
  cString(text: string): Pointer {
    const encoded = new TextEncoder().encode(text);
    const pointer = this.c.palloc(encoded.length + 1);
    this.bytes.set(encoded, pointer);
    this.bytes[pointer + encoded.length] = 0;
    return pointer;
  }

  readCString(pointer: Pointer): string {
    const { bytes } = this;
    return this.utf8(pointer, bytes.indexOf(0, pointer) - pointer);
  }

  utf8(pointer: Pointer, length: number): string {
    return decoder.decode(this.bytes.subarray(pointer, pointer + length));
  }

  /** A pointer by which C calls `callback`. `signature` has a letter for the result and each argument: v nothing, i 32 bits. */
  callable(callback: (...numbers: number[]) => void, signature: string): Pointer {
    return this.#addFunction(callback, signature);
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
