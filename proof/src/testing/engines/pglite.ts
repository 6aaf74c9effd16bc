/** PGlite in a thread of its own, and a runtime in this one. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { control, createRuntime, serveInProcess } from '@pgml/runtime';
import type { Answer, EngineSession, OpenEngine } from './engine.js';

export interface Question {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[] | undefined;
}

export interface NumberedAnswer {
  readonly id: number;
  readonly answer: Answer;
}

export const openPglite: OpenEngine = async (options) => {
  const runtime = createRuntime({ workers: 1, threads: 1, ...options });
  const { port1, port2 } = new MessageChannel();
  const words = new SharedArrayBuffer(4 * control.WORDS);
  serveInProcess(runtime.session(), port1, words);
  const worker = new Worker(new URL('./pglite-thread.js', import.meta.url), {
    workerData: { port: port2, words },
    transferList: [port2],
    // Deep recursion in SQL must end as an error of PostgreSQL, not of the thread.
    resourceLimits: { stackSizeMb: 32 },
  });
  const thread = new Thread(worker);
  await thread.ask('SELECT', undefined);
  return {
    scratch: '/tmp',
    ask: (sql, parameters) => thread.ask(sql, parameters),
    administer: async (sql) => {
      const answer = await thread.ask(sql, undefined);
      if ('error' in answer) throw new Error(answer.error.message);
    },
    close: async () => {
      await worker.terminate();
      await runtime.close();
    },
  };
};

class Thread implements Pick<EngineSession, 'ask'> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #questions = 0;
  #failure: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', ({ id, answer }: NumberedAnswer) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
    worker.on('error', (error) => {
      this.#failure = error;
      const answer: Answer = { notices: [], error: { code: '58000', message: `the database thread ended: ${error}` } };
      for (const resolve of this.#waiting.values()) resolve(answer);
      this.#waiting.clear();
    });
  }

  async ask(sql: string, parameters: readonly unknown[] | undefined): Promise<Answer> {
    if (this.#failure) throw this.#failure;
    const id = ++this.#questions;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ id, sql, parameters } satisfies Question);
    });
  }
}
