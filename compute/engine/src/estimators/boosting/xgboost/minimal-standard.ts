const MODULUS = 2147483647;
const MULTIPLIER = 48271;
/** Different numbers that the generator gives. */
const NUMBERS = MODULUS - 1;

/**
 * The multiplicative congruential generator of Park, Miller & Stockmeyer, "Remarks on Choosing and Implementing Random
 * Number Generators", 1993, which C++ calls minstd_rand, drawing as its standard library does: some of xgboost's random
 * choices are made with it.
 */
export class MinimalStandard {
  #state: number;

  constructor(seed: number) {
    this.#state = seed % MODULUS === 0 ? 1 : seed % MODULUS;
  }

  /** An integer from 0 to NUMBERS - 1. */
  #next(): number {
    this.#state = (this.#state * MULTIPLIER) % MODULUS;
    return this.#state - 1;
  }

  /** Uniform on 0 … count-1, by dividing and rejecting. */
  below(count: number): number {
    const size = Math.floor((NUMBERS - 1) / count);
    for (;;) {
      const value = Math.floor(this.#next() / size);
      if (value < count) return value;
    }
  }
}
