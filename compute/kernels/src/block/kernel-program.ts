/** The operations of composite kernels; assembly/evaluate/composite.ts describes their programs. */
export const operations = {
  constant: 0,
  white: 1,
  rbf: 2,
  matern: 3,
  rationalQuadratic: 4,
  expSineSquared: 5,
  dotProduct: 6,
  sum: 7,
  product: 8,
  power: 9,
} as const;

/** How deeply nodes may be nested, so that no program exhausts a stack. */
export const MOST_DEPTH = 64;
