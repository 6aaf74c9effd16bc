/** Damage for bytes: what goes wrong on wires, and what attackers send. The same seed does the same. */
import { concatenate } from '@pgml/protocol';

/** Whole numbers below `bound`, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

export type Random = ReturnType<typeof randomNumbers>;

const damages: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes) => bytes,
  function flipBits(bytes, random) {
    const damaged = Uint8Array.from(bytes);
    for (let count = 1 + random(8); count > 0; count--) damaged[random(damaged.length)] ^= 1 << random(8);
    return damaged;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random(bytes.length + 1));
  },
  function remove(bytes, random) {
    const at = random(bytes.length);
    return concatenate([bytes.subarray(0, at), bytes.subarray(at + 1 + random(4))]);
  },
  function insert(bytes, random) {
    const at = random(bytes.length + 1);
    return concatenate([bytes.subarray(0, at), noise(1 + random(8), random), bytes.subarray(at)]);
  },
  function extremeNumber(bytes, random) {
    const damaged = Uint8Array.from(bytes);
    const extremes = [0x7fffffff, 0x80000000, 0xffffffff, 0x3fffffff, 0, 3, 4, 5, 0xffff0000, 0x00010000];
    const at = random(Math.max(1, damaged.length - 4));
    if (damaged.length >= at + 4) new DataView(damaged.buffer).setUint32(at, extremes[random(extremes.length)]);
    return damaged;
  },
  function nothingButNoise(_bytes, random) {
    return noise(1 + random(200), random);
  },
];

export const noise = (length: number, random: Random): Uint8Array => Uint8Array.from({ length }, () => random(256));

/** The bytes with one kind of damage, or none. */
export function damage(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return noise(1 + random(20), random);
  return damages[random(damages.length)](bytes, random);
}

/** The bytes in pieces, small or large. */
export function cut(bytes: Uint8Array, random: Random): Uint8Array[] {
  const largest = 1 + random(random(2) === 0 ? 4 : bytes.length + 1);
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + random(largest);
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}
