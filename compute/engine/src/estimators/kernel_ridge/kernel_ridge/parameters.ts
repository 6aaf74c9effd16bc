import { arrayOf, choice, either, mapOf, nullable, number, withoutEffect } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'alpha',
    type: either(number(0), arrayOf(number(0))),
    default: 1,
    summary: 'Weight of the penalty against the summed squared errors; an array has one per target.',
  },
  {
    name: 'kernel',
    type: choice('linear', 'poly', 'polynomial', 'rbf', 'sigmoid', 'laplacian', 'cosine', 'chi2', 'additive_chi2'),
    default: 'linear',
    summary: 'How alike two rows are; the chi-squared kernels are for features that are never negative.',
  },
  {
    name: 'gamma',
    type: nullable(number(0)),
    default: null,
    summary:
      'Factor in the kernels rbf, laplacian, polynomial, sigmoid and chi2; null is 1 / number of features, and 1 for chi2.',
  },
  { name: 'degree', type: number(0), default: 3, summary: 'Degree of the polynomial kernel.' },
  { name: 'coef0', type: number(), default: 1, summary: 'What the polynomial and sigmoid kernels add to products.' },
  withoutEffect('kernel_params', nullable(mapOf(number())), null, 'it belongs to kernels given as functions'),
];

/** What `checkParameters` has passed. */
export interface KernelRidgeParameters {
  readonly alpha: number | readonly number[];
  readonly kernel: KernelName;
  readonly gamma: number | null;
  readonly degree: number;
  readonly coef0: number;
}

export type KernelName =
  'linear' | 'poly' | 'polynomial' | 'rbf' | 'sigmoid' | 'laplacian' | 'cosine' | 'chi2' | 'additive_chi2';
