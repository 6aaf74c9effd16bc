import type { FitContext } from '../../../estimator.js';
import type { AffinityPropagationParameters } from './parameters.js';
import type { Similarities } from './similarities.js';

/** Rows whose messages are passed by one call, and whose evidence is summed apart. */
const ROWS_PER_CALL = 256;

export interface Agreement {
  /** The rows that speak most for themselves. */
  readonly candidates: readonly number[];
  readonly iterations: number;
  readonly converged: boolean;
}

/** Passes messages until the candidates settle. Allocates 16 bytes for each pair of rows. */
export function passMessages(
  { pointer: similarities, rows, width }: Similarities,
  { damping, max_iter, convergence_iter }: AffinityPropagationParameters,
  { kernels, team, checkpoint }: FitContext,
): Agreement {
  const responsibilities = kernels.allocate(8 * rows * width);
  const availabilities = kernels.allocate(8 * rows * width);
  const parts = Math.ceil(rows / ROWS_PER_CALL);
  const sums = kernels.allocate(8 * width * parts);
  const partsOf = <T>(make: (first: number, last: number, part: number) => T): T[] =>
    Array.from({ length: parts }, (_, part) =>
      make(part * ROWS_PER_CALL, Math.min(rows, (part + 1) * ROWS_PER_CALL), part),
    );
  const own = kernels.f64(responsibilities, rows * width);
  const others = kernels.f64(availabilities, rows * width);
  /** For each row, in how many of the last iterations in a row it has been what it is now. */
  const steady = new Float64Array(rows);
  const isCandidate = new Uint8Array(rows);
  const candidates = () => [...isCandidate.keys()].filter((row) => isCandidate[row] === 1);
  for (let iteration = 0; iteration < max_iter; iteration++) {
    checkpoint(iteration / max_iter);
    const evidence = kernels.f64(sums, width * parts).fill(0);
    team.run(
      'passResponsibilities',
      partsOf((first, last, part) => {
        const matrices = [similarities, availabilities, responsibilities];
        return [...matrices, width, first, last, damping, sums + 8 * width * part];
      }),
    );
    for (let at = width; at < evidence.length; at++) evidence[at % width] += evidence[at];
    team.run(
      'passAvailabilities',
      partsOf((first, last) => [responsibilities, availabilities, width, first, last, damping, sums]),
    );
    let settled = 0;
    for (let row = 0; row < rows; row++) {
      const now = Number(others[row * width + row] + own[row * width + row] > 0);
      steady[row] = now === isCandidate[row] && iteration > 0 ? steady[row] + 1 : 1;
      isCandidate[row] = now;
      settled += Number(steady[row] >= convergence_iter);
    }
    if (iteration >= convergence_iter && settled === rows && isCandidate.includes(1))
      return { candidates: candidates(), iterations: iteration + 1, converged: true };
  }
  return { candidates: candidates(), iterations: max_iter, converged: false };
}
