// Sorting by radix: three passes of 11, 11 and 10 bits over integers that order as float32 values do.

const BUCKETS: usize = 2048;

/** Of the counters of a sort, u32[3][2048]: of each digit of the keys, how often it has each value. 0 at first. */
export const COUNTERS_BYTES: usize = 3 * BUCKETS * 4;

/** An integer that orders as the value does. Adding 0 makes -0 into 0. */
// @ts-ignore: decorator
@inline
export function keyOf(value: f32): u32 {
  const bits = reinterpret<u32>(value + 0);
  return bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
}

// @ts-ignore: decorator
@inline
export function valueOf(key: u32): f32 {
  return reinterpret<f32>(key ^ (<u32>(<i32>~key >> 31) | 0x80000000));
}

/** Bytes of working space for so many values. */
export function valueSortBytes(count: usize): usize {
  return COUNTERS_BYTES + (count << 3);
}

/** Sorts a copy: out f32[count] ascending, -0 as 0, NaN last. Returns how many are not NaN. */
export function sortValues(values: usize, count: usize, room: usize, out: usize): usize {
  const first = room + COUNTERS_BYTES;
  const second = first + (count << 2);
  memory.fill(room, 0, COUNTERS_BYTES);
  let present: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    const value = load<f32>(values + (i << 2));
    const isNumber = value == value;
    present += <usize>isNumber;
    const key: u32 = isNumber ? keyOf(value) : u32.MAX_VALUE;
    store<u32>(first + (i << 2), key);
    countKey(room, key);
  }
  pass<u32>(first, second, count, room, 0);
  pass<u32>(second, first, count, room, 1);
  pass<u32>(first, second, count, room, 2);
  for (let i: usize = 0; i < count; i++)
    store<f32>(out + (i << 2), i < present ? valueOf(load<u32>(second + (i << 2))) : NaN);
  return present;
}

/**
 * Sorts {u32 key, 4 bytes}[count] whose keys have been counted, ties as they stand, by way of as much room. Returns
 * where.
 */
export function sortPairs(pairs: usize, spare: usize, count: usize, counters: usize): usize {
  pass<u64>(pairs, spare, count, counters, 0);
  pass<u64>(spare, pairs, count, counters, 1);
  pass<u64>(pairs, spare, count, counters, 2);
  return spare;
}

// @ts-ignore: decorator
@inline
export function countKey(counters: usize, key: u32): void {
  increment(counters + (<usize>(key & 2047) << 2));
  increment(counters + 4 * BUCKETS + (<usize>((key >>> 11) & 2047) << 2));
  increment(counters + 8 * BUCKETS + (<usize>(key >>> 22) << 2));
}

// @ts-ignore: decorator
@inline
function increment(counter: usize): void {
  store<u32>(counter, load<u32>(counter) + 1);
}

/** Distributes entries, whose lower 32 bits are the key, by one digit, whose counts become positions. */
function pass<Entry>(source: usize, target: usize, count: usize, counters: usize, digit: usize): void {
  const places = counters + digit * 4 * BUCKETS;
  const shift: u32 = 11 * <u32>digit;
  let position: u32 = 0;
  for (let i: usize = 0; i < BUCKETS; i++) {
    const here = load<u32>(places + (i << 2));
    store<u32>(places + (i << 2), position);
    position += here;
  }
  for (let i: usize = 0; i < count; i++) {
    const entry = load<Entry>(source + i * sizeof<Entry>());
    const counter = places + (<usize>((<u32>entry >>> shift) & 2047) << 2);
    const place = load<u32>(counter);
    store<u32>(counter, place + 1);
    store<Entry>(target + <usize>place * sizeof<Entry>(), entry);
  }
}
