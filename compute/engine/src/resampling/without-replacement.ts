/** Drawing without replacement, as scikit-learn's `sample_without_replacement` does it by itself. */
import type { RandomState } from '@pgml/kernels';

/**
 * `count` different numbers below `population`: the first of a permutation, unless nearly all or hardly any are wanted;
 * then one after another, drawn again when they came before, or (Vitter, "Random Sampling with a Reservoir", 1985) the
 * first `count` numbers, which later ones replace at random.
 */
export function sampleWithoutReplacement(population: number, count: number, random: RandomState): Uint32Array {
  const part = population === 0 ? 1 : count / population;
  if (part > 0.01 && part < 0.99) return random.permutation(population).slice(0, count);
  if (part < 0.2) {
    const drawn = new Set<number>();
    while (drawn.size < count) drawn.add(random.integer(0, population));
    return Uint32Array.from(drawn);
  }
  const reservoir = Uint32Array.from({ length: count }, (_, index) => index);
  for (let next = count; next < population; next++) {
    const place = random.integer(0, next + 1);
    if (place < count) reservoir[place] = next;
  }
  return reservoir;
}
