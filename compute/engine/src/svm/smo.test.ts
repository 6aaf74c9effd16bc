import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelFunctions, loadKernels, RandomState } from '@pgml/kernels';
import { Cancelled } from '../estimator.js';
import { backwardsTeam, fitContext, type FitContextOptions, trainingData } from '../testing/data.js';
import type { KernelFunction } from './kernel-function.js';
import { type RowSolution, solveRows, type Variable } from './variables.js';

const kernels = loadKernels();
const rbf: KernelFunction = { kind: kernelFunctions.rbf, gamma: 0.3, coef0: 0, degree: 3 };

interface Example {
  readonly columns: readonly Float32Array[];
  /** The rows of each list. */
  readonly rows: readonly Int32Array[];
  readonly parts: readonly { readonly rows: number; readonly variables: readonly Variable[] }[];
  readonly joint: boolean;
}

/** Classification (one part) or regression (two parts of the same rows); of fixed sums if not joint. */
function example(seed: number, isRegression: boolean, joint: boolean): Example {
  const random = new RandomState(seed);
  const count = 30;
  const columns = Array.from({ length: 3 }, () => Float32Array.from({ length: count }, () => random.normal()));
  const all = Int32Array.from({ length: count }, (_, row) => row);
  const variable = (sign: number, linear: number, cost: number): Variable => ({
    linear,
    lower: sign > 0 ? 0 : -cost,
    upper: sign > 0 ? cost : 0,
    start: joint ? 0 : (sign * cost) / 4,
  });
  if (isRegression) {
    const targets = Array.from(all, () => random.normal());
    const costs = Array.from(all, () => random.integer(1, 5) / 2);
    const part = (sign: number) => ({
      rows: 0,
      variables: targets.map((target, row) => variable(sign, -target + sign * (joint ? 0.1 : 0), costs[row])),
    });
    return { columns, rows: [all], parts: [part(1), part(-1)], joint };
  }
  const signs = Array.from(all, () => (random.double() < 0.4 ? 1 : -1));
  if (joint)
    return {
      columns,
      rows: [all],
      parts: [{ rows: 0, variables: signs.map((sign) => variable(sign, -sign, 2)) }],
      joint,
    };
  const rowsOf = (sign: number) => all.filter((row) => signs[row] === sign);
  const parts = [1, -1].map((sign, rows) => ({
    rows,
    variables: Array.from(rowsOf(sign), () => variable(sign, 0, 1)),
  }));
  return { columns, rows: [rowsOf(1), rowsOf(-1)], parts, joint };
}

interface Options extends FitContextOptions {
  readonly cacheBytes?: number;
  readonly maximumIterations?: number;
}

function solution(
  { columns, rows, parts, joint }: Example,
  { cacheBytes = 1e6, maximumIterations = -1, ...more }: Options = {},
): RowSolution {
  const mark = kernels.mark();
  try {
    const options = { function: rbf, cacheBytes, tolerance: 1e-9, maximumIterations };
    const described = parts.map((part) => ({
      rows: part.rows,
      variable: (_row: number, position: number) => part.variables[position],
    }));
    const problem = { rows, parts: described, joint, options, progress: (part: number) => part };
    return solveRows(problem, trainingData(kernels, columns), fitContext(kernels, more));
  } finally {
    kernels.release(mark);
  }
}

/** Kβ + linear for each variable, from the definition. */
function slopesOf({ columns, rows, parts }: Example, beta: readonly Float64Array[]): number[][] {
  const k = (a: number, b: number) =>
    Math.fround(Math.exp(-rbf.gamma * columns.reduce((sum, column) => sum + (column[a] - column[b]) ** 2, 0)));
  return parts.map((part) =>
    part.variables.map(({ linear }, position) => {
      let slope = linear;
      for (const [p, other] of parts.entries())
        for (let i = 0; i < other.variables.length; i++)
          slope += k(rows[part.rows][position], rows[other.rows][i]) * beta[p][i];
      return slope;
    }),
  );
}

for (const isRegression of [false, true])
  for (const joint of [true, false])
    test(`${isRegression ? 'two variables' : 'a variable'} for each row, ${joint ? 'one sum' : 'two sums'} fixed: the optimality conditions`, () => {
      for (let seed = 0; seed < 10; seed++) {
        const problem = example(seed, isRegression, joint);
        const { beta, solution: solved } = solution(problem);
        const slopes = slopesOf(problem, beta);
        assert.equal(solved.converged, true);
        let [sum, startSum] = [0, 0];
        for (const [p, { variables }] of problem.parts.entries()) {
          const level = solved.levels[joint ? 0 : p];
          for (const [i, { lower, upper, start }] of variables.entries()) {
            const value = beta[p][i];
            sum += value;
            startSum += start;
            assert.ok(value >= lower && value <= upper);
            // No variable that may grow slopes down, none that may shrink slopes up, from the common level.
            if (value < upper) assert.ok(slopes[p][i] >= level - 2e-8, `${slopes[p][i]} below ${level}`);
            if (value > lower) assert.ok(slopes[p][i] <= level + 2e-8, `${slopes[p][i]} above ${level}`);
          }
          if (!joint) {
            assert.ok(Math.abs(sum - startSum) < 1e-12, 'the sum of the part is kept');
            [sum, startSum] = [0, 0];
          }
        }
        assert.ok(Math.abs(sum - startSum) < 1e-12, 'the sum is kept');
        const objective = problem.parts.reduce(
          (total, { variables }, p) =>
            total + variables.reduce((part, { linear }, i) => part + (beta[p][i] * (slopes[p][i] + linear)) / 2, 0),
          0,
        );
        assert.ok(Math.abs(objective - solved.objective) < 1e-9);
      }
    });

test('a cache of next to nothing and another order of threads change no bit', () => {
  const problem = example(3, true, true);
  const expected = solution(problem).beta;
  assert.deepEqual(solution(problem, { cacheBytes: 0 }).beta, expected);
  assert.deepEqual(solution(problem, { team: backwardsTeam(kernels) }).beta, expected);
});

test('stops when the iterations are used up, and says so', () => {
  const { solution: solved } = solution(example(1, false, true), { maximumIterations: 3 });
  assert.equal(solved.iterations, 3);
  assert.equal(solved.converged, false);
});

test('can be cancelled', () => {
  const beforeEach = () => {
    throw new Cancelled();
  };
  assert.throws(() => solution(example(1, false, true), { beforeEach }), Cancelled);
});
