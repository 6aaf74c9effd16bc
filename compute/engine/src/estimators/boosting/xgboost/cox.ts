/** survival:cox: the partial likelihood of proportional hazards (Cox, "Regression Models and Life-Tables", 1972). */
import { exp } from '@pgml/kernels';
import type { TrainingData } from '../../../estimator.js';
import type { Objective } from './objective.js';

/**
 * A target is the time of an event, or less the time until which a row was seen without one. Tied times are treated as
 * Breslow proposed: all of them count among those at risk.
 */
export function coxObjective({ target, rows }: Pick<TrainingData, 'target' | 'rows'>, baseMargin: number): Objective {
  const order = timeOrder(target);
  return {
    name: 'survival:cox',
    outputs: 1,
    decision: 'exponential',
    baseMargin,
    metric: 'cox-nloglik',
    constantHessian: false,
    setGradients: (arrays, { kernels }) => {
      const margins = kernels.f32(arrays.margins, rows);
      const pairs = kernels.f32(arrays.gradients, 2 * rows);
      const hazards = Float64Array.from(margins, (margin) => Math.fround(exp(margin)));
      let atRisk = 0;
      for (const row of order) atRisk += hazards[row];
      // Those whose time has passed leave together, when the time is over.
      let leaving = 0;
      let lastTime = 0;
      let lastHazard = 0;
      let sum = 0;
      let sumOfSquares = 0;
      for (const row of order) {
        const hazard = hazards[row];
        const time = Math.abs(target[row]);
        leaving += lastHazard;
        if (lastTime < time) {
          atRisk -= leaving;
          leaving = 0;
        }
        const event = target[row] > 0;
        if (event) {
          sum += 1 / atRisk;
          sumOfSquares += 1 / (atRisk * atRisk);
        }
        pairs[2 * row] = hazard * sum - Number(event);
        pairs[2 * row + 1] = hazard * sum - hazard * hazard * sumOfSquares;
        lastTime = time;
        lastHazard = hazard;
      }
    },
  };
}

/** The rows by time, equal ones in order. */
export function timeOrder(target: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: target.length }, (_, row) => row).sort(
    (a, b) => Math.abs(target[a]) - Math.abs(target[b]) || a - b,
  );
}
