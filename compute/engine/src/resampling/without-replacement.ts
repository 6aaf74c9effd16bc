import type { RandomState } from '@pgml/kernels';

/**
 * `size` different numbers out of 0 … count - 1, drawn as scikit-learn's `sample_without_replacement` does: small parts
 * number by number until they differ, nearly all by a reservoir, the rest as the beginning of a permutation.
 */
export function sampleWithoutReplacement(count: number, size: number, random: RandomState): Uint32Array {
  const ratio = size / count;
  if (ratio > 0.01 && ratio < 0.99) return random.choice(count, size);
  if (ratio < 0.2) {
    const chosen = new Set<number>();
    while (chosen.size < size) chosen.add(random.integer(0, count));
    return Uint32Array.from(chosen);
  }
  const reservoir = Uint32Array.from({ length: size }, (_, index) => index);
  for (let i = size; i < count; i++) {
    const place = random.integer(0, i + 1);
    if (place < size) reservoir[place] = i;
  }
  return reservoir;
}
