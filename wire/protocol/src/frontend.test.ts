import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frame } from './framer.js';
import { decodeFrontend, encodeFrontend } from './frontend.js';
import type { FrontendMessage, PasswordMeaning } from './messages.js';
import { bytes, frame } from './testing/bytes.js';

/** Written by hand from the chapter "Message Formats". */
const table: readonly (readonly [FrontendMessage, string])[] = [
  [{ type: 'PasswordMessage', password: 'secret' }, "'p' 0000000b 'secret' 00"],
  [
    { type: 'SASLInitialResponse', mechanism: 'SCRAM-SHA-256', data: bytes("'n,,'") },
    "'p' 00000019 'SCRAM-SHA-256' 00 00000003 'n,,'",
  ],
  [{ type: 'SASLInitialResponse', mechanism: 'X', data: null }, "'p' 0000000a 'X' 00 ffffffff"],
  [{ type: 'SASLResponse', data: bytes("'c=biws'") }, "'p' 0000000a 'c=biws'"],
  [{ type: 'GSSResponse', data: bytes('00ff') }, "'p' 00000006 00ff"],
  [{ type: 'Query', query: 'select 1' }, "'Q' 0000000d 'select 1' 00"],
  [{ type: 'Query', query: 'é' }, "'Q' 00000007 c3a9 00"],
  [
    { type: 'Parse', statement: 's', query: 'q', parameterTypes: [23, 4294967295] },
    "'P' 00000012 's' 00 'q' 00 0002 00000017 ffffffff",
  ],
  [{ type: 'Parse', statement: '', query: '', parameterTypes: [] }, "'P' 00000008 00 00 0000"],
  [
    {
      type: 'Bind',
      portal: 'p',
      statement: 's',
      parameterFormats: [0, 1],
      parameters: [bytes("'1'"), null],
      resultFormats: [1],
    },
    "'B' 0000001d 'p' 00 's' 00 0002 0000 0001 0002 00000001 '1' ffffffff 0001 0001",
  ],
  [
    {
      type: 'Bind',
      portal: '',
      statement: '',
      parameterFormats: [],
      parameters: [new Uint8Array(0)],
      resultFormats: [],
    },
    "'B' 00000010 00 00 0000 0001 00000000 0000",
  ],
  [{ type: 'Describe', target: 'statement', name: 's' }, "'D' 00000007 'S' 's' 00"],
  [{ type: 'Describe', target: 'portal', name: '' }, "'D' 00000006 'P' 00"],
  [{ type: 'Execute', portal: 'p', maximumRows: 100 }, "'E' 0000000a 'p' 00 00000064"],
  [{ type: 'Close', target: 'statement', name: 's' }, "'C' 00000007 'S' 's' 00"],
  [{ type: 'Close', target: 'portal', name: 'p' }, "'C' 00000007 'P' 'p' 00"],
  [{ type: 'Flush' }, "'H' 00000004"],
  [{ type: 'Sync' }, "'S' 00000004"],
  [{ type: 'CopyData', data: bytes("'1' 09 '2' 0a") }, "'d' 00000008 '1' 09 '2' 0a"],
  [{ type: 'CopyDone' }, "'c' 00000004"],
  [{ type: 'CopyFail', reason: 'no' }, "'f' 00000007 'no' 00"],
  [
    { type: 'FunctionCall', functionId: 2, argumentFormats: [1], arguments: [bytes('07'), null], resultFormat: 1 },
    "'F' 00000019 00000002 0001 0001 0002 00000001 07 ffffffff 0001",
  ],
  [{ type: 'Terminate' }, "'X' 00000004"],
];

const meaningOf = (message: FrontendMessage): PasswordMeaning =>
  ['SASLInitialResponse', 'SASLResponse', 'GSSResponse'].includes(message.type)
    ? (message.type as PasswordMeaning)
    : 'PasswordMessage';

for (const [message, written] of table)
  test(`${message.type}: ${written}`, () => {
    assert.deepEqual(encodeFrontend(message), bytes(written));
    assert.deepEqual(decodeFrontend(frame(written), meaningOf(message)), message);
  });

test('a message that is too short, too long or inconsistent is refused', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["'Q' 00000006 'ab'", /invalid Query message: a string has no terminator/],
    ["'Q' 00000008 'a' 00 'b' 00", /invalid Query message: 2 bytes too many/],
    ["'S' 00000005 00", /invalid Sync message: 1 bytes too many/],
    ["'P' 00000008 00 00 ffff", /65535 items do not fit into 0 bytes/],
    ["'B' 0000000e 00 00 0000 0001 7fffffff", /2147483647 bytes expected, 0 left/],
    ["'B' 0000000e 00 00 0000 0001 fffffffe", /a value has the length -2/],
    ["'D' 00000006 'X' 00", /"X" is neither S \(statement\) nor P \(portal\)/],
    ["'E' 00000006 00 00", /4 bytes expected, 1 left/],
  ];
  for (const [written, message] of refused)
    assert.throws(() => decodeFrontend(frame(written)), { name: 'ProtocolError', sqlstate: '08P01', message }, written);
});

test('text that is not UTF-8 is refused with 22021', () => {
  assert.throws(() => decodeFrontend(frame("'Q' 00000006 ff 00")), { name: 'ProtocolError', sqlstate: '22021' });
});

test('what cannot be written is refused', () => {
  assert.throws(() => encodeFrontend({ type: 'Query', query: 'a\0b' }), {
    name: 'ProtocolError',
    message: /zero byte/,
  });
  const parameterTypes = Array.from({ length: 65536 }, () => 23);
  assert.throws(() => encodeFrontend({ type: 'Parse', statement: '', query: '', parameterTypes }), {
    name: 'ProtocolError',
    message: /65536 items/,
  });
});

test('65535 parameters, the most there can be', () => {
  const parameters = Array.from({ length: 65535 }, () => null);
  const message = {
    type: 'Bind',
    portal: '',
    statement: '',
    parameterFormats: [],
    parameters,
    resultFormats: [],
  } as const;
  assert.deepEqual(decodeFrontend(new Frame(encodeFrontend(message), 5)), message);
});
