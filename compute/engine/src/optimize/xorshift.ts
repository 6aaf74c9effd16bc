/**
 * The small generator that scikit-learn's compiled loops draw from: xorshift with 13, 17, 5 (Marsaglia, "Xorshift RNGs",
 * Journal of Statistical Software 8, 2003) on 32 bits, of which the lower 31 are given out.
 */
export class Xorshift {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** An integer from 0 to `end` - 1; the lower ones are likelier where `end` does not divide 2^31. */
  below(end: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return (this.#state & 0x7fffffff) % end;
  }
}
