/** A terminal and npm both pass a Ctrl-C on, so that one press can arrive twice; a second press comes later than this. */
const SAME_PRESS_MILLISECONDS = 500;

/** Resolves at the first of these signals; one more, pressed anew, ends the process at once. */
export function stopSignal(signals: readonly NodeJS.Signals[]): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const receive = () => {
      if (first === undefined) {
        first = performance.now();
        resolve();
      } else if (performance.now() - first > SAME_PRESS_MILLISECONDS) process.exit(1);
    };
    for (const signal of signals) process.on(signal, receive);
  });
}
