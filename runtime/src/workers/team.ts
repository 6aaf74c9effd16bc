/** Teams of worker threads. */
import { Worker } from 'node:worker_threads';
import { createTeamControl, dissolveTeam, leadTeam, soloTeam, type Team } from '@pgml/engine';
import type { Kernels } from '@pgml/kernels';

export interface WorkerTeam extends Team {
  /** Ends the helpers. Not while the team runs something; the team cannot be used afterwards. */
  close(): void;
}

/**
 * A team of `size` threads: the calling one, which may itself be a worker, and helpers over its kernel memory. Helpers
 * need some tens of milliseconds to start; until then the caller does all the work. They keep no process alive.
 */
export function createTeam(kernels: Kernels, size: number): WorkerTeam {
  if (size <= 1) return { ...soloTeam(kernels.run), close: () => {} };
  const control = createTeamControl();
  const { memory } = kernels;
  for (let helper = 1; helper < size; helper++)
    new Worker(new URL('./team-helper.js', import.meta.url), { workerData: { control, memory } }).unref();
  return { ...leadTeam(control, size, kernels.run), close: () => dissolveTeam(control) };
}
