/** The thread of a Database: runs what it is asked, one statement after the other. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite, type Results } from '@electric-sql/pglite';
import { pgmlExtension } from '@pgml/bridge-pglite';
import type { Answer, ErrorFields, Notice, Question, Row } from './database.js';

const { port, words } = workerData as { port: MessagePort; words: SharedArrayBuffer };
const database = await PGlite.create({ extensions: { pgml: pgmlExtension({ port, control: words }) } });
await database.exec('CREATE EXTENSION pgml');

let previous: Promise<void> = Promise.resolve();
parentPort!.on('message', (question: Question) => {
  previous = previous.then(() => answer(question));
});

async function answer({ id, sql, parameters }: Question): Promise<void> {
  const notices: Notice[] = [];
  const options = {
    onNotice: (notice: { severity?: string; message?: string }) => void notices.push(toNotice(notice)),
  };
  try {
    const results: Results[] = parameters
      ? [await database.query(sql, [...parameters], options)]
      : await database.exec(sql, options);
    const rows = (results.at(-1)?.rows ?? []) as Row[];
    parentPort!.postMessage({ id, notices, rows } satisfies Answer);
  } catch (error) {
    parentPort!.postMessage({ id, notices, error: toFields(error) } satisfies Answer);
  }
}

const toNotice = ({ severity = '', message = '' }: { severity?: string; message?: string }): Notice => ({
  severity,
  message,
});

function toFields(error: unknown): ErrorFields {
  const { code = 'no code', message, detail, hint } = error as Partial<ErrorFields>;
  return {
    code,
    message: message ?? String(error),
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  };
}
