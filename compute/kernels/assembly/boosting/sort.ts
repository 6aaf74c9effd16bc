// Sorting of float32 values by radix: three passes of 11, 11 and 10 bits over integers that order as the values do.

const BUCKETS: usize = 2048;

/** Bytes of working space for so many values. */
export function valueSortBytes(count: usize): usize {
  return 3 * BUCKETS * 4 + (count << 3);
}

/** Sorts a copy: out f32[count] ascending, -0 as 0, NaN last. Returns how many are not NaN. */
export function sortValues(values: usize, count: usize, room: usize, out: usize): usize {
  const first = room + 3 * BUCKETS * 4;
  const second = first + (count << 2);
  memory.fill(room, 0, 3 * BUCKETS * 4);
  let present: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    const value = load<f32>(values + (i << 2));
    const isNumber = value == value;
    present += <usize>isNumber;
    const bits = reinterpret<u32>(value + 0);
    const key: u32 = isNumber ? bits ^ (<u32>(<i32>bits >> 31) | 0x80000000) : u32.MAX_VALUE;
    store<u32>(first + (i << 2), key);
    countKey(room, key & 2047);
    countKey(room + BUCKETS * 4, (key >>> 11) & 2047);
    countKey(room + 2 * BUCKETS * 4, key >>> 22);
  }
  pass(first, second, count, room, 0);
  pass(second, first, count, room + BUCKETS * 4, 11);
  pass(first, second, count, room + 2 * BUCKETS * 4, 22);
  for (let i: usize = 0; i < count; i++) {
    const key = load<u32>(second + (i << 2));
    const value = reinterpret<f32>(key ^ (<u32>(<i32>~key >> 31) | 0x80000000));
    store<f32>(out + (i << 2), i < present ? value : NaN);
  }
  return present;
}

// @ts-ignore: decorator
@inline
function countKey(counters: usize, digit: u32): void {
  const counter = counters + (<usize>digit << 2);
  store<u32>(counter, load<u32>(counter) + 1);
}

/** Distributes keys by one digit, whose counts become positions. */
function pass(source: usize, target: usize, count: usize, counters: usize, shift: u32): void {
  let position: u32 = 0;
  for (let i: usize = 0; i < BUCKETS; i++) {
    const here = load<u32>(counters + (i << 2));
    store<u32>(counters + (i << 2), position);
    position += here;
  }
  for (let i: usize = 0; i < count; i++) {
    const key = load<u32>(source + (i << 2));
    const counter = counters + (<usize>((key >>> shift) & 2047) << 2);
    const place = load<u32>(counter);
    store<u32>(counter, place + 1);
    store<u32>(target + (<usize>place << 2), key);
  }
}
