import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBackend, encodeBackend, errorResponse, noticeResponse } from './backend.js';
import type { BackendMessage } from './messages.js';
import { bytes, frame } from './testing/bytes.js';

/** Written by hand from the chapter "Message Formats". */
const table: readonly (readonly [BackendMessage, string])[] = [
  [{ type: 'AuthenticationOk' }, "'R' 00000008 00000000"],
  [{ type: 'AuthenticationKerberosV5' }, "'R' 00000008 00000002"],
  [{ type: 'AuthenticationCleartextPassword' }, "'R' 00000008 00000003"],
  [{ type: 'AuthenticationMD5Password', salt: bytes('01020304') }, "'R' 0000000c 00000005 01020304"],
  [{ type: 'AuthenticationGSS' }, "'R' 00000008 00000007"],
  [{ type: 'AuthenticationGSSContinue', data: bytes('ff') }, "'R' 00000009 00000008 ff"],
  [{ type: 'AuthenticationSSPI' }, "'R' 00000008 00000009"],
  [{ type: 'AuthenticationSASL', mechanisms: ['A', 'BC'] }, "'R' 0000000e 0000000a 'A' 00 'BC' 00 00"],
  [{ type: 'AuthenticationSASLContinue', data: bytes("'r=x'") }, "'R' 0000000b 0000000b 'r=x'"],
  [{ type: 'AuthenticationSASLFinal', data: bytes("'v=x'") }, "'R' 0000000b 0000000c 'v=x'"],
  [{ type: 'BackendKeyData', processId: 258, secretKey: bytes('fffefdfc') }, "'K' 0000000c 00000102 fffefdfc"],
  [{ type: 'BackendKeyData', processId: 1, secretKey: bytes('0102030405') }, "'K' 0000000d 00000001 0102030405"],
  [
    { type: 'NegotiateProtocolVersion', version: 196608, options: ['_pq_.x'] },
    "'v' 00000013 00030000 00000001 '_pq_.x' 00",
  ],
  [{ type: 'ParameterStatus', name: 'TimeZone', value: 'UTC' }, "'S' 00000011 'TimeZone' 00 'UTC' 00"],
  [{ type: 'ReadyForQuery', status: 'I' }, "'Z' 00000005 'I'"],
  [{ type: 'ReadyForQuery', status: 'T' }, "'Z' 00000005 'T'"],
  [{ type: 'ReadyForQuery', status: 'E' }, "'Z' 00000005 'E'"],
  [
    {
      type: 'RowDescription',
      fields: [
        { name: 'n', tableId: 4294967295, columnNumber: 1, typeId: 25, typeSize: -1, typeModifier: -1, format: 0 },
      ],
    },
    "'T' 0000001a 0001 'n' 00 ffffffff 0001 00000019 ffff ffffffff 0000",
  ],
  [{ type: 'RowDescription', fields: [] }, "'T' 00000006 0000"],
  [
    { type: 'DataRow', values: [bytes("'1'"), null, new Uint8Array(0)] },
    "'D' 00000013 0003 00000001 '1' ffffffff 00000000",
  ],
  [{ type: 'CommandComplete', tag: 'SELECT 1' }, "'C' 0000000d 'SELECT 1' 00"],
  [{ type: 'EmptyQueryResponse' }, "'I' 00000004"],
  [
    {
      type: 'ErrorResponse',
      fields: { severity: 'ERROR', sqlstate: '22023', message: 'no', hint: 'yes', position: 7 },
    },
    "'E' 00000026 'SERROR' 00 'VERROR' 00 'C22023' 00 'Mno' 00 'Hyes' 00 'P7' 00 00",
  ],
  [
    { type: 'NoticeResponse', fields: { severity: 'WARNING', sqlstate: '01000', message: 'm' } },
    "'N' 00000021 'SWARNING' 00 'VWARNING' 00 'C01000' 00 'Mm' 00 00",
  ],
  [{ type: 'NotificationResponse', processId: 5, channel: 'c', payload: '' }, "'A' 0000000b 00000005 'c' 00 00"],
  [{ type: 'ParseComplete' }, "'1' 00000004"],
  [{ type: 'BindComplete' }, "'2' 00000004"],
  [{ type: 'CloseComplete' }, "'3' 00000004"],
  [{ type: 'NoData' }, "'n' 00000004"],
  [{ type: 'ParameterDescription', parameterTypes: [23, 700] }, "'t' 0000000e 0002 00000017 000002bc"],
  [{ type: 'PortalSuspended' }, "'s' 00000004"],
  [{ type: 'CopyInResponse', format: 0, columnFormats: [0, 0] }, "'G' 0000000b 00 0002 0000 0000"],
  [{ type: 'CopyOutResponse', format: 1, columnFormats: [1] }, "'H' 00000009 01 0001 0001"],
  [{ type: 'CopyBothResponse', format: 0, columnFormats: [] }, "'W' 00000007 00 0000"],
  [{ type: 'CopyData', data: bytes('00') }, "'d' 00000005 00"],
  [{ type: 'CopyDone' }, "'c' 00000004"],
  [{ type: 'FunctionCallResponse', value: bytes('2a') }, "'V' 00000009 00000001 2a"],
  [{ type: 'FunctionCallResponse', value: null }, "'V' 00000008 ffffffff"],
];

