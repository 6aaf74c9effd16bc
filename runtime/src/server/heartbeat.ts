/** Notices that a process whose event loop should turn does not answer any more. */

/**
 * Beats in the time that may pass without an answer. Silence is measured in beats of this process, not by a clock: a
 * machine that was asleep, or too busy to run this process, took as much time from the other one.
 */
const BEATS = 10;

export interface HeartbeatOptions {
  /** How long the other may be silent; 0: for ever. */
  readonly milliseconds: number;
  /** Asks the other to call `answered` here. */
  ask(): void;
  /** The other has been silent for too long. Called once. */
  silent(): void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Beats since the last answer. */
  #unanswered = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    if (options.milliseconds > 0) this.#timer = setInterval(() => this.#beat(), options.milliseconds / BEATS);
  }

  answered(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    if (this.#unanswered === BEATS) {
      this.stop();
      return this.#options.silent();
    }
    // Only the first of them is asked: an answer to it is one to all, and nothing piles up for a process that is stopped.
    if (this.#unanswered === 0) this.#options.ask();
    this.#unanswered++;
  }
}
