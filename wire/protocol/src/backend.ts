/** Messages from server to client, to bytes and back. */
import { ByteReader, FrameWriter } from './bytes.js';
import { readErrorFields, writeErrorFields } from './error-fields.js';
import { ProtocolError } from './errors.js';
import type { Frame } from './framer.js';
import type { BackendMessage, ErrorFields, FieldDescription, TransactionStatus } from './messages.js';
import { checkSecretKey } from './startup.js';

/** The first four bytes of an Authentication message say which one it is. */
const authenticationCodes = {
  AuthenticationOk: 0,
  AuthenticationKerberosV5: 2,
  AuthenticationCleartextPassword: 3,
  AuthenticationMD5Password: 5,
  AuthenticationGSS: 7,
  AuthenticationGSSContinue: 8,
  AuthenticationSSPI: 9,
  AuthenticationSASL: 10,
  AuthenticationSASLContinue: 11,
  AuthenticationSASLFinal: 12,
} as const;

type AuthenticationType = keyof typeof authenticationCodes;

const authenticationTypes = new Map(
  Object.entries(authenticationCodes).map(([type, code]) => [code as number, type as AuthenticationType]),
);

/** Messages that are their letter alone. */
const emptyLetters = {
  EmptyQueryResponse: 'I',
  ParseComplete: '1',
  BindComplete: '2',
  CloseComplete: '3',
  NoData: 'n',
  PortalSuspended: 's',
  CopyDone: 'c',
} as const;

const copyLetters = { CopyInResponse: 'G', CopyOutResponse: 'H', CopyBothResponse: 'W' } as const;

export function encodeBackend(message: BackendMessage): Uint8Array {
  switch (message.type) {
    case 'AuthenticationOk':
    case 'AuthenticationKerberosV5':
    case 'AuthenticationCleartextPassword':
    case 'AuthenticationGSS':
    case 'AuthenticationSSPI':
      return authentication(message.type).finish();
    case 'AuthenticationMD5Password':
      if (message.salt.length !== 4) throw new ProtocolError(`an MD5 salt has 4 bytes, not ${message.salt.length}`);
      return authentication(message.type).bytes(message.salt).finish();
    case 'AuthenticationGSSContinue':
    case 'AuthenticationSASLContinue':
    case 'AuthenticationSASLFinal':
      return authentication(message.type).bytes(message.data).finish();
    case 'AuthenticationSASL':
      return writeList(authentication(message.type), message.mechanisms).finish();
    case 'BackendKeyData':
      checkSecretKey(message.secretKey);
      return new FrameWriter('K').int32(message.processId).bytes(message.secretKey).finish();
    case 'NegotiateProtocolVersion': {
      const writer = new FrameWriter('v').int32(message.version).int32(message.options.length);
      for (const option of message.options) writer.cstring(option);
      return writer.finish();
    }
    case 'ParameterStatus':
      return new FrameWriter('S').cstring(message.name).cstring(message.value).finish();
    case 'ReadyForQuery':
      return new FrameWriter('Z').uint8(message.status.charCodeAt(0)).finish();
    case 'RowDescription': {
      const writer = new FrameWriter('T').count(message.fields.length);
      for (const field of message.fields) writeField(writer, field);
      return writer.finish();
    }
    case 'DataRow': {
      const writer = new FrameWriter('D').count(message.values.length);
      for (const value of message.values) writer.value(value);
      return writer.finish();
    }
    case 'CommandComplete':
      return new FrameWriter('C').cstring(message.tag).finish();
    case 'ErrorResponse':
    case 'NoticeResponse': {
      const writer = new FrameWriter(message.type === 'ErrorResponse' ? 'E' : 'N');
      writeErrorFields(writer, message.fields);
      return writer.finish();
    }
    case 'NotificationResponse':
      return new FrameWriter('A').int32(message.processId).cstring(message.channel).cstring(message.payload).finish();
    case 'ParameterDescription': {
      const writer = new FrameWriter('t').count(message.parameterTypes.length);
      for (const type of message.parameterTypes) writer.int32(type);
      return writer.finish();
    }
    case 'CopyInResponse':
    case 'CopyOutResponse':
    case 'CopyBothResponse': {
      const writer = new FrameWriter(copyLetters[message.type]).uint8(message.format);
      writer.count(message.columnFormats.length);
      for (const format of message.columnFormats) writer.int16(format);
      return writer.finish();
    }
    case 'CopyData':
      return new FrameWriter('d').bytes(message.data).finish();
    case 'FunctionCallResponse':
      return new FrameWriter('V').value(message.value).finish();
    default:
      return new FrameWriter(emptyLetters[message.type]).finish();
  }
}

