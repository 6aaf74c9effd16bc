/**
 * The shared library that PostgreSQL loads: a WebAssembly side module in the `dylink.0` convention, encoded here byte by
 * byte, so that no C compiler is needed. All it does is to hand each SQL function's call to JavaScript.
 *
 * It exports
 *   Pg_magic_func         the address of Pg_magic_struct, by which PostgreSQL knows a library made for it
 *   pg_finfo_<symbol>     the address of Pg_finfo_record: the symbol follows calling convention 1
 *   <symbol>              (FunctionCallInfo) → Datum, which calls env.pgml_dispatch(number of the symbol, FunctionCallInfo)
 *
 * Its 68 bytes of data, placed by the loader at env.__memory_base:
 *   Pg_magic_struct   0  i32 its length, 64
 *                     4  i32 version / 100 of PostgreSQL · 100 (1800 for 18)
 *                     8  i32 FUNC_MAX_ARGS, 100
 *                    12  i32 INDEX_MAX_KEYS, 32
 *                    16  i32 NAMEDATALEN, 64
 *                    20  i32 FLOAT8PASSBYVAL, 0: a Datum has 32 bits
 *                    24  char[32] "PostgreSQL", whose ABI this is
 *                    56  two null pointers: name and version of the module
 *   Pg_finfo_record  64  i32 api_version, 1
 */
const POSTGRES_MAJOR = 18;
const MAGIC_BYTES = 64;

/** Section numbers of the WebAssembly binary format. */
const section = { custom: 0, type: 1, import: 2, function: 3, export: 7, code: 10, data: 11 } as const;
const I32 = 0x7f;
const opcode = { end: 0x0b, call: 0x10, localGet: 0x20, globalGet: 0x23, i32Const: 0x41, i32Add: 0x6a } as const;

/** LEB128, unsigned. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest ? low | 128 : low);
    if (!rest) return bytes;
  }
}

/** LEB128 of a number that is not negative, in the signed form that i32.const wants: bit 6 of the last byte is 0. */
function constant(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = rest & 127;
    rest >>>= 7;
    const last = rest === 0 && (low & 64) === 0;
    bytes.push(last ? low : low | 128);
    if (last) return bytes;
  }
}

const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const words = (...values: number[]): number[] => [
  ...new Uint8Array(Int32Array.from(values).buffer, 0, 4 * values.length),
];
const body = (...code: number[]): number[] => sized([0, ...code, opcode.end]);

const data = [
  ...words(MAGIC_BYTES, POSTGRES_MAJOR * 100, 100, 32, 64, 0),
  ...ascii('PostgreSQL'.padEnd(32, '\0')),
  ...words(0, 0),
  ...words(1),
];

/** The bytes of the library for these symbols; symbol i calls pgml_dispatch(i, FunctionCallInfo). */
export function sideModule(symbols: readonly string[]): Uint8Array<ArrayBuffer> {
  // Function 0 is the import; the exported functions follow in this order.
  const MAGIC = 1;
  const FINFO = 2;
  const FIRST = 3;
  const types = [
    [0x60, 1, I32, 1, I32], // 0: trampoline
    [0x60, 0, 1, I32], //       1: address of a constant
    [0x60, 2, I32, I32, 1, I32], // 2: dispatch
  ];
  const env = sized(ascii('env'));
  const imports = [
    [...env, ...sized(ascii('memory')), 2, 0, 0],
    [...env, ...sized(ascii('__memory_base')), 3, I32, 0],
    [...env, ...sized(ascii('pgml_dispatch')), 0, 2],
  ];
  const exported = (name: string, index: number) => [...sized(ascii(name)), 0, ...unsigned(index)];
  const memoryBase = [opcode.globalGet, 0];
  // The subsection WASM_DYLINK_MEM_INFO: bytes of data, their alignment as a power of 2, table slots, their alignment.
  const memoryInfo = [1, ...sized([...unsigned(data.length), 2, 0, 0])];
  const sections: readonly (readonly [number, readonly number[]])[] = [
    [section.custom, [...sized(ascii('dylink.0')), ...memoryInfo]],
    [section.type, vector(types)],
    [section.import, vector(imports)],
    [section.function, vector([[1], [1], ...symbols.map(() => [0])])],
    [
      section.export,
      vector([
        exported('Pg_magic_func', MAGIC),
        ...symbols.flatMap((symbol, index) => [exported(`pg_finfo_${symbol}`, FINFO), exported(symbol, FIRST + index)]),
      ]),
    ],
    [
      section.code,
      vector([
        body(...memoryBase),
        body(...memoryBase, opcode.i32Const, ...constant(MAGIC_BYTES), opcode.i32Add),
        ...symbols.map((_, index) => body(opcode.i32Const, ...constant(index), opcode.localGet, 0, opcode.call, 0)),
      ]),
    ],
    [section.data, vector([[0, ...memoryBase, opcode.end, ...sized(data)]])],
  ];
  return Uint8Array.from([
    ...ascii('\0asm'),
    ...words(1),
    ...sections.flatMap(([number, content]) => [number, ...sized(content)]),
  ]);
}
