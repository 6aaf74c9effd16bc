/** What one dimension contributes to the distance of two points, by number of the metric. */
export const contributions: readonly ((a: number, b: number) => number)[] = [
  (a, b) => (a - b) * (a - b),
  (a, b) => Math.abs(a - b),
  (a, b) => a * b,
];

/** The distance to a union, by number of the linkage: from those to its parts, theirs, and the three sizes. */
export const unions: readonly ((
  toA: number,
  toB: number,
  between: number,
  a: number,
  b: number,
  own: number,
) => number)[] = [
  (toA, toB, between, a, b, own) =>
    Math.sqrt(((own + a) * toA * toA + (own + b) * toB * toB - own * between * between) / (a + b + own)),
  (toA, toB) => Math.max(toA, toB),
  (toA, toB, _, a, b) => (a * toA + b * toB) / (a + b),
];
