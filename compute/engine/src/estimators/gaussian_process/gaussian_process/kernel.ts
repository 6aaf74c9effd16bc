/**
 * Kernels of Gaussian processes, as scikit-learn's sklearn.gaussian_process.kernels names them and their hyperparameters.
 */
import { log, operations } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';

/** Numbers of a kernel that may be learned, on a logarithmic scale and within bounds. */
export interface Hyperparameter {
  readonly name: string;
  /** One number; of anisotropic length scales one for each feature. */
  readonly values: readonly number[];
  /** Lower and upper bound, of each number or of all; undefined where the numbers are fixed. */
  readonly bounds: readonly (readonly [number, number])[] | undefined;
}

export type KernelName =
  'ConstantKernel' | 'WhiteKernel' | 'RBF' | 'Matern' | 'RationalQuadratic' | 'ExpSineSquared' | 'DotProduct';

export type Kernel =
  | {
      readonly name: KernelName;
      /** In alphabetical order, as scikit-learn counts them. */
      readonly hyperparameters: readonly Hyperparameter[];
      /** Of Matern: 0.5, 1.5, 2.5 or Infinity. */
      readonly nu?: number | undefined;
    }
  | { readonly name: 'Sum' | 'Product'; readonly first: Kernel; readonly second: Kernel }
  | { readonly name: 'Exponentiation'; readonly base: Kernel; readonly exponent: number };

const fixed = (name: string): Hyperparameter => ({ name, values: [1], bounds: undefined });

/** What scikit-learn takes where no kernel is given. */
export const defaultKernel: Kernel = {
  name: 'Product',
  first: { name: 'ConstantKernel', hyperparameters: [fixed('constant_value')] },
  second: { name: 'RBF', hyperparameters: [fixed('length_scale')] },
};

/** All hyperparameters, in the order in which scikit-learn counts them. */
export function hyperparametersOf(kernel: Kernel): readonly Hyperparameter[] {
  switch (kernel.name) {
    case 'Sum':
    case 'Product':
      return [...hyperparametersOf(kernel.first), ...hyperparametersOf(kernel.second)];
    case 'Exponentiation':
      return hyperparametersOf(kernel.base);
    default:
      return kernel.hyperparameters;
  }
}

/** The logarithms of all numbers that are not fixed, and their bounds. */
export function learnedNumbers(kernel: Kernel): { start: Float64Array; lower: Float64Array; upper: Float64Array } {
  const learned = hyperparametersOf(kernel).flatMap(({ values, bounds }) =>
    bounds ? values.map((value, index) => [value, ...(bounds[index] ?? bounds[0])]) : [],
  );
  const logarithms = (place: number) => Float64Array.from(learned, (numbers) => log(numbers[place]));
  return { start: logarithms(0), lower: logarithms(1), upper: logarithms(2) };
}

/** The kernel with other numbers in the place of those that are not fixed. */
export function withNumbers(kernel: Kernel, numbers: ArrayLike<number>): Kernel {
  let next = 0;
  const replaced = (one: Kernel): Kernel => {
    switch (one.name) {
      case 'Sum':
      case 'Product':
        return { ...one, first: replaced(one.first), second: replaced(one.second) };
      case 'Exponentiation':
        return { ...one, base: replaced(one.base) };
      default:
        return {
          ...one,
          hyperparameters: one.hyperparameters.map((own) =>
            own.bounds ? { ...own, values: own.values.map(() => numbers[next++]) } : own,
          ),
        };
    }
  };
  return replaced(kernel);
}

/** A kernel as the program that the kernels run, see assembly/evaluate/composite.ts of @pgml/kernels. */
export interface Program {
  readonly numbers: readonly number[];
  /** For each number that is learned, where it stands, and whether as its inverse. */
  readonly learned: readonly { readonly place: number; readonly inverse: boolean }[];
}

export function programOf(kernel: Kernel, features: number): Program {
  const numbers: number[] = [];
  const learned: { place: number; inverse: boolean }[] = [];
  const add = (hyperparameter: Hyperparameter, inverse = false): void => {
    for (const value of hyperparameter.values) {
      if (hyperparameter.bounds) learned.push({ place: numbers.length, inverse });
      numbers.push(inverse ? 1 / value : value);
    }
  };
  const addScales = (scales: Hyperparameter): void => {
    if (scales.values.length !== 1 && scales.values.length !== features)
      throw new FitError(
        `a kernel has ${scales.values.length} length scales, but there are ${features} features`,
        'Give one length scale for all features, or one for each.',
      );
    numbers.push(scales.values.length);
    add(scales, true);
  };
  const write = (one: Kernel): void => {
    const start = numbers.length;
    const begin = (operation: number) => numbers.push(operation, 0);
    switch (one.name) {
      case 'Sum':
      case 'Product':
        begin(one.name === 'Sum' ? operations.sum : operations.product);
        write(one.first);
        write(one.second);
        break;
      case 'Exponentiation':
        begin(operations.power);
        numbers.push(one.exponent);
        write(one.base);
        break;
      case 'RBF':
        begin(operations.rbf);
        addScales(one.hyperparameters[0]);
        break;
      case 'Matern':
        if (one.nu === Infinity) begin(operations.rbf);
        else {
          begin(operations.matern);
          numbers.push(2 * one.nu!);
        }
        addScales(one.hyperparameters[0]);
        break;
      case 'RationalQuadratic': {
        begin(operations.rationalQuadratic);
        // The program has the length scale first; learned numbers are counted as they are declared.
        const [alpha, lengthScale] = one.hyperparameters;
        const place = numbers.length;
        numbers.push(lengthScale.values[0], alpha.values[0]);
        if (alpha.bounds) learned.push({ place: place + 1, inverse: false });
        if (lengthScale.bounds) learned.push({ place, inverse: false });
        break;
      }
      default:
        begin(simple[one.name]);
        for (const hyperparameter of one.hyperparameters) add(hyperparameter);
    }
    numbers[start + 1] = numbers.length - start;
  };
  write(kernel);
  return { numbers, learned };
}

const simple = {
  ConstantKernel: operations.constant,
  WhiteKernel: operations.white,
  ExpSineSquared: operations.expSineSquared,
  DotProduct: operations.dotProduct,
};

/** The kernel as text, which parseKernel reads. */
export function printKernel(kernel: Kernel): string {
  const inner = (one: Kernel, ...names: Kernel['name'][]): string =>
    names.includes(one.name) ? `(${printKernel(one)})` : printKernel(one);
  switch (kernel.name) {
    case 'Sum':
      return `${printKernel(kernel.first)} + ${inner(kernel.second, 'Sum')}`;
    case 'Product':
      return `${inner(kernel.first, 'Sum')} * ${inner(kernel.second, 'Sum', 'Product')}`;
    case 'Exponentiation':
      return `${inner(kernel.base, 'Sum', 'Product', 'Exponentiation')} ** ${kernel.exponent}`;
    default: {
      const shown = kernel.hyperparameters.map(
        ({ name, values }) => `${name}=${values.length === 1 ? values[0] : `[${values.join(', ')}]`}`,
      );
      if (kernel.nu !== undefined) shown.push(`nu=${kernel.nu === Infinity ? 'inf' : kernel.nu}`);
      return `${kernel.name}(${shown.join(', ')})`;
    }
  }
}
