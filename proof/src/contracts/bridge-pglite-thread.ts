/** The thread of a database with the bridge alone in it: runs what it is asked, one statement after the other. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pgmlExtension } from '@pgml/bridge-pglite';
import { control as word } from '@pgml/runtime';

export interface ThreadData {
  readonly port: MessagePort;
  readonly control: SharedArrayBuffer;
}
export interface Question {
  readonly sql: string;
  readonly parameters: readonly unknown[] | undefined;
}
export type Answer =
  | { readonly rows: Record<string, unknown>[] }
  | { readonly error: { code: string; message: string; detail: string | undefined; hint: string | undefined } };

const { port, control } = workerData as ThreadData;
const words = new Int32Array(control);
const database = await PGlite.create({ extensions: { pgml: pgmlExtension({ port, control, schema: [] }) } });
await database.exec('CREATE EXTENSION pgml');

async function run({ sql, parameters }: Question): Promise<Answer> {
  Atomics.store(words, word.CANCEL, 0);
  try {
    const results = parameters ? [await database.query(sql, [...parameters])] : await database.exec(sql);
    return { rows: (results.at(-1)?.rows ?? []) as Record<string, unknown>[] };
  } catch (error) {
    const { code, message, detail, hint } = error as Record<'code' | 'message' | 'detail' | 'hint', string>;
    return { error: { code, message, detail, hint } };
  }
}

parentPort!.on('message', (question: Question) => {
  void run(question).then((answer) => parentPort!.postMessage(answer));
});
