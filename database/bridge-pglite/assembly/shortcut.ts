// The short way of pgml_bridge.predict: a call that the last remembered answer of Deployments fits, and whose array can be
// read where it lies, goes to the evaluator without leaving WebAssembly. All other calls go on to JavaScript unchanged,
// which decides everything: what may be remembered, what is an error.
//
// Layouts are those of PostgreSQL 18 with 32-bit pointers; values.ts describes them.

// @ts-ignore: decorator
@external("postgres", "GetUserId")
declare function currentUser(): u32;
// @ts-ignore: decorator
@external("evaluate", "predictRow")
declare function predictRow(model: usize, row: usize, scratch: usize): f32;
// @ts-ignore: decorator
@external("evaluate", "countFinite")
declare function countFinite(values: usize, count: usize): usize;
/** Any call, answered by JavaScript. */
// @ts-ignore: decorator
@external("bridge", "dispatch")
declare function dispatch(symbol: i32, fcinfo: usize): i32;
// @ts-ignore: decorator
@external("bridge", "checkInterrupts")
declare function checkInterrupts(): void;

const ARGUMENT_0: usize = 20;
const ARGUMENT_1: usize = 28;
const ROWS_BETWEEN_CHECKS: u32 = 1024;

/** The symbol whose calls the answer is for, and its key: the first argument's content. -1: nothing is remembered. */
let answered: i32 = -1;
let key: usize = 0;
let keyLength: usize = 0;
/** Whether the key is a text; else it is an int8, of 8 bytes behind a pointer. */
let keyIsText: bool = false;
let user: u32 = 0;
let model: usize = 0;
let scratch: usize = 0;
let features: usize = 0;
let rowsSinceCheck: u32 = 0;

export function remember(
  symbol: i32,
  isText: bool,
  keyAt: usize,
  length: usize,
  ofUser: u32,
  block: usize,
  scratchAt: usize,
  count: usize,
): void {
  answered = symbol;
  keyIsText = isText;
  key = keyAt;
  keyLength = length;
  user = ofUser;
  model = block;
  scratch = scratchAt;
  features = count;
}

export function forget(): void {
  answered = -1;
}

/** What the library calls for each of its symbols. */
export function call(symbol: i32, fcinfo: usize): i32 {
  if (symbol != answered || !isKey(load<usize>(fcinfo, ARGUMENT_0)) || currentUser() != user) return dispatch(symbol, fcinfo);
  const row = plainRow(load<usize>(fcinfo, ARGUMENT_1));
  if (row == 0 || countFinite(row, features) != features) return dispatch(symbol, fcinfo);
  if (++rowsSinceCheck == ROWS_BETWEEN_CHECKS) {
    rowsSinceCheck = 0;
    checkInterrupts();
  }
  return reinterpret<i32>(predictRow(model, row, scratch));
}

/** Whether a value of variable length is neither compressed nor stored elsewhere nor expanded. */
function isPlain(first: u32): bool {
  return (first & 3) == 0 || ((first & 1) == 1 && first != 1);
}

function isKey(datum: usize): bool {
  let start = datum;
  if (keyIsText) {
    const first: u32 = load<u8>(datum);
    if (!isPlain(first)) return false;
    const isShort = (first & 1) == 1;
    start += isShort ? 1 : 4;
    const length: usize = isShort ? (first >> 1) - 1 : (load<u32>(datum) >>> 2) - 4;
    if (length != keyLength) return false;
  }
  for (let i: usize = 0; i < keyLength; i++) if (load<u8>(start + i) != load<u8>(key + i)) return false;
  return true;
}

/** The address of the elements of a real[] with one dimension of `features` and no NULL; 0 if it is another. */
function plainRow(datum: usize): usize {
  const first: u32 = load<u8>(datum);
  if (!isPlain(first)) return 0;
  const header = datum + ((first & 1) == 1 ? 1 : 4);
  const isRow = load<u32>(header) == 1 && load<u32>(header, 4) == 0 && load<u32>(header, 12) == <u32>features;
  return isRow ? header + 20 : 0;
}
