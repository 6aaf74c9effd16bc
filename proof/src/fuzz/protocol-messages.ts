/** Arbitrary messages of both directions, for round trips and as the seed corpus of the fuzzer. */
import type {
  BackendMessage,
  ErrorFields,
  FieldDescription,
  FrontendMessage,
  PasswordMeaning,
  StartupPacket,
} from '@pgml/protocol';
import fc from 'fast-check';

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll('\0', ''));
const name = fc.oneof(fc.constant(''), text);
const nonEmpty = text.map((value) => `x${value}`);
const data = fc.uint8Array({ maxLength: 24 });
const values = fc.array(fc.option(data), { maxLength: 5 });
const int16 = fc.integer({ min: -0x8000, max: 0x7fff });
const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const objectId = fc.integer({ min: 0, max: 0xffffffff });
const formats = fc.array(int16, { maxLength: 4 });
const objectIds = fc.array(objectId, { maxLength: 4 });
const target = fc.constantFrom('statement' as const, 'portal' as const);
const secretKey = fc.uint8Array({ minLength: 4, maxLength: 40 });

/** Records with the prototype of ordinary objects, which is what decoding gives. */
const plain = { noNullPrototype: true };

const record = <T extends { type: string }>(
  type: T['type'],
  fields: { [K in keyof Omit<T, 'type'>]: fc.Arbitrary<T[K]> },
) => fc.record({ type: fc.constant(type), ...fields }, plain) as unknown as fc.Arbitrary<T>;

type Of<Message extends { type: string }, Type extends Message['type']> = Extract<Message, { type: Type }>;
type Front<Type extends FrontendMessage['type']> = Of<FrontendMessage, Type>;
type Back<Type extends BackendMessage['type']> = Of<BackendMessage, Type>;