for (const [message, written] of table)
  test(`${message.type}: ${written}`, () => {
    assert.deepEqual(encodeBackend(message), bytes(written));
    assert.deepEqual(decodeBackend(frame(written)), message);
  });

test('every field of an error survives', () => {
  const fields = {
    severity: 'FATAL',
    localizedSeverity: 'FATAAL',
    sqlstate: '23505',
    message: 'm',
    detail: 'd',
    hint: 'h',
    position: 1,
    internalPosition: 2,
    internalQuery: 'select',
    where: 'w',
    schema: 's',
    table: 't',
    column: 'c',
    dataType: 'y',
    constraint: 'n',
    file: 'f.c',
    line: 3,
    routine: 'r',
  } as const;
  const encoded = encodeBackend({ type: 'ErrorResponse', fields });
  assert.deepEqual(decodeBackend(frame(hexadecimal(encoded))), { type: 'ErrorResponse', fields });
});

test('unknown error fields are skipped; an old server without V is understood', () => {
  const message = decodeBackend(frame("'E' 0000001c 'SFATAL' 00 '?what' 00 'C08006' 00 'Mm' 00 00"));
  assert.deepEqual(message, { type: 'ErrorResponse', fields: { severity: 'FATAL', sqlstate: '08006', message: 'm' } });
});

test('the builders of errors and notices give whole messages', () => {
  const error = decodeBackend(frame(hexadecimal(errorResponse({ sqlstate: '42601', message: 'x' }))));
  assert.deepEqual(error, { type: 'ErrorResponse', fields: { severity: 'ERROR', sqlstate: '42601', message: 'x' } });
  const notice = decodeBackend(
    frame(hexadecimal(noticeResponse({ sqlstate: '00000', message: 'x', severity: 'INFO' }))),
  );
  assert.deepEqual(notice, { type: 'NoticeResponse', fields: { severity: 'INFO', sqlstate: '00000', message: 'x' } });
});

test('a broken answer is refused', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["'R' 00000008 000003e7", /unknown authentication method 999/],
    ["'R' 00000006 0000", /4 bytes expected, 2 left/],
    ["'Z' 00000005 'X'", /transaction status 88 is none of I, T, E/],
    ["'D' 00000006 ffff", /65535 items do not fit into 0 bytes/],
    ["'K' 00000008 00000001", /invalid length of a cancel key: 0/],
    ["'v' 0000000c 00030000 ffffffff", /4294967295 items do not fit/],
    ["'E' 00000005 00 00", /1 bytes too many/],
  ];
  for (const [written, message] of refused)
    assert.throws(() => decodeBackend(frame(written)), { name: 'ProtocolError', sqlstate: '08P01', message }, written);
});

const hexadecimal = (data: Uint8Array): string =>
  Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
