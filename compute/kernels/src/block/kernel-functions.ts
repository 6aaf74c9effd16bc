/** The kernel functions of the kind `kernel`; assembly/evaluate/kernel-functions.ts says what they are. */
export const kernelFunctions = {
  linear: 0,
  polynomial: 1,
  rbf: 2,
  sigmoid: 3,
  laplacian: 4,
  cosine: 5,
  chi2: 6,
  additiveChi2: 7,
  composite: 8,
} as const;
export type KernelFunction = keyof typeof kernelFunctions;
