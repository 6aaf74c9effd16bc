/** Lines typed at a terminal, with editing and a history that is kept in ~/.pgml_history. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

export type TerminalEvent =
  | { readonly kind: 'line'; readonly text: string }
  /** Ctrl-C. */
  | { readonly kind: 'interrupt' }
  /** Ctrl-D. */
  | { readonly kind: 'end' };

const HISTORY_LENGTH = 1000;
const historyFile = (): string => path.join(os.homedir(), '.pgml_history');

export class Terminal {
  readonly #interface: readline.Interface;
  /** Who waits for a line. Without one, lines typed ahead are kept and Ctrl-C goes to `interruptWork`. */
  #reader: ((event: TerminalEvent) => void) | undefined;
  readonly #ahead: TerminalEvent[] = [];
  /** Latest first, as readline has it. */
  #history: readonly string[];

  constructor(interruptWork: () => void) {
    this.#history = loadHistory();
    this.#interface = readline.createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      history: [...this.#history],
      historySize: HISTORY_LENGTH,
      removeHistoryDuplicates: true,
    });
    this.#interface.on('line', (text) => this.#deliver({ kind: 'line', text }));
    this.#interface.on('close', () => this.#deliver({ kind: 'end' }));
    this.#interface.on('history', (history) => {
      this.#history = history;
    });
    this.#interface.on('SIGINT', () => {
      if (this.#reader) this.#abandonLine();
      else interruptWork();
    });
  }

  read(prompt: string): Promise<TerminalEvent> {
    const ahead = this.#ahead.shift();
    if (ahead) return Promise.resolve(ahead);
    return new Promise((resolve) => {
      this.#reader = resolve;
      this.#interface.setPrompt(prompt);
      this.#interface.prompt();
    });
  }

  /** Gives the terminal back and saves the history. */
  close(): void {
    this.#interface.close();
    saveHistory(this.#history);
  }

  #deliver(event: TerminalEvent): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader) reader(event);
    else this.#ahead.push(event);
  }

  #abandonLine(): void {
    // To the end of the line, then delete all before: readline has no other way to empty it.
    this.#interface.write(null, { ctrl: true, name: 'e' });
    this.#interface.write(null, { ctrl: true, name: 'u' });
    process.stdout.write('^C\n');
    this.#deliver({ kind: 'interrupt' });
  }
}

/** The file has the oldest line first. */
function loadHistory(): string[] {
  try {
    return fs.readFileSync(historyFile(), 'utf8').split('\n').filter(Boolean).reverse();
  } catch {
    return []; // There is none yet, or it is not ours to read: a session goes without.
  }
}

function saveHistory(history: readonly string[]): void {
  try {
    fs.writeFileSync(
      historyFile(),
      history
        .map((line) => `${line}\n`)
        .reverse()
        .join(''),
      { mode: 0o600 },
    );
  } catch (error) {
    process.stderr.write(`pgml: the history was not saved: ${(error as Error).message}\n`);
  }
}
