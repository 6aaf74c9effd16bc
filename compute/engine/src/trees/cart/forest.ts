/** Forests: trees that each try some of the features at every split (Breiman, "Random Forests", 2001). */
import { RandomState } from '@pgml/kernels';
import { type ClassWeight, rowWeights } from '../../class-weights.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../estimator.js';
import { fitAveraging } from './averaging.js';
import { growthRule, type TreeParameters } from './rule.js';

/** What `checkParameters` has passed. */
export interface ForestParameters extends TreeParameters {
  readonly n_estimators: number;
  readonly bootstrap: boolean;
  readonly oob_score: boolean;
  readonly random_state: number | null;
  readonly max_samples: number | null;
  /** Classification only. */
  readonly class_weight?: ClassWeight | 'balanced_subsample';
}

/** `random`: thresholds are drawn (Geurts, Ernst & Wehenkel, "Extremely randomized trees", 2006). */
export function fitForest(
  data: TrainingData,
  parameters: ForestParameters,
  context: FitContext,
  random: boolean,
): Fitted {
  const { rows, classes } = data;
  const { bootstrap, oob_score: outOfBag, class_weight: classWeight = null } = parameters;
  if (outOfBag && !bootstrap)
    throw new FitError(
      'oob_score needs rows that trees have not seen, but bootstrap is false',
      'Set bootstrap to true, or oob_score to false.',
    );
  const draws = bootstrap ? drawsOf(parameters.max_samples, rows) : rows;
  const bySubsample = bootstrap && classWeight === 'balanced_subsample';
  return fitAveraging(
    data,
    {
      rule: growthRule(parameters, data, random),
      trees: parameters.n_estimators,
      random_state: parameters.random_state,
      weights: bySubsample
        ? rowWeights(data, null)
        : rowWeights(data, classWeight === 'balanced_subsample' ? 'balanced' : classWeight),
      draws,
      sample: (seed) => ({ counts: bootstrap ? bootstrapCounts(seed, rows, draws) : undefined }),
      ...(bySubsample ? { reweigh: balanceSubsample(data.target, classes) } : {}),
      splitSeed: (seed) => seed,
      outOfBag,
    },
    context,
  );
}

/** A number of rows, or a part of them; 1 is all. */
function drawsOf(given: number | null, rows: number): number {
  if (given === null) return rows;
  if (given > rows)
    throw new FitError(
      `max_samples is ${given}, but there are ${rows} rows to train on`,
      'Give a number of rows, or a part of them (above 0, up to 1).',
    );
  return given > 1 ? given : Math.max(1, roundHalfEven(given * rows));
}

function roundHalfEven(number: number): number {
  const floor = Math.floor(number);
  const rest = number - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** How often each row is drawn. */
export function bootstrapCounts(seed: number, rows: number, draws: number): Uint32Array {
  const random = new RandomState(seed);
  const counts = new Uint32Array(rows);
  for (let draw = 0; draw < draws; draw++) counts[random.integer(0, rows)]++;
  return counts;
}

/** Multiplies each weight so that the classes among the drawn rows count alike. */
function balanceSubsample(target: Float32Array, classes: number) {
  return (weights: Float64Array, counts: Uint32Array): void => {
    const drawn = new Float64Array(classes);
    counts.forEach((count, row) => {
      drawn[target[row]] += count;
    });
    const all = drawn.reduce((sum, count) => sum + count, 0);
    const present = drawn.filter((count) => count > 0).length;
    const factors = drawn.map((count) => (count === 0 ? 0 : all / (present * count)));
    for (let row = 0; row < weights.length; row++) weights[row] *= factors[target[row]];
  };
}
