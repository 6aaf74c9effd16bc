import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Frame, Framer } from './framer.js';
import { bytes } from './testing/bytes.js';

function all(framer: Framer): Frame[] {
  const frames: Frame[] = [];
  for (let frame = framer.next(); frame; frame = framer.next()) frames.push(frame);
  return frames;
}

const messages = (): Framer => {
  const framer = new Framer({ from: 'frontend' });
  framer.beginMessages();
  return framer;
};

const conversation = bytes("'P' 0000000a 's' 00 'q' 00 0000 'S' 00000004 'd' 00000009 0102030405 'X' 00000004");
const types = ['P', 'S', 'd', 'X'];

test('frames within one chunk are views of it', () => {
  const framer = messages();
  framer.push(conversation);
  const frames = all(framer);
  assert.deepEqual(
    frames.map((frame) => frame.type),
    types,
  );
  assert.ok(frames.every((frame) => frame.bytes.buffer === conversation.buffer));
  assert.deepEqual(frames[2].body, bytes('0102030405'));
  assert.equal(framer.buffered, 0);
});

test('the cut does not depend on where the chunks end', () => {
  for (let size = 1; size < conversation.length; size++) {
    const framer = messages();
    const frames: Frame[] = [];
    for (let start = 0; start < conversation.length; start += size) {
      framer.push(conversation.subarray(start, start + size));
      frames.push(...all(framer));
    }
    assert.deepEqual(
      frames.map((frame) => frame.type),
      types,
    );
    assert.deepEqual(Buffer.concat(frames.map((frame) => frame.bytes)), Buffer.from(conversation));
  }
});

test('chunks may be pushed ahead of being cut', () => {
  const framer = messages();
  for (const byte of conversation) framer.push(Uint8Array.of(byte));
  assert.equal(framer.buffered, conversation.length);
  assert.deepEqual(
    all(framer).map((frame) => frame.type),
    types,
  );
  assert.equal(framer.buffered, 0);
});

test('a frame handed out is not changed by what comes later', () => {
  const framer = messages();
  framer.push(conversation.subarray(0, 7));
  framer.push(conversation.subarray(7, 12));
  const first = framer.next()!;
  const copy = Uint8Array.from(first.bytes);
  framer.push(conversation.subarray(12));
  all(framer);
  assert.deepEqual(first.bytes, copy);
});

test('startup packets first, messages after beginMessages', () => {
  const framer = new Framer({ from: 'frontend' });
  framer.push(bytes("00000008 04d2162f 00000009 00030000 00 'S' 00000004"));
  assert.deepEqual(framer.next()!.body, bytes('04d2162f'));
  const startup = framer.next()!;
  assert.equal(startup.type, '');
  assert.deepEqual(startup.body, bytes('00030000 00'));
  framer.beginMessages();
  assert.equal(framer.next()!.type, 'S');
  assert.equal(framer.next(), undefined);
});

test('bytes that came too early can be seen', () => {
  const framer = new Framer({ from: 'frontend' });
  framer.push(bytes('00000008 04d2162f 0000'));
  framer.next();
  assert.equal(framer.buffered, 2);
  framer.next();
  assert.equal(framer.buffered, 2);
});

test('a server is read without a startup phase', () => {
  const framer = new Framer({ from: 'backend' });
  framer.push(bytes("'R' 00000008 00000000 'Z' 00000005 'I'"));
  assert.deepEqual(
    all(framer).map((frame) => frame.type),
    ['R', 'Z'],
  );
});

test('a claimed gigabyte costs nothing before it comes', () => {
  const before = process.memoryUsage().arrayBuffers;
  const framers = Array.from({ length: 200 }, () => {
    const framer = messages();
    framer.push(bytes("'Q' 3fffffff"));
    assert.equal(framer.next(), undefined);
    return framer;
  });
  assert.ok(process.memoryUsage().arrayBuffers - before < 200 * 8192);
  assert.equal(framers[0].buffered, 5);
});

test('a long frame is gathered whole', () => {
  const length = 3_000_000;
  const body = Uint8Array.from({ length }, (_, index) => index % 251);
  const framer = messages();
  framer.push(Uint8Array.of(0x64, ...new Uint8Array(new Uint32Array([length + 4]).buffer).reverse()));
  let frame: Frame | undefined;
  for (let start = 0; start < length; start += 65_536) {
    assert.equal(frame, undefined);
    framer.push(body.subarray(start, start + 65_536));
    frame = framer.next();
  }
  assert.deepEqual(frame!.body, body);
});

test('bad types and lengths are refused as soon as they are seen', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["'G'", /invalid frontend message type 71/], // "GET / HTTP/1.1"
    ["'S' 00000003", /invalid length of a message of type "S": 3/],
    ["'Q' 40000000", /1073741824 \(4 to 1073741823 bytes\)/],
    ["'Q' ffffffff", /: -1/],
    ["'S' 00002711", /10001 \(4 to 10000 bytes\)/],
    ["'p' 00010000", /65536 \(4 to 65535 bytes\)/],
  ];
  for (const [written, message] of refused) {
    const framer = messages();
    framer.push(bytes(written));
    assert.throws(() => framer.next(), { name: 'ProtocolError', sqlstate: '08P01', message }, written);
  }
  for (const written of ['00000007', '00002711', 'ffffffff', '47455420']) {
    const framer = new Framer({ from: 'frontend' });
    framer.push(bytes(written));
    assert.throws(() => framer.next(), { message: /invalid length of startup packet/ }, written);
  }
});

test('the limit can be lowered and raised between frames', () => {
  const framer = messages();
  framer.maximumLength = 9;
  framer.push(bytes("'Q' 00000009 'aaaa' 00 'Q' 0000000a 'aaaaa' 00"));
  assert.equal(framer.next()!.type, 'Q');
  assert.throws(() => framer.next(), { sqlstate: '54000', message: /10 bytes is too long: at most 9/ });
  framer.maximumLength = 10;
  assert.equal(framer.next()!.type, 'Q');
});
