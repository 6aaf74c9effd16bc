/**
 * The seeded generator behind everything random: the Mersenne Twister MT19937 (Matsumoto & Nishimura, "Mersenne
 * Twister: a 623-dimensionally equidistributed uniform pseudo-random number generator", 1998), drawing numbers in the
 * way numpy's `RandomState` does, so that a seed means here what `random_state` means to scikit-learn.
 */
import { log } from './math.js';

const STATE = 624;
const SHIFT = 397;

export class RandomState {
  readonly #state = new Uint32Array(STATE);
  /** The next word of the state to give out; STATE when a new block is due. */
  #next = STATE;
  /** The second value of a pair of normal deviates, waiting to be given out. */
  #spareNormal: number | undefined;

  /**
   * An integer from 0 to 2^32 - 1 seeds as `RandomState(seed)` does (init_genrand), a list of such integers as
   * `RandomState([…])` does (init_by_array). Throws RangeError for anything else.
   */
  constructor(seed: number | readonly number[]) {
    if (typeof seed === 'number') this.#seed(checkedSeed(seed));
    else this.#seedByList(seed.map(checkedSeed));
  }

  #seed(seed: number): void {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < STATE; i++) {
      const previous = state[i - 1];
      state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  #seedByList(key: readonly number[]): void {
    if (key.length === 0) throw new RangeError('a list of seeds needs at least one number');
    this.#seed(19650218);
    const state = this.#state;
    let i = 1;
    const advance = () => {
      if (++i < STATE) return;
      state[0] = state[STATE - 1]!;
      i = 1;
    };
    for (let k = 0; k < Math.max(STATE, key.length); k++) {
      const previous = state[i - 1];
      const j = k % key.length;
      state[i] = (state[i] ^ Math.imul(previous ^ (previous >>> 30), 1664525)) + key[j] + j;
      advance();
    }
    for (let k = 1; k < STATE; k++) {
      const previous = state[i - 1];
      state[i] = (state[i] ^ Math.imul(previous ^ (previous >>> 30), 1566083941)) - i;
      advance();
    }
    state[0] = 0x80000000;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < STATE; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % STATE] & 0x7fffffff);
      state[i] = state[(i + SHIFT) % STATE] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }

  /** 32 random bits, as an integer from 0 to 2^32 - 1. */
  uint32(): number {
    if (this.#next === STATE) this.#refill();
    let y = this.#state[this.#next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** Uniform in [0, 1) with 53 random bits: `random_sample()`. */
  double(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** `random_sample(count)`. */
  doubles(count: number): Float64Array {
    return Float64Array.from({ length: count }, () => this.double());
  }

  /** Uniform on the integers low … high - 1: `randint(low, high)`. The range must hold 1 to 2^53 integers. */
  integer(low: number, high: number): number {
    const span = high - low;
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high - 1) || !(span > 0 && span <= 2 ** 53))
      throw new RangeError(`cannot draw an integer from ${low} to below ${high}`);
    return low + this.#upTo(span - 1);
  }

  /** `randint(low, high, count)`. */
  integers(low: number, high: number, count: number): Float64Array {
    return Float64Array.from({ length: count }, () => this.integer(low, high));
  }

  /** Uniform on 0 … largest by masking and rejecting. */
  #upTo(largest: number): number {
    if (largest === 0) return 0;
    if (largest > 0xffffffff) {
      const highMask = maskFor(Math.floor(largest / 4294967296));
      for (;;) {
        const high = (this.uint32() & highMask) >>> 0;
        const value = high * 4294967296 + this.uint32();
        if (value <= largest) return value;
      }
    }
    const mask = maskFor(largest);
    for (;;) {
      const value = (this.uint32() & mask) >>> 0;
      if (value <= largest) return value;
    }
  }

  /** Shuffles in place as `shuffle` does: from the last element down, each swapped with one at or before it. */
  shuffle(values: { readonly length: number; [index: number]: number }): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.#upTo(i);
      const value = values[i];
      values[i] = values[j]!;
      values[j] = value;
    }
  }

  /** The numbers 0 … count - 1 in random order: `permutation(count)`. */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    this.shuffle(order);
    return order;
  }

  /** `size` different numbers out of 0 … count - 1: `choice(count, size, replace=False)`. */
  choice(count: number, size: number): Uint32Array {
    if (!(size >= 0 && size <= count)) throw new RangeError(`cannot choose ${size} different numbers out of ${count}`);
    return this.permutation(count).slice(0, size);
  }

  /** A standard normal deviate by Marsaglia's polar method: `standard_normal()`, to within rounding of the logarithm. */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.double() - 1;
      const y = 2 * this.double() - 1;
      const squared = x * x + y * y;
      if (squared >= 1 || squared === 0) continue;
      const factor = Math.sqrt((-2 * log(squared)) / squared);
      this.#spareNormal = factor * x;
      return factor * y;
    }
  }
}

function checkedSeed(seed: number): number {
  if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff) return seed;
  throw new RangeError(`a seed is an integer from 0 to 4294967295, not ${seed}`);
}

/** The smallest 2^k - 1 that is not below `largest`, which is at least 0 and below 2^32. */
function maskFor(largest: number): number {
  return largest === 0 ? 0 : 0xffffffff >>> Math.clz32(largest);
}
