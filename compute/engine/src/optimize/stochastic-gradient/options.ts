/** What a stochastic gradient descent is told; the names are scikit-learn's. */

/** By number as the kernel knows them, see assembly/linear/stochastic-gradient.ts. `perceptron` is a hinge at 0. */
export const losses = {
  hinge: 0,
  perceptron: 0,
  squared_hinge: 1,
  log_loss: 2,
  log: 2,
  modified_huber: 3,
  squared_error: 4,
  huber: 5,
  epsilon_insensitive: 6,
  squared_epsilon_insensitive: 7,
} as const;
export type Loss = keyof typeof losses;

/** The same; `adaptive` is a constant rate that is divided by 5 whenever it does not help any more. */
export const schedules = { constant: 0, adaptive: 0, optimal: 1, invscaling: 2, pa1: 3, pa2: 4 } as const;
export type Schedule = keyof typeof schedules;

export interface DescentOptions {
  readonly loss: Loss;
  /** Of the losses huber, epsilon_insensitive and squared_epsilon_insensitive. */
  readonly epsilon: number;
  readonly penalty: 'l2' | 'l1' | 'elasticnet' | null;
  readonly alpha: number;
  /** The share of L1 in the penalty elasticnet. */
  readonly l1_ratio: number;
  readonly fit_intercept: boolean;
  readonly learning_rate: Schedule;
  readonly eta0: number;
  readonly power_t: number;
  /** The largest step of the passive-aggressive schedules. */
  readonly C: number;
  readonly shuffle: boolean;
  /** The most passes over the rows. */
  readonly max_iter: number;
  /** Null: never stop early. */
  readonly tol: number | null;
  readonly n_iter_no_change: number;
  readonly early_stopping: boolean;
  readonly validation_fraction: number;
  /** The step at which averaging begins; true is 1, false and 0 are never. */
  readonly average: boolean | number;
}