export const startupPackets: fc.Arbitrary<StartupPacket> = fc.oneof(
  fc.constant<StartupPacket>({ type: 'SSLRequest' }),
  fc.constant<StartupPacket>({ type: 'GSSENCRequest' }),
  record<Of<StartupPacket, 'CancelRequest'>>('CancelRequest', { processId: int32, secretKey }),
  record<Of<StartupPacket, 'StartupMessage'>>('StartupMessage', {
    major: fc.constant(3),
    minor: fc.integer({ min: 0, max: 9999 }),
    parameters: fc.array(fc.tuple(nonEmpty, text), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  }),
);

export const frontendMessages: fc.Arbitrary<FrontendMessage> = fc.oneof(
  record<Front<'PasswordMessage'>>('PasswordMessage', { password: text }),
  record<Front<'SASLInitialResponse'>>('SASLInitialResponse', { mechanism: text, data: fc.option(data) }),
  record<Front<'SASLResponse'>>('SASLResponse', { data }),
  record<Front<'GSSResponse'>>('GSSResponse', { data }),
  record<Front<'Query'>>('Query', { query: text }),
  record<Front<'Parse'>>('Parse', { statement: name, query: text, parameterTypes: objectIds }),
  record<Front<'Bind'>>('Bind', {
    portal: name,
    statement: name,
    parameterFormats: formats,
    parameters: values,
    resultFormats: formats,
  }),
  record<Front<'Describe'>>('Describe', { target, name }),
  record<Front<'Execute'>>('Execute', { portal: name, maximumRows: int32 }),
  record<Front<'Close'>>('Close', { target, name }),
  ...(['Flush', 'Sync', 'CopyDone', 'Terminate'] as const).map((type) => fc.constant<FrontendMessage>({ type })),
  record<Front<'CopyData'>>('CopyData', { data }),
  record<Front<'CopyFail'>>('CopyFail', { reason: text }),
  record<Front<'FunctionCall'>>('FunctionCall', {
    functionId: objectId,
    argumentFormats: formats,
    arguments: values,
    resultFormat: int16,
  }),
);

const optionalText = fc.option(text, { nil: undefined });
const optionalNumber = fc.option(fc.integer({ min: 0, max: 999_999_999 }), { nil: undefined });

const errorFields: fc.Arbitrary<ErrorFields> = fc
  .record({
    severity: fc.constantFrom('ERROR', 'FATAL', 'PANIC', 'WARNING', 'NOTICE', 'DEBUG', 'INFO', 'LOG'),
    sqlstate: fc.constantFrom('00000', '22023', '42P01', 'XX000'),
    message: text,
    detail: optionalText,
    hint: optionalText,
    position: optionalNumber,
    internalPosition: optionalNumber,
    internalQuery: optionalText,
    where: optionalText,
    schema: optionalText,
    table: optionalText,
    column: optionalText,
    dataType: optionalText,
    constraint: optionalText,
    file: optionalText,
    line: optionalNumber,
    routine: optionalText,
  })
  // A field that is absent has no key, as after decoding.
  .map((fields) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  ) as unknown as fc.Arbitrary<ErrorFields>;

const field: fc.Arbitrary<FieldDescription> = fc.record(
  {
    name: text,
    tableId: objectId,
    columnNumber: int16,
    typeId: objectId,
    typeSize: int16,
    typeModifier: int32,
    format: int16,
  },
  plain,
);

const copy = { format: fc.integer({ min: 0, max: 255 }), columnFormats: formats };

export const backendMessages: fc.Arbitrary<BackendMessage> = fc.oneof(
  ...(
    [
      'AuthenticationOk',
      'AuthenticationKerberosV5',
      'AuthenticationCleartextPassword',
      'AuthenticationGSS',
      'AuthenticationSSPI',
      'EmptyQueryResponse',
      'ParseComplete',
      'BindComplete',
      'CloseComplete',
      'NoData',
      'PortalSuspended',
      'CopyDone',
    ] as const
  ).map((type) => fc.constant<BackendMessage>({ type })),
  record<Back<'AuthenticationMD5Password'>>('AuthenticationMD5Password', {
    salt: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  }),
  record<Back<'AuthenticationGSSContinue'>>('AuthenticationGSSContinue', { data }),
  record<Back<'AuthenticationSASL'>>('AuthenticationSASL', { mechanisms: fc.array(nonEmpty, { maxLength: 3 }) }),
  record<Back<'AuthenticationSASLContinue'>>('AuthenticationSASLContinue', { data }),
  record<Back<'AuthenticationSASLFinal'>>('AuthenticationSASLFinal', { data }),
  record<Back<'BackendKeyData'>>('BackendKeyData', { processId: int32, secretKey }),
  record<Back<'NegotiateProtocolVersion'>>('NegotiateProtocolVersion', {
    version: int32,
    options: fc.array(text, { maxLength: 3 }),
  }),
  record<Back<'ParameterStatus'>>('ParameterStatus', { name: text, value: text }),
  record<Back<'ReadyForQuery'>>('ReadyForQuery', { status: fc.constantFrom('I', 'T', 'E') }),
  record<Back<'RowDescription'>>('RowDescription', { fields: fc.array(field, { maxLength: 4 }) }),
  record<Back<'DataRow'>>('DataRow', { values }),
  record<Back<'CommandComplete'>>('CommandComplete', { tag: text }),
  record<Back<'ErrorResponse'>>('ErrorResponse', { fields: errorFields }),
  record<Back<'NoticeResponse'>>('NoticeResponse', { fields: errorFields }),
  record<Back<'NotificationResponse'>>('NotificationResponse', { processId: int32, channel: text, payload: text }),
  record<Back<'ParameterDescription'>>('ParameterDescription', { parameterTypes: objectIds }),
  record<Back<'CopyInResponse'>>('CopyInResponse', copy),
  record<Back<'CopyOutResponse'>>('CopyOutResponse', copy),
  record<Back<'CopyBothResponse'>>('CopyBothResponse', copy),
  record<Back<'CopyData'>>('CopyData', { data }),
  record<Back<'FunctionCallResponse'>>('FunctionCallResponse', { value: fc.option(data) }),
);

/** What the letter `p` has to mean for this message to be read. */
export function passwordMeaning(message: FrontendMessage): PasswordMeaning {
  const { type } = message;
  return type === 'SASLInitialResponse' || type === 'SASLResponse' || type === 'GSSResponse' ? type : 'PasswordMessage';
}
