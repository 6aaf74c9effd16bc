import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  concatenate,
  decodeBackend,
  decodeFrontend,
  decodeStartup,
  encodeBackend,
  encodeFrontend,
  encodeStartup,
  type Frame,
  Framer,
  renameIn,
} from '@pgml/protocol';
import fc from 'fast-check';
import { backendMessages, frontendMessages, passwordMeaning, startupPackets } from './protocol-messages.js';

const options = { seed: 20260101, numRuns: 300 };

/** Pushes `bytes` in chunks that end at `cuts` and takes every frame. */
function framesOf(framer: Framer, bytes: Uint8Array, cuts: readonly number[]): Frame[] {
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const frames: Frame[] = [];
  let start = 0;
  for (const end of ends) {
    framer.push(bytes.subarray(start, end));
    start = end;
    for (let frame = framer.next(); frame; frame = framer.next()) frames.push(frame);
  }
  return frames;
}

const cuts = fc.array(fc.nat(), { maxLength: 10 });

test('a client is understood, however its bytes are cut', () => {
  fc.assert(
    fc.property(startupPackets, fc.array(frontendMessages, { maxLength: 8 }), cuts, (startup, messages, cuts) => {
      const framer = new Framer({ from: 'frontend' });
      const [first] = framesOf(framer, encodeStartup(startup), cuts);
      assert.deepEqual(decodeStartup(first.body), startup);
      framer.beginMessages();
      const frames = framesOf(framer, concatenate(messages.map(encodeFrontend)), cuts);
      assert.deepEqual(
        frames.map((frame, index) => decodeFrontend(frame, passwordMeaning(messages[index]))),
        messages,
      );
      assert.equal(framer.buffered, 0);
    }),
    options,
  );
});

test('a server is understood, however its bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(backendMessages, { maxLength: 8 }), cuts, (messages, cuts) => {
      const frames = framesOf(new Framer({ from: 'backend' }), concatenate(messages.map(encodeBackend)), cuts);
      assert.deepEqual(frames.map(decodeBackend), messages);
    }),
    options,
  );
});

test('renaming in raw frames is the same as renaming in messages', () => {
  const prefix = Uint8Array.of(0x63, 0x5f); // c_
  const rename = (name: string) => (name === '' ? '' : `c_${name}`);
  fc.assert(
    fc.property(fc.array(frontendMessages, { maxLength: 8 }), cuts, (messages, cuts) => {
      const framer = new Framer({ from: 'frontend' });
      framer.beginMessages();
      const frames = framesOf(framer, concatenate(messages.map(encodeFrontend)), cuts);
      const renamed = frames.map((frame) =>
        renameIn(frame, ({ name }) => (name.length === 0 ? name : concatenate([prefix, name]))),
      );
      const expected = messages.map((message) => {
        switch (message.type) {
          case 'Parse':
            return { ...message, statement: rename(message.statement) };
          case 'Bind':
            return { ...message, portal: rename(message.portal), statement: rename(message.statement) };
          case 'Execute':
            return { ...message, portal: rename(message.portal) };
          case 'Describe':
          case 'Close':
            return { ...message, name: rename(message.name) };
          default:
            return message;
        }
      });
      assert.deepEqual(renamed, expected.map(encodeFrontend));
    }),
    options,
  );
});
