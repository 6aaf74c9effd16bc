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

type KernelTable = Readonly<Record<string, (...numbers: number[]) => unknown>>;

/** The team of one: calls are run in order on the calling thread. */
export function soloTeam(kernels: KernelTable): Team {
  return {
    size: 1,
    run: (name, calls) => {
      const kernel = kernels[name];
      for (const call of calls) kernel(...call);
    },
  };
}

/**
 * How a leader and its helpers speak: through words of shared memory, with Atomics alone, so on any host with threads.
 *
 * A job is one kernel with a list of calls. The leader writes the job, then sets RUNNING and OPEN to the number of calls.
 * Whoever can lower OPEN from n to n-1 has taken call n-1, runs it, and lowers RUNNING. The leader takes calls as
 * well, and returns when RUNNING is 0; only then may it write the next job. So whoever holds a call may read the job:
 * it stands still until that call is done. Helpers sleep on OPEN while it is 0; DISSOLVED sends them home.
 *
 *   words      Int32Array: OPEN, RUNNING, KERNEL (number in the sorted list of names), ARITY, FAILED
 *   arguments  Float64Array from byte 64: ARITY numbers for each call
 */
const OPEN = 0;
const RUNNING = 1;
const KERNEL = 2;
const ARITY = 3;
const FAILED = 4;
const DISSOLVED = -1;
const ARGUMENTS_OFFSET = 64;
const CAPACITY = 16384;

/**
 * Looks at a word before going to sleep: some microseconds, about as long as waking takes. More would take time from
 * other threads where there are more threads than processors.
 */
const SPINS = 500;

export type TeamControl = SharedArrayBuffer;

export function createTeamControl(): TeamControl {
  return new SharedArrayBuffer(ARGUMENTS_OFFSET + 8 * CAPACITY);
}

/** The words of a team, and what leader and helpers both do with them. */
class Calls {
  readonly words: Int32Array;
  readonly arguments: Float64Array;
  readonly names: readonly string[];
  readonly #kernels: KernelTable;

  constructor(control: TeamControl, kernels: KernelTable) {
    this.words = wordsOf(control);
    this.arguments = new Float64Array(control, ARGUMENTS_OFFSET);
    this.names = Object.keys(kernels).sort();
    this.#kernels = kernels;
  }

  /** Takes and runs calls until none is open. */
  work(): void {
    for (let call = this.#take(); call >= 0; call = this.#take()) {
      const arity = this.words[ARITY];
      try {
        this.#kernels[this.names[this.words[KERNEL]]](...this.arguments.subarray(call * arity, (call + 1) * arity));
      } catch {
        Atomics.store(this.words, FAILED, 1);
      }
      if (Atomics.sub(this.words, RUNNING, 1) === 1) Atomics.notify(this.words, RUNNING);
    }
  }

  /** The number of a call that is now this thread's, or -1 if there is none. */
  #take(): number {
    for (;;) {
      const open = Atomics.load(this.words, OPEN);
      if (open <= 0) return -1;
      if (Atomics.compareExchange(this.words, OPEN, open, open - 1) === open) return open - 1;
    }
  }

  /** Returns when the word has another value than `value`, with that. */
  waitWhile(word: number, value: number): number {
    for (let spin = 0; spin < SPINS; spin++) {
      const now = Atomics.load(this.words, word);
      if (now !== value) return now;
    }
    Atomics.wait(this.words, word, value);
    return Atomics.load(this.words, word);
  }
}

/** The leader's view of a team with `size` - 1 helpers. The thread must be one that may wait. */
export function leadTeam(control: TeamControl, size: number, kernels: KernelTable): Team {
  const calls = new Calls(control, kernels);
  const { words } = calls;
  const runJob = (name: string, list: readonly (readonly number[])[], arity: number): void => {
    words[KERNEL] = calls.names.indexOf(name);
    words[ARITY] = arity;
    list.forEach((call, index) => {
      calls.arguments.set(call, index * arity);
    });
    Atomics.store(words, FAILED, 0);
    Atomics.store(words, RUNNING, list.length);
    Atomics.store(words, OPEN, list.length);
    Atomics.notify(words, OPEN, Math.min(size - 1, list.length - 1));
    calls.work();
    for (let left = Atomics.load(words, RUNNING); left > 0;) left = calls.waitWhile(RUNNING, left);
    if (Atomics.load(words, FAILED) === 1) throw new Error(`kernel ${name} failed`);
  };
  return {
    size,
    run: (name, list) => {
      if (!kernels[name]) throw new RangeError(`there is no kernel ${name}`);
      const arity = Math.max(1, ...list.map((call) => call.length));
      const atOnce = Math.floor(CAPACITY / arity);
      for (let start = 0; start < list.length; start += atOnce) runJob(name, list.slice(start, start + atOnce), arity);
    },
  };
}

/** What a helper does until the team is dissolved: it blocks its thread. `kernels` are over the leader's memory. */
export function helpTeam(control: TeamControl, kernels: KernelTable): void {
  const calls = new Calls(control, kernels);
  while (calls.waitWhile(OPEN, 0) !== DISSOLVED) calls.work();
}

const wordsOf = (control: TeamControl) => new Int32Array(control, 0, ARGUMENTS_OFFSET / 4);

/** Sends the helpers home. Not while a job runs. */
export function dissolveTeam(control: TeamControl): void {
  const words = wordsOf(control);
  Atomics.store(words, OPEN, DISSOLVED);
  Atomics.notify(words, OPEN);
}

/** Whether helpers may end. One that ends before may have taken a call with it, and the leader would wait for ever. */
export const isDissolved = (control: TeamControl): boolean => Atomics.load(wordsOf(control), OPEN) === DISSOLVED;
