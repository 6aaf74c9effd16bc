/**
 * A start near the minimum, from a part of the rows. A sample's minimum is as far from that of all rows as estimates from
 * so many rows are wrong, and its Hessian is nearly theirs: what is left for all rows are a few steps.
 */
import { RandomState } from '@pgml/kernels';
import { totalWeight } from '../../../algebra/centered.js';
import type { Cholesky } from '../../../algebra/cholesky.js';
import { gramMatrix } from '../../../algebra/gram.js';
import type { FitContext, TrainingData } from '../../../estimator.js';
import { minimize } from '../../../optimize/lbfgs.js';
import { selectRows } from '../../../resampling/select-rows.js';
import { Preconditioner } from '../../../linear/preconditioner.js';
import { type LossDescription, lossWeight, type ScaledFeatures, SmoothLoss } from './smooth-loss.js';

/** One row of so many is in the sample. */
const EVERY = 8;

/** Smaller samples are not worth it, and those of fewer rows per feature say too little of the Hessian. */
const LEAST_ROWS = 4096;
const LEAST_ROWS_PER_FEATURE = 64;

/** A Gram matrix of more features costs too much. */
const MOST_FEATURES = 256;

/** The sample's own minimum is off by more than this slope. */
const SLOPE = 1e-4;
const ITERATIONS = 30;

export interface SampledStart {
  readonly point: Float64Array;
  /** As precise as the sample is. */
  readonly preconditioner: Preconditioner;
  /** Of one output's loss at the point, if it is well away from singular. */
  readonly hessian: Cholesky | undefined;
}

/** Undefined where the data is too small for it. Needs kernel memory for the sample's rows, and gives it back. */
export function startFromSample(
  data: TrainingData,
  loss: LossDescription,
  features: ScaledFeatures,
  context: FitContext,
): SampledStart | undefined {
  const count = Math.floor(data.rows / EVERY);
  if (count < Math.max(LEAST_ROWS, LEAST_ROWS_PER_FEATURE * data.features)) return undefined;
  if (data.features > MOST_FEATURES) return undefined;
  const { kernels, checkpoint } = context;
  const mark = kernels.mark();
  try {
    // One of each run of rows, so that sorted data is sampled evenly; drawn, so that no period of the data matters.
    const random = new RandomState(0);
    const rows = Uint32Array.from({ length: count }, (_, i) => i * EVERY + random.integer(0, EVERY));
    const own = loss.weighing.rows;
    const weighing = { ...loss.weighing, rows: own && Float64Array.from(rows, (row) => own[row]) };
    const sample = selectRows(data, rows, kernels);
    checkpoint(0);
    const sampledLoss = { ...loss, weighing };
    // Weights may leave nothing of a sample.
    if (!(lossWeight(sample, sampledLoss) > 0)) return undefined;
    const smooth = new SmoothLoss(sample, sampledLoss, features, context);
    const gram = gramMatrix(sample, { ...features, weights: sample.weights }, context);
    const preconditioner = new Preconditioner(gram, totalWeight(sample), features.penalties);
    const { point } = minimize((at, gradient) => smooth.evaluate(at, gradient), new Float64Array(smooth.size), {
      maximumIterations: ITERATIONS,
      gradientTolerance: SLOPE,
      precondition: (vector) => preconditioner.apply(vector),
      onIteration: () => {
        preconditioner.update(smooth.curvature);
        checkpoint(0);
      },
    });
    const hessian = loss.outputs === 1 ? smooth.factoredHessian(point) : undefined;
    return { point, preconditioner, hessian };
  } finally {
    kernels.release(mark);
  }
}
