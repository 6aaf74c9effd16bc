/**
 * Threads that share one kernel memory. The fit runs on the leader and hands out kernel calls; helpers only execute
 * kernels, so a fit's control flow is ordinary code and is the same for any number of threads.
 */
export interface Team {
  /** Threads including the leader, at least 1. */
  readonly size: number;
  /**
   * Runs kernel `name` once for each argument list and returns when all are done. Which thread runs which list is
   * unspecified: each call must write to its own place, so that the result does not depend on it.
   */
  run(name: string, calls: readonly (readonly number[])[]): void;
}

/** The team of one: calls are run in order on the calling thread. */
export function soloTeam(kernels: Record<string, (...numbers: number[]) => unknown>): Team {
  return {
    size: 1,
    run: (name, calls) => {
      const kernel = kernels[name]!;
      for (const call of calls) kernel(...call);
    },
  };
}