const authentication = (type: AuthenticationType): FrameWriter => new FrameWriter('R').int32(authenticationCodes[type]);

/** Strings, and an empty one as the end. */
function writeList(writer: FrameWriter, strings: readonly string[]): FrameWriter {
  for (const string of strings) {
    if (string === '') throw new ProtocolError('an empty string would end the list of mechanisms');
    writer.cstring(string);
  }
  return writer.uint8(0);
}

function writeField(writer: FrameWriter, field: FieldDescription): void {
  writer
    .cstring(field.name)
    .int32(field.tableId)
    .int16(field.columnNumber)
    .int32(field.typeId)
    .int16(field.typeSize)
    .int32(field.typeModifier)
    .int16(field.format);
}

/** An ErrorResponse, ready to send; an ERROR unless told otherwise. */
export function errorResponse(
  fields: Omit<ErrorFields, 'severity'> & Partial<Pick<ErrorFields, 'severity'>>,
): Uint8Array {
  return encodeBackend({ type: 'ErrorResponse', fields: { severity: 'ERROR', ...fields } });
}

/** A NoticeResponse, ready to send; a NOTICE unless told otherwise. */
export function noticeResponse(
  fields: Omit<ErrorFields, 'severity'> & Partial<Pick<ErrorFields, 'severity'>>,
): Uint8Array {
  return encodeBackend({ type: 'NoticeResponse', fields: { severity: 'NOTICE', ...fields } });
}

