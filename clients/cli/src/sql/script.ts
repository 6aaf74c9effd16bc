/** Statements from a source of lines, without a person at it: -c, -f, \i, standard input. */
import fs from 'node:fs';
import { decodeText, encodeText } from '@pgml/protocol';
import { CommandError } from '../errors.js';
import { runBackslashCommand } from './backslash-commands.js';
import { execute } from './execute.js';
import { byteLines } from './lines.js';
import type { Session } from './session.js';
import { type ScriptItem, StatementScanner } from './statements.js';

export interface Source {
  readonly lines: AsyncIterator<Uint8Array, void>;
  /** Put before errors; undefined says nothing. */
  readonly name: string | undefined;
  /** The data of COPY FROM STDIN. */
  copyData(): AsyncIterable<Uint8Array>;
}

/** A script holds the data of its COPY commands itself, up to a line `\.`. */
export function scriptSource(chunks: AsyncIterable<Uint8Array>, name: string | undefined): Source {
  const lines = byteLines(chunks);
  return { lines, name, copyData: () => copyLines(lines) };
}

/** The text of -c; COPY reads standard input to its end. */
export function textSource(text: string): Source {
  const lines = byteLines(single(encodeText(text)));
  return {
    lines,
    name: undefined,
    copyData: () => (process.stdin.isTTY ? copyLines(byteLines(process.stdin)) : process.stdin),
  };
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* copyLines(lines: AsyncIterator<Uint8Array, void>): AsyncGenerator<Uint8Array> {
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    if (/^\\\.\r?\n?$/.test(decodeText(line.value))) return;
    yield line.value;
  }
}

/** Opens a script file, - for standard input. Throws CommandError. */
export async function openScript(file: string): Promise<Source> {
  if (file === '-') return scriptSource(process.stdin, 'stdin');
  try {
    const handle = await fs.promises.open(file);
    return scriptSource(handle.createReadStream(), file);
  } catch (error) {
    throw new CommandError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Runs all statements, up to the first error or \q; resolves to whether there was none. */
export async function runScript(session: Session, source: Source): Promise<boolean> {
  try {
    return await runLines(session, source);
  } finally {
    // What is not read any more must not keep the process waiting for more.
    await source.lines.return?.();
  }
}

async function runLines(session: Session, source: Source): Promise<boolean> {
  const scanner = new StatementScanner();
  for (let line = await source.lines.next(); !line.done; line = await source.lines.next()) {
    for (const item of scanner.push(decodeText(line.value).replace(/^\ufeff/, ''))) {
      if (!(await runItem(session, item, source, scanner))) return false;
      if (session.finished) return true;
    }
  }
  const { unfinished } = scanner;
  if (unfinished in insides) {
    const inside = insides[unfinished as keyof typeof insides];
    await session.errors.write(`${place(source, undefined)}the last statement ends inside of ${inside}\n`);
    return false;
  }
  const last = scanner.finish();
  return last === undefined || runItem(session, last, source, scanner);
}

const insides = { "'": 'a string', '"': 'a quoted identifier', $: 'a dollar-quoted string', '*': 'a comment' } as const;

function runItem(session: Session, item: ScriptItem, source: Source, scanner: StatementScanner): Promise<boolean> {
  if (item.kind === 'command') {
    const include = async (file: string) => runScript(session, await openScript(file));
    return runBackslashCommand(item.text, { session, pending: scanner, include });
  }
  const { connection, out, errors, display } = session;
  const channels = { out, errors, display, place: place(source, item.line), copyData: () => source.copyData() };
  return execute(connection, item.text, channels);
}

const place = ({ name }: Source, line: number | undefined): string =>
  name === undefined ? '' : `${name}:${line === undefined ? '' : `${line}:`} `;
