/** Watches the metrics of rows that were set aside, round after round, and says when to stop. */
import type { FitContext, TrainingData } from '../../../estimator.js';
import type { Metric } from './metrics.js';
import type { Objective } from './objective.js';

export class Monitor {
  readonly #data: TrainingData;
  readonly #objective: Objective;
  readonly #metrics: readonly Metric[];
  readonly #patience: number | null;
  readonly #kernels: FitContext['kernels'];
  readonly #history: number[][];
  #bestRound = 0;
  /** Address of f32[outputs][rows]. */
  readonly margins: number;

  /** `patience`: rounds without a better value of the last metric, after which to stop; null for never. */
  constructor(
    data: TrainingData,
    objective: Objective,
    metrics: readonly Metric[],
    patience: number | null,
    { kernels }: Pick<FitContext, 'kernels'>,
  ) {
    this.#data = data;
    this.#objective = objective;
    this.#metrics = metrics;
    this.#patience = patience;
    this.#kernels = kernels;
    this.#history = metrics.map(() => []);
    this.margins = kernels.allocate(4 * objective.outputs * data.rows);
    this.reset();
  }

  get rows(): TrainingData {
    return this.#data;
  }

  /** Puts the margins back to where they were before the first tree. */
  reset(): void {
    this.#kernels.f32(this.margins, this.#objective.outputs * this.#data.rows).fill(this.#objective.baseMargin);
  }

  /** Where the margins of one output lie. */
  marginsOf(output: number): number {
    return this.margins + 4 * this.#data.rows * output;
  }

  /** Measures after a round; whether it was the last. */
  isOver(): boolean {
    const { rows } = this.#data;
    const margins = this.#kernels.f32(this.margins, this.#objective.outputs * rows);
    this.#metrics.forEach((metric, index) => {
      this.#history[index].push(metric.measure(margins, this.#objective, this.#data));
    });
    const watched = this.#history.at(-1)!;
    const round = watched.length - 1;
    const { larger } = this.#metrics.at(-1)!;
    const best = watched[this.#bestRound];
    if (larger ? watched[round] > best : watched[round] < best) this.#bestRound = round;
    return this.#patience !== null && round - this.#bestRound >= this.#patience;
  }

  /** How many rounds to keep: all, unless stopping early was asked for. */
  get roundsToKeep(): number {
    return this.#patience === null ? this.#history[0].length : this.#bestRound + 1;
  }

  /** What is kept with the model. */
  get details(): Readonly<Record<string, unknown>> {
    const validation = Object.fromEntries(this.#metrics.map(({ name }, index) => [name, this.#history[index]]));
    if (this.#patience === null) return { validation };
    return { validation, best_iteration: this.#bestRound, best_score: this.#history.at(-1)![this.#bestRound] };
  }
}
