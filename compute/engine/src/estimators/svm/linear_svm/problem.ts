import type { FitContext } from '../../../estimator.js';
import type { Design } from './design.js';

/**
 * What all linear machines with a loss of their own for each row minimize over w:
 *
 *   penalty(w) + sum over rows of cost * distance(w·x, [low, high]) ^ power
 *
 * Hinge loss of a row of the positive class: the interval [1, Infinity); of the negative class: (-Infinity, -1].
 * Errors beyond epsilon: [y - epsilon, y + epsilon]. Rows that do not count have all numbers as their interval.
 */
export interface LinearProblem {
  readonly design: Design;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** 0 only where the interval is unbounded. */
  readonly costs: Float64Array;
}

export interface LinearOptions {
  /** Relative; what is met is far below, for these methods converge fast in the end. */
  readonly tolerance: number;
  readonly maximumIterations: number;
  readonly context: FitContext;
  readonly progress: (part: number) => number;
}

export interface LinearSolution {
  /** One number for each column of the design. */
  readonly coefficients: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/** How far a score lies above its interval, negative below it, 0 inside. */
export function excess(score: number, low: number, high: number): number {
  return score > high ? score - high : score < low ? score - low : 0;
}

/** The progress of a method that makes about so many steps. */
export function stepProgress(iteration: number, usual: number): number {
  return iteration / (iteration + usual);
}
