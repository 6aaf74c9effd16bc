import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { bridgeContract, type Connection } from '@pgml/bridge';
import { type Session, serveInProcess, control as word } from '@pgml/runtime';
import type { Answer, Question, ThreadData } from './bridge-pglite-thread.js';

async function connect(session: Session): Promise<Connection> {
  const { port1, port2 } = new MessageChannel();
  const control = new SharedArrayBuffer(4 * word.WORDS);
  serveInProcess(session, port1, control);
  const worker = new Worker(new URL('./bridge-pglite-thread.js', import.meta.url), {
    workerData: { port: port2, control } satisfies ThreadData,
    transferList: [port2],
    resourceLimits: { stackSizeMb: 32 },
  });
  return {
    query: async (sql, parameters) => {
      worker.postMessage({ sql, parameters } satisfies Question);
      const [answer] = (await once(worker, 'message')) as [Answer];
      if ('error' in answer) throw Object.assign(new Error(answer.error.message), answer.error);
      return answer.rows;
    },
    cancel: () => {
      const words = new Int32Array(control);
      Atomics.store(words, word.CANCEL, 1);
      Atomics.add(words, word.WAKE, 1);
      Atomics.notify(words, word.WAKE);
    },
    close: async () => {
      await worker.terminate();
      port1.close();
    },
  };
}

bridgeContract('PGlite', connect);
