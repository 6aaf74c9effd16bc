import { kernelFunctions, leastOutputs, RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../estimator.js';
import { heldOutScores, type TwoClasses } from './held-out-scores.js';
import {
  blockOfMachines,
  constantMachine,
  type Machine,
  type MachineOptions,
  scoresOf,
  supportOf,
  weightsOf,
} from './machine.js';
import { fitSigmoid, type Sigmoid } from './platt.js';

/** Two classes to tell apart: a score above 0 speaks for the first. */
export interface PairProblem extends TwoClasses {
  readonly data: TrainingData;
  /** By row: what it counts, above 0 for all rows that are given. */
  readonly weights: Float64Array;
  readonly options: MachineOptions;
  readonly progress: (part: number) => number;
}

export type TrainPair = (problem: PairProblem, context: FitContext) => Machine;

export interface OneVersusOneOptions {
  readonly machine: MachineOptions;
  /** By row: what it counts; rows that count nothing are left out. */
  readonly weights: Float64Array;
  readonly probability: boolean;
  readonly randomState: number | null;
}

/** scikit-learn draws LIBSVM's seed below this. */
const SEEDS = 2147483647;

/** A machine for each pair of classes (0,1), (0,2) … (1,2) …, whose votes decide. */
export function fitOneVersusOne(
  data: TrainingData,
  { machine: options, weights, probability, randomState }: OneVersusOneOptions,
  train: TrainPair,
  context: FitContext,
): Fitted {
  const rowsOf = rowsByClass(data, weights);
  const pairs: (readonly [number, number])[] = [];
  for (let a = 0; a < data.classes; a++) for (let b = a + 1; b < data.classes; b++) pairs.push([a, b]);
  const seed = new RandomState(randomState ?? context.seed).integer(0, SEEDS);
  const machines: Machine[] = [];
  const sigmoids: Sigmoid[] = [];
  for (const [index, [a, b]] of pairs.entries()) {
    const two = { first: rowsOf[a], second: rowsOf[b] };
    if (two.first.length === 0 || two.second.length === 0) {
      const score = Math.sign(two.first.length - two.second.length);
      machines.push(constantMachine(score));
      sigmoids.push({ slope: -CERTAIN, offset: 0 });
      continue;
    }
    // With probabilities, six machines are trained, five of them on four fifths of the rows.
    const trainings = probability ? 6 : 1;
    const progressOf = (training: number) => (part: number) => (index + (training + part) / trainings) / pairs.length;
    if (probability) {
      const scores = heldOutScores(
        two,
        () => new RandomState(seed),
        (classes, rows, fold) =>
          scoreHeldOut({ data, weights, options, progress: progressOf(fold), ...classes }, rows, train, context),
      );
      sigmoids.push(
        fitSigmoid(
          scores,
          Array.from(scores, (_, i) => i < two.first.length),
        ),
      );
    }
    machines.push(trained({ data, weights, options, progress: progressOf(trainings - 1), ...two }, train, context));
  }
  const room = probability ? leastOutputs('pairwiseCoupling', data.classes) - pairs.length : 0;
  const block = blockOfMachines(machines, options.function, data, room);
  const numbers = Float64Array.from(sigmoids.flatMap(({ slope, offset }) => [slope, offset]));
  const isLinear = options.function.kind === kernelFunctions.linear;
  return {
    block: probability
      ? { ...block, decision: 'pairwiseCoupling', classes: data.classes, decisionNumbers: numbers }
      : { ...block, decision: 'oneVersusOne' },
    details: {
      converged: machines.every(({ converged }) => converged),
      iterations: machines.reduce((sum, { iterations }) => sum + iterations, 0),
      support_vectors: supportOf(machines).length,
      gamma: options.function.gamma,
    },
    // As scikit-learn shows them: towards the second class.
    ...(isLinear && pairs.length === 1
      ? { importances: { coefficients: weightsOf(machines, data).map((weight) => -weight) } }
      : {}),
  };
}

/** A slope at which the score 1 is as good as certain. */
const CERTAIN = 40;

/** LIBSVM trains machines for probabilities with the second class first; only ties and rounding can tell. */
function scoreHeldOut(problem: PairProblem, rows: Int32Array, train: TrainPair, context: FitContext): Float64Array {
  const turned = { ...problem, first: problem.second, second: problem.first };
  const machine = trained(turned, train, context);
  return scoresOf(machine, problem.options.function, problem.data, rows, context).map((score) => -score);
}

/** Trains a pair, and gives back the kernel memory that it took. */
function trained(problem: PairProblem, train: TrainPair, context: FitContext): Machine {
  const mark = context.kernels.mark();
  try {
    return train(problem, context);
  } finally {
    context.kernels.release(mark);
  }
}

function rowsByClass(data: TrainingData, weights: Float64Array): Int32Array[] {
  const rows: number[][] = Array.from({ length: data.classes }, () => []);
  for (let row = 0; row < data.rows; row++) if (weights[row] > 0) rows[data.target[row]].push(row);
  const present = rows.filter(({ length }) => length > 0).length;
  if (present < 2)
    throw new FitError(
      'all rows that count belong to one class, and a support vector machine needs two',
      'Train on rows of at least two classes, with weights above 0.',
    );
  return rows.map((list) => Int32Array.from(list));
}
