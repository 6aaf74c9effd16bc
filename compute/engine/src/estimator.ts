import type { BlockDescription, Kernels } from '@pgml/kernels';
import { InputError } from './errors.js';
import type { Checked, Parameter } from './parameters.js';
import type { Team } from './team.js';

export type Task = 'regression' | 'classification' | 'clustering' | 'decomposition';

/** What a fit learns from. Columns lie in kernel memory, column-wise, float32, NaN where a value is missing. */
export interface TrainingData {
  readonly rows: number;
  readonly features: number;
  /** Address of the `rows` float32 of one feature. */
  columnPointer(feature: number): number;
  column(feature: number): Float32Array;
  /** Regression: the value. Classification: the index of the class, 0 … classes-1. Empty for unsupervised tasks. */
  readonly target: Float32Array;
  readonly targetPointer: number;
  /** Classification: the number of classes, at least 2. Otherwise 0. */
  readonly classes: number;
}

/** What a fit may use of the world. */
export interface FitContext {
  readonly kernels: Kernels;
  /** Threads over the same memory. Results must not depend on how many there are. */
  readonly team: Team;
  /** Used where the parameters do not fix `random_state`. */
  readonly seed: number;
  /** Call it often (at least every 50 ms of work): reports progress in [0, 1] and throws Cancelled when the caller gave up. */
  checkpoint(progress: number, detail?: string): void;
}

export class Cancelled extends Error {
  constructor() {
    super('training was cancelled');
    this.name = 'Cancelled';
  }
}

/**
 * The parameters are valid one by one, but the data or their combination cannot be fitted: SQLSTATE 22023. Or they ask
 * for what the reference has and this estimator does not have yet: 0A000.
 */
export class FitError extends InputError {
  constructor(message: string, hint?: string, sqlstate: '22023' | '0A000' = '22023') {
    super(sqlstate, message, { hint });
  }
}

/** What a fit gives: the evaluator block without class values (the caller knows them), and what was learned beside it. */
export interface Fitted {
  readonly block: Omit<BlockDescription, 'classValues' | 'features'>;
  /** Small facts worth keeping with the model, e.g. iterations until convergence, inertia. JSON values only. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One algorithm for one task. An estimator's folder exports one of these per task it serves; registry.ts lists them. */
export interface Estimator {
  /** A value of the SQL type pgml.algorithm. */
  readonly algorithm: string;
  readonly task: Task;
  /** The reference implementation whose meaning of the parameters is kept, e.g. `sklearn.linear_model.LinearRegression`. */
  readonly reference: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  /** Whether missing feature values (NaN) are learned from or refused before the fit. */
  readonly missing: 'learn' | 'refuse';
  /**
   * Synchronous: runs in a thread of its own. Deterministic in (data, parameters, seed), whatever the size of the team.
   * Kernel memory may be allocated freely: whoever calls `fit` releases it, so what is returned must not lie there.
   * Throws FitError, KernelMemoryError, and what `checkpoint` throws.
   */
  fit(data: TrainingData, checked: Checked, context: FitContext): Fitted;
}
