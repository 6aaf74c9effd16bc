import { kernelFunctions } from '@pgml/kernels';
import type { FitContext, Fitted, TrainingData } from '../estimator.js';
import type { KernelFunction } from './kernel-function.js';
import { KernelRows } from './kernel-rows.js';
import type { SmoSolution } from './smo.js';
import { placeTiles } from './tiles.js';

/** A trained support vector machine of one score: intercept + sum of coefficient * k(support row, x). */
export interface Machine {
  /** Numbers of the rows that support it, ascending. */
  readonly support: Int32Array;
  readonly coefficients: Float64Array;
  readonly intercept: number;
  readonly objective: number;
  readonly iterations: number;
  readonly converged: boolean;
}

export interface MachineOptions {
  readonly function: KernelFunction;
  /** For rows of the kernel matrix. */
  readonly cacheBytes: number;
  readonly tolerance: number;
  readonly maximumIterations: number;
}

/** The machine of a solution; `rows` has the row of each coefficient, or -1. */
export function machineOf(
  { objective, iterations, converged }: SmoSolution,
  rows: Int32Array,
  coefficients: Float64Array,
  intercept: number,
): Machine {
  const order = [...rows.keys()].filter((i) => rows[i] >= 0 && coefficients[i] !== 0);
  order.sort((a, b) => rows[a] - rows[b]);
  return {
    support: Int32Array.from(order, (i) => rows[i]),
    coefficients: Float64Array.from(order, (i) => coefficients[i]),
    intercept,
    objective,
    iterations,
    converged,
  };
}

/** A machine that says the same of every row. */
export function constantMachine(score: number): Machine {
  const nothing = { objective: 0, iterations: 0, converged: true };
  return { support: new Int32Array(0), coefficients: new Float64Array(0), intercept: score, ...nothing };
}

/** The scores that a machine gives rows of `data`. */
export function scoresOf(
  machine: Machine,
  description: KernelFunction,
  data: TrainingData,
  rows: Int32Array,
  context: FitContext,
): Float64Array {
  const { kernels, checkpoint } = context;
  const { support, coefficients, intercept } = machine;
  const scores = new Float64Array(rows.length).fill(intercept);
  if (support.length === 0) return scores;
  const mark = kernels.mark();
  try {
    const supportTiles = placeTiles(kernels, data, support);
    const rowTiles = placeTiles(kernels, data, rows);
    const kernelRows = new KernelRows(context, supportTiles, description, 0);
    const rowAt = kernels.allocate(4 * supportTiles.places);
    const row = kernels.f32(rowAt, support.length);
    for (let i = 0; i < rows.length; i++) {
      if (i % 256 === 0) checkpoint(0);
      kernelRows.foreignRow(rowTiles, i, rowAt);
      for (let s = 0; s < support.length; s++) scores[i] += coefficients[s] * row[s];
    }
    return scores;
  } finally {
    kernels.release(mark);
  }
}

/**
 * Machines side by side, as an evaluator block has them: one score each, and after these so many outputs of `room` for
 * the decision.
 */
export function blockOfMachines(
  machines: readonly Machine[],
  description: KernelFunction,
  data: TrainingData,
  room = 0,
): Pick<Fitted['block'], 'kind' | 'words' | 'outputs'> {
  const outputs = machines.length + room;
  const intercepts = Float64Array.from(machines, ({ intercept }) => intercept);
  // A weighted sum of features needs no support vectors any more.
  if (description.kind === kernelFunctions.linear) {
    const weights = new Float64Array(outputs * data.features);
    weights.set(weightsOf(machines, data));
    const padded = new Float64Array(outputs);
    padded.set(intercepts);
    return { kind: 'linear', outputs, words: [weights, padded] };
  }
  const support = supportOf(machines);
  const vectors = new Float32Array(support.length * data.features);
  for (let feature = 0; feature < data.features; feature++) {
    const column = data.column(feature);
    for (let i = 0; i < support.length; i++) vectors[i * data.features + feature] = column[support[i]];
  }
  const position = new Map(Array.from(support, (row, i) => [row, i]));
  const coefficients = new Float64Array(support.length * machines.length);
  for (const [m, machine] of machines.entries())
    for (const [i, row] of machine.support.entries())
      coefficients[position.get(row)! * machines.length + m] = machine.coefficients[i];
  const numbers = Float64Array.of(description.gamma, description.coef0, description.degree);
  const { kind } = description;
  const words = [kind, support.length, numbers, vectors, coefficients, intercepts, machines.length, 0];
  return { kind: 'kernel', outputs, words };
}

/** Rows that support any of the machines, ascending. */
export function supportOf(machines: readonly Machine[]): Int32Array {
  return Int32Array.from(new Set(machines.flatMap(({ support }) => [...support]))).sort();
}

/** machines × features: the sums of support rows times their coefficients, for the linear kernel. */
export function weightsOf(machines: readonly Machine[], { features, column }: TrainingData): Float64Array {
  const weights = new Float64Array(machines.length * features);
  for (let feature = 0; feature < features; feature++) {
    const values = column(feature);
    for (const [m, { support, coefficients }] of machines.entries()) {
      let sum = 0;
      for (let i = 0; i < support.length; i++) sum += coefficients[i] * values[support[i]];
      weights[m * features + feature] = sum;
    }
  }
  return weights;
}