export function decodeBackend(frame: Frame): BackendMessage {
  const { type, body } = frame;
  switch (type) {
    case 'R':
      return read(body, 'Authentication', decodeAuthentication);
    case 'K':
      return read(body, 'BackendKeyData', (reader) => {
        const processId = reader.int32();
        const secretKey = reader.rest();
        checkSecretKey(secretKey);
        return { type: 'BackendKeyData', processId, secretKey };
      });
    case 'v':
      return read(body, 'NegotiateProtocolVersion', (reader) => ({
        type: 'NegotiateProtocolVersion',
        version: reader.int32(),
        options: reader.list(reader.uint32(), 1, () => reader.lenientCstring()),
      }));
    case 'S':
      return read(body, 'ParameterStatus', (reader) => ({
        type: 'ParameterStatus',
        name: reader.lenientCstring(),
        value: reader.lenientCstring(),
      }));
    case 'Z':
      return read(body, 'ReadyForQuery', (reader) => ({
        type: 'ReadyForQuery',
        status: transactionStatus(reader.uint8()),
      }));
    case 'T':
      return read(body, 'RowDescription', (reader) => ({
        type: 'RowDescription',
        fields: reader.list(reader.uint16(), 19, () => readField(reader)),
      }));
    case 'D':
      return read(body, 'DataRow', (reader) => ({
        type: 'DataRow',
        values: reader.list(reader.uint16(), 4, () => reader.value()),
      }));
    case 'C':
      return read(body, 'CommandComplete', (reader) => ({ type: 'CommandComplete', tag: reader.lenientCstring() }));
    case 'E':
      return read(body, 'ErrorResponse', (reader) => ({ type: 'ErrorResponse', fields: readErrorFields(reader) }));
    case 'N':
      return read(body, 'NoticeResponse', (reader) => ({ type: 'NoticeResponse', fields: readErrorFields(reader) }));
    case 'A':
      return read(body, 'NotificationResponse', (reader) => ({
        type: 'NotificationResponse',
        processId: reader.int32(),
        channel: reader.lenientCstring(),
        payload: reader.lenientCstring(),
      }));
    case 't':
      return read(body, 'ParameterDescription', (reader) => ({
        type: 'ParameterDescription',
        parameterTypes: reader.list(reader.uint16(), 4, () => reader.uint32()),
      }));
    case 'G':
      return read(body, 'CopyInResponse', (reader) => ({ type: 'CopyInResponse', ...readCopy(reader) }));
    case 'H':
      return read(body, 'CopyOutResponse', (reader) => ({ type: 'CopyOutResponse', ...readCopy(reader) }));
    case 'W':
      return read(body, 'CopyBothResponse', (reader) => ({ type: 'CopyBothResponse', ...readCopy(reader) }));
    case 'd':
      return { type: 'CopyData', data: body };
    case 'V':
      return read(body, 'FunctionCallResponse', (reader) => ({ type: 'FunctionCallResponse', value: reader.value() }));
    case 'I':
      return read(body, 'EmptyQueryResponse', () => ({ type: 'EmptyQueryResponse' }));
    case '1':
      return read(body, 'ParseComplete', () => ({ type: 'ParseComplete' }));
    case '2':
      return read(body, 'BindComplete', () => ({ type: 'BindComplete' }));
    case '3':
      return read(body, 'CloseComplete', () => ({ type: 'CloseComplete' }));
    case 'n':
      return read(body, 'NoData', () => ({ type: 'NoData' }));
    case 's':
      return read(body, 'PortalSuspended', () => ({ type: 'PortalSuspended' }));
    case 'c':
      return read(body, 'CopyDone', () => ({ type: 'CopyDone' }));
    default:
      throw new ProtocolError(`invalid backend message type "${type}"`);
  }
}

function read(body: Uint8Array, what: string, decode: (reader: ByteReader) => BackendMessage): BackendMessage {
  const reader = new ByteReader(body, what);
  const message = decode(reader);
  reader.end();
  return message;
}

function decodeAuthentication(reader: ByteReader): BackendMessage {
  const code = reader.int32();
  const type = authenticationTypes.get(code);
  switch (type) {
    case undefined:
      throw new ProtocolError(`the server asks for the unknown authentication method ${code}`);
    case 'AuthenticationMD5Password':
      return { type, salt: reader.take(4) };
    case 'AuthenticationSASL': {
      const mechanisms: string[] = [];
      for (let name = reader.cstring(); name !== ''; name = reader.cstring()) mechanisms.push(name);
      return { type, mechanisms };
    }
    case 'AuthenticationGSSContinue':
    case 'AuthenticationSASLContinue':
    case 'AuthenticationSASLFinal':
      return { type, data: reader.rest() };
    default:
      return { type };
  }
}

const readField = (reader: ByteReader): FieldDescription => ({
  name: reader.lenientCstring(),
  tableId: reader.uint32(),
  columnNumber: reader.int16(),
  typeId: reader.uint32(),
  typeSize: reader.int16(),
  typeModifier: reader.int32(),
  format: reader.int16(),
});

const readCopy = (reader: ByteReader) => ({
  format: reader.uint8(),
  columnFormats: reader.list(reader.uint16(), 2, () => reader.int16()),
});

export function transactionStatus(byte: number | undefined): TransactionStatus {
  const letter = String.fromCharCode(byte ?? 0);
  if (letter !== 'I' && letter !== 'T' && letter !== 'E')
    throw new ProtocolError(`invalid ReadyForQuery message: the transaction status ${byte} is none of I, T, E`);
  return letter;
}
