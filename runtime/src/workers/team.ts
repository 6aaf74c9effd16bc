/** Teams of worker threads. */
import { Worker } from 'node:worker_threads';
import { createTeamControl, dissolveTeam, leadTeam, soloTeam, type Team } from '@pgml/engine';
import type { Kernels } from '@pgml/kernels';
import type { TeamSeat } from './messages.js';

export interface WorkerTeam extends Team {
  /** Ends the helpers. Not while the team runs something; the team cannot be used afterwards. */
  close(): void;
}

/**
 * Starts helpers of a team, which keep no process alive. They exit when the team is dissolved. One that dies before may
 * have taken a call with it, for which the leader then waits for ever: whoever starts helpers should watch them and, when
 * one dies, end the leader.
 */
export function startHelpers(count: number, seat: TeamSeat): Worker[] {
  return Array.from({ length: count }, () => {
    const helper = new Worker(new URL('./team-helper.js', import.meta.url), { workerData: seat });
    helper.unref();
    return helper;
  });
}

/**
 * A team of `size` threads: the calling one, which may itself be a worker, and helpers over its kernel memory, which
 * `start` starts. Helpers need some tens of milliseconds to start; until then the caller does all the work.
 */
export function createTeam(
  kernels: Kernels,
  size: number,
  start: (helpers: number, seat: TeamSeat) => void = startHelpers,
): WorkerTeam {
  if (size <= 1) return { ...soloTeam(kernels.run), close: () => {} };
  const control = createTeamControl();
  start(size - 1, { control, memory: kernels.memory });
  return { ...leadTeam(control, size, kernels.run), close: () => dissolveTeam(control) };
}
