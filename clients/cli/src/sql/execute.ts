/** Sends one statement and shows what comes back. */
import { type BackendMessage, decodeText, encodeFrontend, type FieldDescription } from '@pgml/protocol';
import type { Connection } from './connection.js';
import type { Output } from './output.js';
import { formatReport } from './report.js';
import { formatTable } from './table.js';

/** What the backslash commands change. */
export interface Display {
  expanded: boolean;
  timing: boolean;
}

export interface Channels {
  readonly out: Output;
  readonly errors: Output;
  readonly display: Display;
  /** Put before errors, for scripts: "file:line: ". */
  readonly place: string;
  /** The data of COPY FROM STDIN; undefined if somebody breaks off. */
  copyData(): AsyncIterable<Uint8Array | undefined>;
}

/** Types whose values psql aligns to the right: int2, int4, int8, oid, xid, cid, float4, float8, money, numeric, xid8. */
const rightAligned = new Set([21, 23, 20, 26, 28, 29, 700, 701, 790, 1700, 5069]);

/** Tags of commands that may return rows: a SELECT shows them alone, these show their tag as well. */
const tagAfterRows = /^(INSERT|UPDATE|DELETE|MERGE) /;

/** Resolves to whether there was no error. Throws ConnectionError if the connection is lost. */
export async function execute(connection: Connection, query: string, channels: Channels): Promise<boolean> {
  const started = performance.now();
  const notifications: Extract<BackendMessage, { type: 'NotificationResponse' }>[] = [];
  const { out, errors, display, place } = channels;
  let succeeded = true;
  let fields: readonly FieldDescription[] | undefined;
  let rows: (string | null)[][] = [];
  let copiedOut = false;

  for await (const message of connection.query(query)) {
    switch (message.type) {
      case 'RowDescription':
        fields = message.fields;
        rows = [];
        break;
      case 'DataRow':
        rows.push(message.values.map((value) => value && decodeText(value)));
        break;
      case 'CommandComplete':
        if (fields) await out.write(formatTable({ columns: fields.map(column), rows }, display.expanded));
        if (!copiedOut && (!fields || tagAfterRows.test(message.tag))) await out.write(`${message.tag}\n`);
        fields = undefined;
        copiedOut = false;
        break;
      case 'ErrorResponse':
        succeeded = false;
        fields = undefined;
        await errors.write(place + formatReport(message.fields, query));
        break;
      case 'NoticeResponse':
        await errors.write(place + formatReport(message.fields, query));
        break;
      case 'NotificationResponse':
        notifications.push(message);
        break;
      case 'CopyInResponse':
        await copyIn(connection, channels);
        break;
      case 'CopyOutResponse':
        copiedOut = true;
        break;
      case 'CopyData':
        await out.write(message.data);
        break;
      default: // EmptyQueryResponse, CopyDone: nothing to show
    }
  }

  if (display.timing) await out.write(`Time: ${(performance.now() - started).toFixed(3)} ms\n`);
  for (const { channel, payload, processId } of notifications) {
    const what = payload === '' ? '' : ` with payload "${payload}"`;
    await out.write(
      `Asynchronous notification "${channel}"${what} received from server process with PID ${processId}.\n`,
    );
  }
  return succeeded;
}

const column = ({ name, typeId }: FieldDescription) =>
  ({ name, align: rightAligned.has(typeId) ? 'right' : 'left' }) as const;

async function copyIn(connection: Connection, channels: Channels): Promise<void> {
  for await (const data of channels.copyData()) {
    if (!data) {
      await connection.send(encodeFrontend({ type: 'CopyFail', reason: 'canceled by user' }));
      return;
    }
    await connection.send(encodeFrontend({ type: 'CopyData', data }));
  }
  await connection.send(encodeFrontend({ type: 'CopyDone' }));
}
