/** The functions that SQL can call through the door: one table. */
import { record, text as textValue } from '../../input.js';
import { RuntimeError, type Session } from '../../runtime.js';
import { type Columns, describeRows, type Value } from './answers.js';
import { type Argument, boolean, bytea, digest, image, integer, jsonb, nullable, text } from './arguments.js';
import { elementCount, readElements } from './array-image.js';
import type { PushedDatasets } from './pushed-datasets.js';
import type { Literal } from './statement.js';
import type { OpenStreams } from './streams.js';
import type { Transactions } from './transactions.js';

/** The connection that a function is called from. */
export interface Caller {
  readonly session: Session;
  readonly datasets: PushedDatasets;
  readonly streams: OpenStreams;
  readonly transactions: Transactions;
  readonly status: Status;
}

/** What status() tells. */
export interface Status {
  readonly version: string;
  readonly encrypted: boolean;
  readonly user: string;
  readonly database: string;
}

/** Sends a row. Waits, when it returns a promise, until the client has taken some of those before. */
export type Answer = (values: readonly Value[]) => Promise<void> | undefined;

export interface DoorFunction {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, argument: Argument<unknown>])[];
  /** The RowDescription of its answers. */
  readonly description: Uint8Array;
  /** `signal` is aborted when the statement is cancelled. */
  run(caller: Caller, literals: readonly Literal[], answer: Answer, signal: AbortSignal): Promise<void> | void;
}

type Parameters<Values extends readonly unknown[]> = {
  readonly [Index in keyof Values]: readonly [name: string, argument: Argument<Values[Index]>];
};

/** Reads the arguments before it runs. */
function define<const Values extends readonly unknown[]>(
  name: string,
  parameters: Parameters<Values>,
  columns: Columns,
  run: (caller: Caller, values: Values, answer: Answer, signal: AbortSignal) => Promise<void> | void,
): DoorFunction {
  return {
    name,
    parameters,
    description: describeRows(columns),
    run(caller, literals, answer, signal) {
      const values = parameters.map(([parameter, argument], index) =>
        argument.read(literals[index], `the argument "${parameter}" of ${name}`),
      );
      return run(caller, values as unknown as Values, answer, signal);
    },
  };
}

const call = define(
  'call',
  [
    ['method', text],
    ['request', jsonb],
    ['payload', nullable(bytea)],
    ['transaction', nullable(text)],
  ],
  [
    ['response', 'jsonb'],
    ['result', 'bytea'],
  ],
  async ({ session, transactions }, [method, request, payload, transaction], answer, signal) => {
    transactions.enter(transaction);
    const { response, result } = await session.call(method, request, payload, signal);
    await answer([JSON.stringify(response ?? null), result]);
  },
);

const push = define(
  'push',
  [
    ['dataset', integer],
    ['transaction', nullable(text)],
    ['columns', jsonb],
    ['rows', image],
  ],
  [['rows', 'bigint']],
  ({ datasets, transactions }, [dataset, transaction, columns, rows], answer) => {
    transactions.enter(transaction);
    return answer([String(datasets.push(dataset, columns, rows))]);
  },
);

const predict = define(
  'predict',
  [
    ['model', digest],
    ['output', text],
    ['one', boolean],
    ['features', image],
  ],
  [['predictions', 'real[]']],
  async ({ session }, [model, output, one, features], answer, signal) => {
    const view = new DataView(features.buffer, features.byteOffset, features.length);
    const array = { view, start: 0, end: features.length };
    const values = new Float32Array(atMost(elementCount(array), 'features'));
    const nulls = readElements(array, values.length, values, 0);
    const request = { model, output, one, nulls };
    const { result } = await session.call('predict', request, new Uint8Array(values.buffer), signal);
    await answer([result === null ? null : realArray(result)]);
  },
);

/** Of a prediction: other clients wait while they are read and written, and a string must hold the answer. */
const MAXIMUM_VALUES = 2 ** 24;

function atMost(count: number, what: string): number {
  if (count > MAXIMUM_VALUES)
    throw new RuntimeError('54000', `${count} ${what} are too many for one prediction: at most ${MAXIMUM_VALUES}`, {
      hint: 'Predict fewer rows at a time.',
    });
  return count;
}

/** `bytes` are little-endian floats. The text has as many digits as give back the same float. */
function realArray(bytes: Uint8Array): string {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const values = new Float32Array(aligned.buffer, aligned.byteOffset, atMost(aligned.length / 4, 'predictions'));
  let written = '{';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) written += ',';
    const value = values[index];
    written += value === 0 && 1 / value < 0 ? '-0' : value;
  }
  return written + '}';
}

const readLoaded = record({ model: textValue });

const load = define(
  'load',
  [['artifact', bytea]],
  [['model', 'bytea']],
  async ({ session }, [artifact], answer, signal) => {
    const { response } = await session.call('load', {}, artifact, signal);
    await answer([Buffer.from(readLoaded(response, 'the response of load').model, 'hex')]);
  },
);

const openStream = define(
  'open_stream',
  [
    ['method', text],
    ['request', jsonb],
    ['transaction', nullable(text)],
  ],
  [['stream', 'bigint']],
  ({ streams, transactions }, [method, request, transaction], answer) => {
    transactions.enter(transaction);
    return answer([String(streams.open(method, request))]);
  },
);

const fetchStream = define(
  'fetch_stream',
  [
    ['stream', integer],
    ['count', integer],
  ],
  [['item', 'jsonb']],
  ({ streams }, [stream, count], answer, signal) =>
    streams.fetch(stream, count, signal, (item) => answer([JSON.stringify(item ?? null)])),
);

const closeStream = define(
  'close_stream',
  [['stream', integer]],
  [['close_stream', 'void']],
  (caller, [stream], answer) => {
    caller.streams.close(stream);
    return answer(['']);
  },
);

const status = define(
  'status',
  [],
  [
    ['version', 'text'],
    ['encrypted', 'boolean'],
    ['user', 'text'],
    ['database', 'text'],
  ],
  (caller, _, answer) => {
    const { version, encrypted, user, database } = caller.status;
    return answer([version, encrypted ? 't' : 'f', user, database]);
  },
);

const functions: ReadonlyMap<string, DoorFunction> = new Map(
  [call, push, predict, load, openStream, fetchStream, closeStream, status].map((entry) => [entry.name, entry]),
);

/** The function of this name that takes so many arguments. Throws 42883. */
export function findFunction(name: string, count: number): DoorFunction {
  const found = functions.get(name);
  if (found?.parameters.length === count) return found;
  if (!found)
    throw new RuntimeError('42883', `the runtime has no function ${name}`, {
      hint: `Its functions are ${[...functions.keys()].join(', ')}.`,
    });
  const parameters = found.parameters.map(([parameter, { type }]) => `${parameter} ${type}`).join(', ');
  throw new RuntimeError('42883', `the function ${name} does not take ${count} arguments`, {
    hint: `It is ${name}(${parameters}).`,
  });
}
