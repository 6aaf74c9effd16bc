/** What the runtime is working on, and has been. */

export type JobState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface JobReport {
  readonly id: number;
  readonly method: string;
  readonly state: JobState;
  /** From 0 to 1. */
  readonly progress: number;
  readonly created: Date;
  /** When it left the queue. */
  readonly started: Date | null;
  readonly ended: Date | null;
  /** Why it failed. */
  readonly error: string | null;
}

/** Ended jobs remembered. */
const KEPT = 100;

export class Jobs {
  #last = 0;
  readonly #jobs = new Map<number, Job>();

  /** A new job, waiting. */
  create(method: string): Job {
    const job = new Job(++this.#last, method);
    this.#jobs.set(job.id, job);
    const ended = [...this.#jobs.values()].filter((one) => one.ended !== null);
    for (const old of ended.slice(0, -KEPT)) this.#jobs.delete(old.id);
    return job;
  }

  /** Oldest first. */
  list(): JobReport[] {
    return [...this.#jobs.values()].map((job) => job.report());
  }
}

/** waiting → running → succeeded, failed or cancelled; a waiting job may also fail or be cancelled. */
export class Job {
  readonly id: number;
  readonly method: string;
  readonly created = new Date();
  progress = 0;
  #state: JobState = 'waiting';
  #started: Date | null = null;
  #ended: Date | null = null;
  #error: string | null = null;

  constructor(id: number, method: string) {
    this.id = id;
    this.method = method;
  }

  get ended(): Date | null {
    return this.#ended;
  }

  begin(): void {
    this.#state = 'running';
    this.#started = new Date();
  }

  end(state: 'succeeded' | 'failed' | 'cancelled', error: string | null = null): void {
    this.#state = state;
    this.#ended = new Date();
    this.#error = error;
    if (state === 'succeeded') this.progress = 1;
  }

  report(): JobReport {
    return {
      id: this.id,
      method: this.method,
      state: this.#state,
      progress: this.progress,
      created: this.created,
      started: this.#started,
      ended: this.#ended,
      error: this.#error,
    };
  }
}
