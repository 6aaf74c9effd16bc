/** The thread of a PGlite engine: runs what it is asked, one statement after the other. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite, type Results } from '@electric-sql/pglite';
import { pgmlExtension } from '@pgml/bridge-pglite';
import { type Answer, errorFields, type Notice } from './engine.js';
import type { NumberedAnswer, Question } from './pglite.js';

const { port, words } = workerData as { port: MessagePort; words: SharedArrayBuffer };
const database = await PGlite.create({ extensions: { pgml: pgmlExtension({ port, control: words }) } });
await database.exec('CREATE EXTENSION pgml');

let previous: Promise<void> = Promise.resolve();
parentPort!.on('message', (question: Question) => {
  previous = previous.then(async () => {
    parentPort!.postMessage({ id: question.id, answer: await answer(question) } satisfies NumberedAnswer);
  });
});

async function answer({ sql, parameters }: Question): Promise<Answer> {
  const notices: Notice[] = [];
  const options = {
    onNotice: ({ severity = '', message = '' }: { severity?: string; message?: string }) =>
      void notices.push({ severity, message }),
  };
  try {
    const results: Results[] = parameters
      ? [await database.query(sql, [...parameters], options)]
      : await database.exec(sql, options);
    return { notices, rows: results.at(-1)?.rows ?? [] };
  } catch (error) {
    return { notices, error: errorFields(error) };
  }
}
