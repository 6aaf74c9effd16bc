/** Whether sums of numbers are exact in float64 whatever their order. */

const cast = new DataView(new ArrayBuffer(8));
const LARGEST_EXACT = 2 ** 53;

/** Numbers are whole multiples of 2^`unit`, and at most `largest` away from 0. */
interface Grid {
  readonly unit: number;
  readonly largest: number;
}

/** Undefined as soon as the grid is too fine for any sum to be exact. */
function gridOf(numbers: ArrayLike<number>): Grid | undefined {
  let unit = Infinity;
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) {
    const number = Math.abs(numbers[i]);
    if (number === 0) continue;
    largest = Math.max(largest, number);
    unit = Math.min(unit, lowestBit(number));
    if (largest >= LARGEST_EXACT * 2 ** unit) return undefined;
  }
  return { unit: unit === Infinity ? 0 : unit, largest };
}

/** k for a number that is an odd multiple of 2^k. */
function lowestBit(number: number): number {
  cast.setFloat64(0, number);
  const high = cast.getUint32(0);
  const low = cast.getUint32(4);
  const exponent = (high >>> 20) & 0x7ff;
  const upper = (high & 0xfffff) | (exponent > 0 ? 0x100000 : 0);
  const zeros = low !== 0 ? 31 - Math.clz32(low & -low) : 32 + 31 - Math.clz32(upper & -upper);
  return Math.max(1, exponent) - 1075 + zeros;
}

/**
 * Whether sums of weights, and of weights times targets and their squares, of up to `count` samples come out exactly, so
 * that the order of the samples does not matter.
 */
export function areSumsExact(
  weights: ArrayLike<number> | undefined,
  targets: ArrayLike<number> | undefined,
  count: number,
): boolean {
  const w = weights ? gridOf(weights) : { unit: 0, largest: 1 };
  const y = targets ? gridOf(targets) : { unit: 0, largest: 1 };
  if (!w || !y) return false;
  const fits = (power: number) =>
    count * w.largest * y.largest ** power < LARGEST_EXACT * 2 ** (w.unit + power * y.unit);
  return fits(0) && fits(1) && fits(2);
}
