// Sorting the samples of a node by a feature. A key is u64: row number in the lower half, rank of the value in the upper.

/** Up to so many keys are sorted by insertion. */
const FEW: usize = 48;
const MOST_DIGITS: u32 = 11;

// @ts-ignore: decorator
@inline
function keyAt(keys: usize, index: usize): u64 {
  return load<u64>(keys + (index << 3));
}

// @ts-ignore: decorator
@inline
function rankAt(keys: usize, index: usize): u32 {
  return load<u32>(keys + (index << 3), 4);
}

/** Keys of the samples; the rank of row r is at `ranks` + r * `stride`. */
export function gatherKeys(ranks: usize, stride: usize, samples: usize, count: usize, keys: usize): void {
  const end = samples + (count << 2);
  for (; samples < end; samples += 4) {
    const row = load<u32>(samples);
    store<u32>(keys, row);
    store<u32>(keys, load<u32>(ranks + <usize>row * stride), 4);
    keys += 8;
  }
}

/** Sorts by rank, ties in any order. Ranks are below `distinct`. Returns where the sorted keys are: `keys` or `spare`. */
export function sortKeys(keys: usize, spare: usize, count: usize, distinct: u32, counts: usize): usize {
  if (count <= FEW) {
    insertionSort(keys, count);
    return keys;
  }
  const bits: u32 = distinct <= 1 ? 1 : 32 - clz(distinct - 1);
  const most: u32 = count < 1024 ? 8 : MOST_DIGITS;
  const passes: u32 = (bits + most - 1) / most;
  const digits: u32 = (bits + passes - 1) / passes;
  let from = keys;
  let to = spare;
  for (let pass: u32 = 0; pass < passes; pass++) {
    radixPass(from, to, count, 32 + pass * digits, digits, counts);
    const swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

function radixPass(from: usize, to: usize, count: usize, shift: u32, digits: u32, counts: usize): void {
  const size: usize = <usize>1 << digits;
  const mask: u64 = size - 1;
  memory.fill(counts, 0, size << 2);
  const end = from + (count << 3);
  for (let at = from; at < end; at += 8) {
    const cell = counts + (<usize>((load<u64>(at) >> shift) & mask) << 2);
    store<u32>(cell, load<u32>(cell) + 1);
  }
  let place: u32 = <u32>to;
  for (let cell = counts; cell < counts + (size << 2); cell += 4) {
    const here = load<u32>(cell);
    store<u32>(cell, place);
    place += here << 3;
  }
  for (let at = from; at < end; at += 8) {
    const key = load<u64>(at);
    const cell = counts + (<usize>((key >> shift) & mask) << 2);
    const target = load<u32>(cell);
    store<u64>(target, key);
    store<u32>(cell, target + 8);
  }
}

function insertionSort(keys: usize, count: usize): void {
  const end = keys + (count << 3);
  for (let at = keys + 8; at < end; at += 8) {
    const key = load<u64>(at);
    let hole = at;
    while (hole > keys) {
      const before = load<u64>(hole - 8);
      if (before <= key) break;
      store<u64>(hole, before);
      hole -= 8;
    }
    store<u64>(hole, key);
  }
}

/** Whether different rows of the sorted keys have the same rank. */
export function hasTies(keys: usize, count: usize): bool {
  for (let i: usize = 1; i < count; i++) {
    const key = keyAt(keys, i);
    const before = keyAt(keys, i - 1);
    if (key >> 32 == before >> 32 && key != before) return true;
  }
  return false;
}

// Introsort (Musser, "Introspective Sorting and Selection Algorithms", 1997) with the median of three as the pivot and
// a partition into below, equal and above (Bentley & McIlroy, "Engineering a Sort Function", 1993). It leaves ties in
// the order in which scikit-learn, which sorts so, leaves them: where sums round, their order shows.

// @ts-ignore: decorator
@inline
function swap(keys: usize, a: usize, b: usize): void {
  const key = keyAt(keys, a);
  store<u64>(keys + (a << 3), keyAt(keys, b));
  store<u64>(keys + (b << 3), key);
}

export function sortAsReference(keys: usize, count: usize): void {
  if (count == 0) return;
  const log2: i32 = 31 - <i32>clz(<u32>count);
  introsort(keys, count, 2 * log2);
}

function introsort(keys: usize, count: usize, depth: i32): void {
  while (count > 1) {
    if (depth-- <= 0) {
      heapsort(keys, count);
      return;
    }
    const pivot = medianOfThree(rankAt(keys, 0), rankAt(keys, count >> 1), rankAt(keys, count - 1));
    let below: usize = 0;
    let at: usize = 0;
    let above = count;
    while (at < above) {
      const rank = rankAt(keys, at);
      if (rank < pivot) swap(keys, at++, below++);
      else if (rank > pivot) swap(keys, at, --above);
      else at++;
    }
    introsort(keys, below, depth);
    keys += above << 3;
    count -= above;
  }
}

function medianOfThree(a: u32, b: u32, c: u32): u32 {
  return max(min(a, b), min(max(a, b), c));
}

function heapsort(keys: usize, count: usize): void {
  for (let start = ((count - 2) >> 1) + 1; start > 0; start--) siftDown(keys, start - 1, count);
  for (let end = count - 1; end > 0; end--) {
    swap(keys, 0, end);
    siftDown(keys, 0, end);
  }
}

function siftDown(keys: usize, root: usize, end: usize): void {
  for (;;) {
    const child: usize = 2 * root + 1;
    let largest = root;
    if (child < end && rankAt(keys, largest) < rankAt(keys, child)) largest = child;
    if (child + 1 < end && rankAt(keys, largest) < rankAt(keys, child + 1)) largest = child + 1;
    if (largest == root) return;
    swap(keys, root, largest);
    root = largest;
  }
}
