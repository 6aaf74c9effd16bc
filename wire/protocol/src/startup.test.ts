import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StartupPacket } from './messages.js';
import { decodeStartup, encodeStartup } from './startup.js';
import { bytes } from './testing/bytes.js';

const table: readonly (readonly [StartupPacket, string])[] = [
  [{ type: 'SSLRequest' }, '00000008 04d2162f'],
  [{ type: 'GSSENCRequest' }, '00000008 04d21630'],
  [{ type: 'CancelRequest', processId: 7, secretKey: bytes('01020304') }, '00000010 04d2162e 00000007 01020304'],
  [{ type: 'CancelRequest', processId: 7, secretKey: bytes('0102030405') }, '00000011 04d2162e 00000007 0102030405'],
  [
    {
      type: 'StartupMessage',
      major: 3,
      minor: 0,
      parameters: new Map([
        ['user', 'ada'],
        ['database', ''],
      ]),
    },
    "0000001c 00030000 'user' 00 'ada' 00 'database' 00 00 00",
  ],
  [{ type: 'StartupMessage', major: 3, minor: 2, parameters: new Map() }, '00000009 00030002 00'],
];

for (const [packet, written] of table)
  test(`${packet.type}: ${written}`, () => {
    assert.deepEqual(encodeStartup(packet), bytes(written));
    assert.deepEqual(decodeStartup(bytes(written).subarray(4)), packet);
  });

test('broken startup packets are refused', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['0002 0000 00', '0A000'], // protocol 2
    ['0004 0000 00', '0A000'],
    ["0003 0000 'user'", '08P01'],
    ["0003 0000 'user' 00", '08P01'],
    ["0003 0000 'user' 00 'a' 00", '08P01'], // no terminator
    ['0003 0000 00 00', '08P01'],
    ['04d2162f 00', '08P01'],
    ['04d2162e 00000001 010203', '08P01'], // key of 3 bytes
    ['0003', '08P01'],
    ["0003 0000 'user' 00 ff 00 00", '22021'],
  ];
  for (const [written, sqlstate] of refused)
    assert.throws(() => decodeStartup(bytes(written)), { name: 'ProtocolError', sqlstate }, written);
});

test('a parameter named like a property of objects is a parameter', () => {
  const parameters = new Map([['__proto__', 'x']]);
  const packet = decodeStartup(encodeStartup({ type: 'StartupMessage', major: 3, minor: 0, parameters }).subarray(4));
  assert.deepEqual(packet, { type: 'StartupMessage', major: 3, minor: 0, parameters });
});
