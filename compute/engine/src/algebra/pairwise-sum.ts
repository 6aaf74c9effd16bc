/** Sums in the order in which numpy makes them, by halves, so that they round as there. */

const BLOCK = 128;
/** numpy sums the sums of stretches of so many numbers one after another. */
const STRETCH = 8192;

/** `numpy.sum` of contiguous float64 numbers. */
export function pairwiseSum(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let first = 0; first < numbers.length; first += STRETCH)
    sum += sumOfHalves(numbers, first, Math.min(numbers.length, first + STRETCH));
  return sum;
}

function sumOfHalves(numbers: ArrayLike<number>, first: number, last: number): number {
  const count = last - first;
  let sum = 0;
  let next = first;
  if (count > BLOCK) {
    const half = Math.floor(count / 16) * 8;
    return sumOfHalves(numbers, first, first + half) + sumOfHalves(numbers, first + half, last);
  }
  if (count >= 8) {
    const lanes = Float64Array.from({ length: 8 }, (_, lane) => numbers[first + lane]);
    for (next = first + 8; next + 8 <= last; next += 8)
      for (let lane = 0; lane < 8; lane++) lanes[lane] += numbers[next + lane];
    const [a, b, c, d, e, f, g, h] = lanes as unknown as number[];
    sum = a + b + (c + d) + (e + f + (g + h));
  }
  for (; next < last; next++) sum += numbers[next];
  return sum;
}
