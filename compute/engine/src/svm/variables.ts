import type { FitContext, TrainingData } from '../estimator.js';
import { KernelRows } from './kernel-rows.js';
import type { MachineOptions } from './machine.js';
import { type Part, solve, type SmoSolution } from './smo.js';
import { placeTiles, TILE_ROWS } from './tiles.js';

/** A variable of the solver: its bounds, linear term and start. */
export interface Variable {
  readonly linear: number;
  readonly lower: number;
  readonly upper: number;
  readonly start: number;
}

/** Variables of consecutive rows. */
export interface VariablesOfRows {
  /** Which of the lists of rows they belong to. */
  readonly rows: number;
  /** The variable of the row at a position of the list. */
  readonly variable: (row: number, position: number) => Variable;
}

export interface RowProblem {
  /** Lists of rows of the training data: all kernel functions between all of them are used. */
  readonly rows: readonly Int32Array[];
  readonly parts: readonly VariablesOfRows[];
  /** Whether the sum of all variables is fixed, or that of each part. */
  readonly joint: boolean;
  readonly options: MachineOptions;
  readonly progress: (part: number) => number;
}

export interface RowSolution {
  readonly solution: SmoSolution;
  /** For each place of a part's variables, the row, or -1 for padding. */
  readonly rows: readonly Int32Array[];
  /** β by part and place. */
  readonly beta: readonly Float64Array[];
}

/** Lays rows and variables out for the solver, each list padded to full tiles with variables that cannot move. */
export function solveRows(problem: RowProblem, data: TrainingData, context: FitContext): RowSolution {
  const { options, joint, progress } = problem;
  const padded = problem.rows.map(padToTile);
  const firstRows = padded.map((_, i) => padded.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const tiles = placeTiles(context.kernels, data, Int32Array.from(padded.flatMap((list) => [...list])));
  const parts: Part[] = problem.parts.map(({ rows }) => ({ firstRow: firstRows[rows], count: padded[rows].length }));
  const variables = parts.reduce((sum, { count }) => sum + count, 0);
  const linear = new Float64Array(variables);
  const lower = new Float64Array(variables);
  const upper = new Float64Array(variables);
  const start = new Float64Array(variables);
  let offset = 0;
  for (const { rows, variable } of problem.parts) {
    for (const [position, row] of problem.rows[rows].entries()) {
      const one = variable(row, position);
      linear[offset + position] = one.linear;
      lower[offset + position] = one.lower;
      upper[offset + position] = one.upper;
      start[offset + position] = one.start;
    }
    offset += padded[rows].length;
  }
  const kernelRows = new KernelRows(context, tiles, options.function, options.cacheBytes);
  const { tolerance, maximumIterations } = options;
  const solution = solve(
    { rows: kernelRows, parts, joint, linear, lower, upper, start },
    { tolerance, maximumIterations, progress },
    context,
  );
  const ends = parts.map((_, i) => parts.slice(0, i + 1).reduce((sum, { count }) => sum + count, 0));
  return {
    solution,
    rows: problem.parts.map(({ rows }) => padded[rows]),
    beta: parts.map(({ count }, i) => solution.beta.subarray(ends[i] - count, ends[i])),
  };
}

function padToTile(rows: Int32Array): Int32Array {
  const padded = new Int32Array(Math.ceil(rows.length / TILE_ROWS) * TILE_ROWS).fill(-1);
  padded.set(rows);
  return padded;
}
