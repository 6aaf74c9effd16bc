import { log, RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { median } from '../../../robust/median.js';
import { sampleWithoutReplacement } from '../../../resampling/without-replacement.js';
import { selectRows } from '../../../resampling/select-rows.js';
import { fitLinearModels, type LinearModels, Residuals } from './least-squares.js';
import type { RansacParameters } from './parameters.js';

/**
 * Random sample consensus (Fischler & Bolles, "Random Sample Consensus: A Paradigm for Model Fitting with Applications to
 * Image Analysis and Automated Cartography", 1981): least squares of a few rows at a time; the rows near the one that
 * most are near to, the inliers, are what the model is fitted to in the end. Memory beside the data: 8 bytes per row and
 * target, 12 per row, and 4 per row and feature for the last fit.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as RansacParameters;
  const size = trialSize(parameters, data);
  const threshold = parameters.residual_threshold ?? medianDeviation(data);
  const search = new Search(data, parameters, { size, threshold }, context);
  const inliers = search.run();
  if (!inliers)
    throw new FitError(
      `no trial of ${search.trials} found rows that agree within a residual of ${threshold}`,
      'Raise residual_threshold, max_trials or max_skips.',
    );
  const { weights, intercepts } = fitLinearModels(selectRows(data, inliers, context.kernels), context);
  return {
    block: {
      kind: 'linear',
      outputs: data.targets,
      ...(data.targets === 1 ? { decision: 'value' } : { decision: 'vector', classes: data.targets }),
      words: [weights, intercepts],
    },
    details: { trials: search.trials, inliers: inliers.length, residual_threshold: threshold },
    importances: { coefficients: meanByFeature(weights, data) },
  };
}

function trialSize({ min_samples }: RansacParameters, { rows, features }: TrainingData): number {
  const size = min_samples === null ? features + 1 : min_samples < 1 ? Math.ceil(min_samples * rows) : min_samples;
  if (size > rows)
    throw new FitError(
      `each trial needs ${size} rows, but there are only ${rows}`,
      `Give min_samples, at most ${rows}: it is ${features + 1} unless given, one more than there are features.`,
    );
  return size;
}

function medianDeviation(data: TrainingData): number {
  const values = new Float64Array(data.targets * data.rows);
  for (let target = 0; target < data.targets; target++) values.set(data.targetOf(target), target * data.rows);
  const center = median(values);
  return median(values.map((value) => Math.abs(value - center)));
}

interface Trial {
  readonly size: number;
  readonly threshold: number;
}

class Search {
  readonly #data: TrainingData;
  readonly #parameters: RansacParameters;
  readonly #trial: Trial;
  readonly #context: FitContext;
  /** Of one trial. */
  readonly #residuals: Residuals;
  readonly #losses: Float64Array;
  readonly #inliers: Uint32Array;
  trials = 0;

  constructor(data: TrainingData, parameters: RansacParameters, trial: Trial, context: FitContext) {
    this.#data = data;
    this.#parameters = parameters;
    this.#trial = trial;
    this.#context = context;
    this.#residuals = new Residuals(data, context);
    this.#losses = new Float64Array(data.rows);
    this.#inliers = new Uint32Array(data.rows);
  }

  /** The inliers of the best trial, if there are any. */
  run(): Uint32Array | undefined {
    const { max_trials, max_skips, stop_n_inliers, stop_score, stop_probability, random_state } = this.#parameters;
    const { rows } = this.#data;
    const random = new RandomState(random_state ?? this.#context.seed);
    let best: Uint32Array | undefined;
    let [most, bestScore] = [1, -Infinity];
    let enough = max_trials;
    let skips = 0;
    while (this.trials < enough) {
      this.trials++;
      // The trial that is not made any more counts, too.
      if (skips > (max_skips ?? Infinity)) break;
      const progress = this.trials / (enough + 1);
      this.#context.checkpoint(progress);
      this.#residuals.compute(this.#fitTo(sampleWithoutReplacement(rows, this.#trial.size, random), progress));
      const inliers = this.#findInliers();
      if (inliers.length < most) {
        skips++;
        continue;
      }
      const score = determination(this.#data, this.#residuals.values, inliers);
      if (inliers.length === most && score < bestScore) continue;
      [best, most, bestScore] = [inliers.slice(), inliers.length, score];
      enough = Math.min(enough, trialsFor(most / rows, this.#trial.size, stop_probability));
      if (most >= (stop_n_inliers ?? Infinity) || bestScore >= (stop_score ?? Infinity)) break;
    }
    return best;
  }

  #fitTo(rows: Uint32Array, progress: number): LinearModels {
    const { kernels } = this.#context;
    const mark = kernels.mark();
    try {
      const checkpoint = () => this.#context.checkpoint(progress);
      return fitLinearModels(selectRows(this.#data, rows, kernels), { ...this.#context, checkpoint });
    } finally {
      kernels.release(mark);
    }
  }

  /** The rows whose loss is small enough, until the next trial. */
  #findInliers(): Uint32Array {
    const { rows, targets } = this.#data;
    const squared = this.#parameters.loss === 'squared_error';
    const { threshold } = this.#trial;
    const { values } = this.#residuals;
    const losses = this.#losses.fill(0);
    for (let index = 0; index < targets; index++)
      for (let row = 0; row < rows; row++) {
        const missed = values[index * rows + row];
        losses[row] += squared ? missed * missed : Math.abs(missed);
      }
    let count = 0;
    for (let row = 0; row < rows; row++) {
      this.#inliers[count] = row;
      count += losses[row] <= threshold ? 1 : 0;
    }
    return this.#inliers.subarray(0, count);
  }
}

/** The coefficient of determination on some rows, the mean of several targets'. Of a single row it is not a number. */
function determination(data: TrainingData, residuals: Float64Array, chosen: Uint32Array): number {
  if (chosen.length < 2) return Number.NaN;
  let total = 0;
  for (let index = 0; index < data.targets; index++) {
    const target = data.targetOf(index);
    let sum = 0;
    for (const row of chosen) sum += target[row];
    const mean = sum / chosen.length;
    let [errors, squares] = [0, 0];
    for (const row of chosen) {
      errors += residuals[index * data.rows + row] ** 2;
      squares += (target[row] - mean) ** 2;
    }
    total += squares > 0 ? 1 - errors / squares : errors > 0 ? 0 : 1;
  }
  return total / data.targets;
}

/** So many trials have, with the given probability, one of inliers alone. */
function trialsFor(share: number, size: number, probability: number): number {
  const failing = Math.max(Number.EPSILON, 1 - probability);
  let clean = 1;
  for (let i = 0; i < size; i++) clean *= share;
  const spoilt = Math.max(Number.EPSILON, 1 - clean);
  if (failing === 1) return 0;
  if (spoilt === 1) return Infinity;
  return Math.ceil(log(failing) / log(spoilt));
}

function meanByFeature(weights: Float64Array, { features, targets }: TrainingData): Float64Array {
  const mean = new Float64Array(features);
  for (const [i, weight] of weights.entries()) mean[i % features] += weight / targets;
  return mean;
}
