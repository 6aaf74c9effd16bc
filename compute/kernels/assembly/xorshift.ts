// The small generator of scikit-learn's compiled loops: xorshift on 32 bits with 13, 17, 5 (Marsaglia, "Xorshift RNGs",
// Journal of Statistical Software 8, 2003), of which the lower 31 are given out.

/** The bits of a state that are given out. */
export const DRAWN: u32 = 0x7fffffff;

/** The next state. A state is not 0. */
// @ts-ignore: decorator
@inline
export function nextState(state: u32): u32 {
  state ^= state << 13;
  state ^= state >> 17;
  return state ^ (state << 5);
}
