import type { Kernels } from '@pgml/kernels';
import { soloTeam, type Team } from '../team.js';

/** Work below this many (row, feature) pairs is done sooner than helpers are awake. */
const PARALLEL_WORK = 1 << 18;

/** Hands kernel calls to the team, or runs them here where waking helpers would take longer than the work. */
export class Dispatch {
  readonly #team: Team;
  readonly #solo: Team;

  constructor(kernels: Kernels, team: Team) {
    this.#team = team;
    this.#solo = soloTeam(kernels.run);
  }

  /** Threads that large work is shared by. */
  get threads(): number {
    return this.#team.size;
  }

  /** `work` is the number of (row, feature) pairs that all calls together touch. */
  run(kernel: string, calls: readonly (readonly number[])[], work: number): void {
    (work < PARALLEL_WORK || calls.length < 2 ? this.#solo : this.#team).run(kernel, calls);
  }
}
