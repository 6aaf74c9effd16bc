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
  /** Targets to learn: 1, or more for a regression of several targets at once, whose values follow those of the first. */
  readonly targets: number;
  /** The `rows` values of one target. */
  targetOf(target: number): Float32Array;
  /** Classification: the number of classes, at least 2. Otherwise 0. */
  readonly classes: number;
  /** Each class as its users write it: the label's text. Empty where there are no classes. */
  readonly classNames: readonly string[];
  /** What each row counts, in kernel memory: at least 0, not all 0. Absent where all rows count 1. */
  readonly weights?: Float32Array | undefined;
  /** For ranking, in kernel memory: the number of the group (query) that each row belongs to, from 0. */
  readonly groups?: Uint32Array | undefined;
  /** How many categories a feature has, whose values are then their codes 1 … n (0 is NULL); 0 for numeric features. */
  categories(feature: number): number;
}

/** What a fit may use of the world. */
export interface FitContext {
  readonly kernels: Kernels;
  /** Threads over the same memory. Results must not depend on how many there are. */
  readonly team: Team;
  /** Used where the parameters do not fix `random_state`. */
  readonly seed: number;
  /**
   * Call it often (at least every 50 ms of work): reports progress in [0, 1] and throws Cancelled when the caller gave
   * up.
   */
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
  /** What is answered for each cluster: 0, 1, … unless given. */
  readonly clusters?: readonly number[];
  /** Metrics that only the fit knows, e.g. the explained variance of a decomposition. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** By kind (`gain`, `weight`, `cover`, `coefficients` …) a number for each feature. */
  readonly importances?: Readonly<Record<string, ArrayLike<number>>>;
  /** Arrays that are kept in the artifact beside the block and that no evaluator reads. */
  readonly sections?: Sections;
}

export interface Sections {
  /** Clustering: the cluster of each training row, as the fit assigned it. */
  readonly labels?: Int32Array;
  /** Trees: the weight (rows or hessians) that came to each node, breadth first, tree after tree. */
  readonly covers?: Float32Array;
  /** Linear models: the mean of each feature over the training rows, from which contributions are counted. */
  readonly means?: Float64Array;
}

/** A table of the estimator's usual size, on which its speed is compared with the reference. */
export interface TypicalTable {
  readonly rows: number;
  readonly features: number;
  /** Classification; 2 unless given. */
  readonly classes?: number;
  /** Given to both sides. */
  readonly hyperparameters?: Readonly<Record<string, unknown>>;
  /** What to measure against where Debian has no reference implementation: a class of what it has, with equal settings. */
  readonly against?: { readonly reference: string; readonly hyperparameters: Readonly<Record<string, unknown>> };
}

/**
 * `rows`: their order. `scale`: units of the features, by powers of 2. `weights`: a row of weight 2 stands for two rows.
 * `labels`: the numbers of the classes.
 */
export type Invariance = 'rows' | 'scale' | 'weights' | 'labels';

/** How far an estimator is known to agree with its reference: its reference test holds it to this tolerance. */
export interface Agreement {
  /** What is compared, e.g. `coefficients, intercept and predictions`. */
  readonly what: string;
  /** `exact`: relative to the largest value, or to 1. `band`: a metric's mean over five seeds. */
  readonly kind: 'exact' | 'band';
  readonly tolerance: number;
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
  /** Whether `TrainingData.weights` are honoured; elsewhere they are refused before the fit. */
  readonly weights?: boolean;
  /** Whether several targets are learned by one fit; elsewhere each target gets a fit of its own. */
  readonly joint?: boolean;
  readonly agreement: Agreement;
  /** What a fit needs of memory beside the data, in a sentence: bytes by row, value, feature. */
  readonly memory?: string;
  /** What changes nothing about the model but rounding; invariants.test.ts holds it to that. */
  readonly invariances?: readonly Invariance[];
  readonly typical: TypicalTable;
  /**
   * Synchronous: runs in a thread of its own. Deterministic in (data, parameters, seed), whatever the size of the team.
   * Kernel memory may be allocated freely: whoever calls `fit` releases it, so what is returned must not lie there.
   * Throws FitError, KernelMemoryError, and what `checkpoint` throws.
   */
  fit(data: TrainingData, checked: Checked, context: FitContext): Fitted;
}
