/** Messages from client to server, to bytes and back. */
import { ByteReader, FrameWriter } from './bytes.js';
import { ProtocolError } from './errors.js';
import type { Frame } from './framer.js';
import type { FrontendMessage, PasswordMeaning, Target } from './messages.js';

const targetLetter: Readonly<Record<Target, string>> = { statement: 'S', portal: 'P' };

export function encodeFrontend(message: FrontendMessage): Uint8Array {
  switch (message.type) {
    case 'PasswordMessage':
      return new FrameWriter('p').cstring(message.password).finish();
    case 'SASLInitialResponse':
      return new FrameWriter('p').cstring(message.mechanism).value(message.data).finish();
    case 'SASLResponse':
    case 'GSSResponse':
      return new FrameWriter('p').bytes(message.data).finish();
    case 'Query':
      return new FrameWriter('Q').cstring(message.query).finish();
    case 'Parse': {
      const writer = new FrameWriter('P').cstring(message.statement).cstring(message.query);
      writer.count(message.parameterTypes.length);
      for (const type of message.parameterTypes) writer.int32(type);
      return writer.finish();
    }
    case 'Bind': {
      const writer = new FrameWriter('B').cstring(message.portal).cstring(message.statement);
      writeFormats(writer, message.parameterFormats);
      writeValues(writer, message.parameters);
      writeFormats(writer, message.resultFormats);
      return writer.finish();
    }
    case 'Describe':
      return encodeTarget('D', message.target, message.name);
    case 'Execute':
      return new FrameWriter('E').cstring(message.portal).int32(message.maximumRows).finish();
    case 'Close':
      return encodeTarget('C', message.target, message.name);
    case 'Flush':
      return new FrameWriter('H').finish();
    case 'Sync':
      return new FrameWriter('S').finish();
    case 'CopyData':
      return new FrameWriter('d').bytes(message.data).finish();
    case 'CopyDone':
      return new FrameWriter('c').finish();
    case 'CopyFail':
      return new FrameWriter('f').cstring(message.reason).finish();
    case 'FunctionCall': {
      const writer = new FrameWriter('F').int32(message.functionId);
      writeFormats(writer, message.argumentFormats);
      writeValues(writer, message.arguments);
      return writer.int16(message.resultFormat).finish();
    }
    case 'Terminate':
      return new FrameWriter('X').finish();
  }
}

function encodeTarget(type: string, target: Target, name: string): Uint8Array {
  return new FrameWriter(type).uint8(targetLetter[target].charCodeAt(0)).cstring(name).finish();
}

function writeFormats(writer: FrameWriter, formats: readonly number[]): void {
  writer.count(formats.length);
  for (const format of formats) writer.int16(format);
}

function writeValues(writer: FrameWriter, values: readonly (Uint8Array | null)[]): void {
  writer.count(values.length);
  for (const value of values) writer.value(value);
}

/** `password` says what the server asked for, which decides what the letter `p` means. */
export function decodeFrontend(frame: Frame, password: PasswordMeaning = 'PasswordMessage'): FrontendMessage {
  const { type, body } = frame;
  switch (type) {
    case 'p':
      return decodePassword(body, password);
    case 'Q':
      return read(body, 'Query', (reader) => ({ type: 'Query', query: reader.cstring() }));
    case 'P':
      return read(body, 'Parse', (reader) => ({
        type: 'Parse',
        statement: reader.cstring(),
        query: reader.cstring(),
        parameterTypes: reader.list(reader.uint16(), 4, () => reader.uint32()),
      }));
    case 'B':
      return read(body, 'Bind', (reader) => ({
        type: 'Bind',
        portal: reader.cstring(),
        statement: reader.cstring(),
        parameterFormats: readFormats(reader),
        parameters: readValues(reader),
        resultFormats: readFormats(reader),
      }));
    case 'D':
      return read(body, 'Describe', (reader) => ({ type: 'Describe', ...readTarget(reader, 'Describe') }));
    case 'E':
      return read(body, 'Execute', (reader) => ({
        type: 'Execute',
        portal: reader.cstring(),
        maximumRows: reader.int32(),
      }));
    case 'C':
      return read(body, 'Close', (reader) => ({ type: 'Close', ...readTarget(reader, 'Close') }));
    case 'H':
      return read(body, 'Flush', () => ({ type: 'Flush' }));
    case 'S':
      return read(body, 'Sync', () => ({ type: 'Sync' }));
    case 'd':
      return { type: 'CopyData', data: body };
    case 'c':
      return read(body, 'CopyDone', () => ({ type: 'CopyDone' }));
    case 'f':
      return read(body, 'CopyFail', (reader) => ({ type: 'CopyFail', reason: reader.cstring() }));
    case 'F':
      return read(body, 'FunctionCall', (reader) => ({
        type: 'FunctionCall',
        functionId: reader.uint32(),
        argumentFormats: readFormats(reader),
        arguments: readValues(reader),
        resultFormat: reader.int16(),
      }));
    case 'X':
      return read(body, 'Terminate', () => ({ type: 'Terminate' }));
    default:
      throw new ProtocolError(`invalid frontend message type "${type}"`);
  }
}

function decodePassword(body: Uint8Array, meaning: PasswordMeaning): FrontendMessage {
  switch (meaning) {
    case 'PasswordMessage':
      return read(body, 'password', (reader) => ({ type: 'PasswordMessage', password: reader.cstring() }));
    case 'SASLInitialResponse':
      return read(body, 'SASLInitialResponse', (reader) => ({
        type: 'SASLInitialResponse',
        mechanism: reader.cstring(),
        data: reader.value(),
      }));
    case 'SASLResponse':
      return { type: 'SASLResponse', data: body };
    case 'GSSResponse':
      return { type: 'GSSResponse', data: body };
  }
}

function read<T extends FrontendMessage>(body: Uint8Array, what: string, decode: (reader: ByteReader) => T): T {
  const reader = new ByteReader(body, what);
  const message = decode(reader);
  reader.end();
  return message;
}

const readFormats = (reader: ByteReader): number[] => reader.list(reader.uint16(), 2, () => reader.int16());

const readValues = (reader: ByteReader): (Uint8Array | null)[] => reader.list(reader.uint16(), 4, () => reader.value());

function readTarget(reader: ByteReader, what: string): { target: Target; name: string } {
  const letter = String.fromCharCode(reader.uint8());
  if (letter !== 'S' && letter !== 'P')
    throw new ProtocolError(`invalid ${what} message: "${letter}" is neither S (statement) nor P (portal)`);
  return { target: letter === 'S' ? 'statement' : 'portal', name: reader.cstring() };
}
