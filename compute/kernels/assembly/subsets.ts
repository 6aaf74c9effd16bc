// Many random subsets, drawn as numpy's RandomState.choice(rows, size, replace=False) draws them one after the other.
// What is drawn is the whole permutation of which a subset is the beginning, so it is worth a kernel. See
// src/random.ts for the generator; its state is u32[624], here followed by the position of the next word.
const STATE: usize = 624;
const SHIFT: usize = 397;

/** `state` is u32[625]. */
export function seedGenerator(state: usize, seed: u32): void {
  store<u32>(state, seed);
  let previous = seed;
  for (let i: usize = 1; i < STATE; i++) {
    previous = 1812433253 * (previous ^ (previous >> 30)) + <u32>i;
    store<u32>(state + (i << 2), previous);
  }
  store<u32>(state + (STATE << 2), <u32>STATE);
}

/** Writes `count` subsets of `size` out of 0 … rows - 1 to u32[count][size] at `out`. `order` is room for u32[rows]. */
export function chooseSubsets(state: usize, rows: u32, size: usize, count: usize, order: usize, out: usize): void {
  for (let subset: usize = 0; subset < count; subset++) {
    for (let i: u32 = 0; i < rows; i++) store<u32>(order + (<usize>i << 2), i);
    // Without branches, which could not be foretold: a number that is out of range swaps i with itself, and i stays.
    for (let i = rows - 1; i > 0; ) {
      const j = next(state) & ((<u32>0xffffffff) >> clz(i));
      const fits = j <= i;
      const at = order + (<usize>i << 2);
      const other = order + (<usize>select(j, i, fits) << 2);
      const value = load<u32>(at);
      store<u32>(at, load<u32>(other));
      store<u32>(other, value);
      i -= <u32>fits;
    }
    memory.copy(out + ((subset * size) << 2), order, size << 2);
  }
}

// @ts-ignore: decorator
@inline
function next(state: usize): u32 {
  const position = state + (STATE << 2);
  let at = load<u32>(position);
  if (at == <u32>STATE) {
    refill(state);
    at = 0;
  }
  store<u32>(position, at + 1);
  let y = load<u32>(state + (<usize>at << 2));
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >> 18);
}

function refill(state: usize): void {
  for (let i: usize = 0; i < STATE - SHIFT; i++) twist(state, i, i + 1, i + SHIFT);
  for (let i = STATE - SHIFT; i < STATE - 1; i++) twist(state, i, i + 1, i + SHIFT - STATE);
  twist(state, STATE - 1, 0, SHIFT - 1);
}

// @ts-ignore: decorator
@inline
function twist(state: usize, own: usize, following: usize, far: usize): void {
  const y = (load<u32>(state + (own << 2)) & 0x80000000) | (load<u32>(state + (following << 2)) & 0x7fffffff);
  store<u32>(state + (own << 2), load<u32>(state + (far << 2)) ^ (y >> 1) ^ ((y & 1) * 0x9908b0df));
}
