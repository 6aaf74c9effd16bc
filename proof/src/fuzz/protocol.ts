/**
 * Throws damaged conversations at the codec. What must hold for any bytes:
 *   - nothing but ProtocolError is thrown, and every loop comes to its end;
 *   - the frames, and the error they end with, do not depend on how the bytes were cut into chunks;
 *   - frames and what is still buffered are together the bytes received, in order;
 *   - a client's message that was understood is written again as the same bytes;
 *   - a server's message that was understood is understood the same way after being written again.
 */
import assert from 'node:assert/strict';
import {
  concatenate,
  decodeBackend,
  decodeFrontend,
  decodeStartup,
  encodeBackend,
  encodeFrontend,
  encodeStartup,
  Frame,
  Framer,
  makeVerifier,
  namesIn,
  ProtocolError,
  parseVerifier,
  readyStatus,
  renameIn,
  ScramClient,
  ScramServer,
} from '@pgml/protocol';
import fc from 'fast-check';
import { cut, damage, type Random, randomNumbers } from './damage.js';
import { backendMessages, frontendMessages, startupPackets } from './protocol-messages.js';

export interface FuzzTally {
  rounds: number;
  bytes: number;
  frames: number;
  understood: number;
  refused: number;
}

/** The value, or the ProtocolError; anything else that is thrown goes through. */
function orRefusal<T>(action: () => T): T | ProtocolError {
  try {
    return action();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

interface Cutting {
  readonly frames: Frame[];
  readonly error: string | undefined;
  readonly buffered: number;
}

/** Frames until the bytes are used up or refused. `startupPackets` frames are cut before the messages begin. */
function cutFrames(from: 'frontend' | 'backend', chunks: readonly Uint8Array[], startupFrames: number): Cutting {
  const framer = new Framer({ from, maximumLength: 1 << 20 });
  const frames: Frame[] = [];
  if (startupFrames === 0) framer.beginMessages();
  for (const chunk of chunks) {
    framer.push(chunk);
    for (;;) {
      const frame = orRefusal(() => framer.next());
      if (frame instanceof ProtocolError) return { frames, error: frame.message, buffered: framer.buffered };
      if (!frame) break;
      frames.push(frame);
      if (frames.length === startupFrames) framer.beginMessages();
    }
  }
  return { frames, error: undefined, buffered: framer.buffered };
}

function checkCutting(from: 'frontend' | 'backend', bytes: Uint8Array, startupFrames: number, random: Random): Cutting {
  const chunks = cut(bytes, random);
  const whole = cutFrames(from, [bytes], startupFrames);
  const pieces = cutFrames(from, chunks, startupFrames);
  assert.equal(pieces.error, whole.error);
  const joined = concatenate(pieces.frames.map((frame) => frame.bytes));
  assert.deepEqual(joined, concatenate(whole.frames.map((frame) => frame.bytes)));
  assert.deepEqual(joined, bytes.subarray(0, joined.length));
  if (!pieces.error) assert.equal(joined.length + pieces.buffered, bytes.length);
  return pieces;
}

function checkFrontend(frame: Frame): boolean {
  const names = orRefusal(() => namesIn(frame));
  const same = orRefusal(() => renameIn(frame, ({ name }) => name));
  assert.equal(names instanceof ProtocolError, same instanceof ProtocolError);
  orRefusal(() => renameIn(frame, ({ name }) => concatenate([name, name])));
  let understood = false;
  for (const meaning of ['PasswordMessage', 'SASLInitialResponse', 'SASLResponse', 'GSSResponse'] as const) {
    const message = orRefusal(() => decodeFrontend(frame, meaning));
    if (message instanceof ProtocolError) continue;
    assert.deepEqual(encodeFrontend(message), frame.bytes);
    understood = true;
  }
  return understood;
}

function checkBackend(frame: Frame): boolean {
  orRefusal(() => readyStatus(frame));
  const message = orRefusal(() => decodeBackend(frame));
  if (message instanceof ProtocolError) return false;
  // U+FFFD for bytes that are not UTF-8 is longer than they were, and may pass a limit of the framer; so no framer here.
  assert.deepEqual(decodeBackend(new Frame(encodeBackend(message), 5)), message);
  return true;
}

function checkStartup(frame: Frame): boolean {
  const packet = orRefusal(() => decodeStartup(frame.body));
  if (packet instanceof ProtocolError) return false;
  assert.deepEqual(decodeStartup(encodeStartup(packet).subarray(4)), packet);
  return true;
}

const salt = Uint8Array.from({ length: 16 }, (_, index) => index);
const verifier = makeVerifier('pencil', salt, 1);

/** One exchange in which any of the four messages may be damaged. It succeeds only if none was. */
function checkScram(random: Random): void {
  const server = new ScramServer({ user: 'ada', verifier, mockSecret: salt, nonce: 'server' });
  const client = new ScramClient({ password: 'pencil', nonce: 'client' });
  const victim = random(5);
  const maybe = (index: number, message: Uint8Array) => (index === victim ? damage(message, random) : message);
  const original = [client.first()];
  const received = [maybe(0, original[0])];
  const outcome = orRefusal(() => {
    const steps = [
      (message: Uint8Array) => server.receive(message),
      (message: Uint8Array) => client.respond(message),
      (message: Uint8Array) => server.receive(message),
    ];
    steps.forEach((step, index) => {
      original.push(step(received[index]));
      received.push(maybe(index + 1, original[index + 1]));
    });
    client.finish(received[3]);
  });
  const intact = original.every((message, index) => Buffer.compare(message, received[index]) === 0);
  if (intact) assert.equal(outcome, undefined);
  // Only what is not signed may differ: what follows the signature in the server's last message.
  if (server.state === 'authenticated') for (const index of [1, 2]) assert.deepEqual(received[index], original[index]);
}

/** Fuzzes until `enough` says so; the same seed and number of rounds do the same. */
export function fuzzProtocol(seed: number, enough: (tally: FuzzTally) => boolean): FuzzTally {
  const random = randomNumbers(seed);
  const tally: FuzzTally = { rounds: 0, bytes: 0, frames: 0, understood: 0, refused: 0 };
  const verifierText = new TextEncoder().encode('SCRAM-SHA-256$4096:AAAA$AAAA:AAAA');
  while (!enough(tally)) {
    const sampling = { seed: seed + tally.rounds, numRuns: 6 };
    const client = concatenate(fc.sample(frontendMessages, sampling).map(encodeFrontend));
    const server = concatenate(fc.sample(backendMessages, sampling).map(encodeBackend));
    const startup = encodeStartup(fc.sample(startupPackets, sampling)[0]);
    for (let variant = 0; variant < 20; variant++) {
      const damaged = {
        client: damage(client, random),
        server: damage(server, random),
        startup: concatenate([damage(startup, random), client]),
      };
      const cuttings: readonly (readonly [Cutting, (frame: Frame) => boolean])[] = [
        [checkCutting('frontend', damaged.client, 0, random), checkFrontend],
        [checkCutting('backend', damaged.server, 0, random), checkBackend],
        [
          checkCutting('frontend', damaged.startup, 1, random),
          (frame) => (frame.type === '' ? checkStartup(frame) : checkFrontend(frame)),
        ],
      ];
      for (const [{ frames, error }, check] of cuttings) {
        tally.frames += frames.length;
        if (error) tally.refused++;
        for (const frame of frames) {
          if (check(frame)) tally.understood++;
          else tally.refused++;
        }
      }
      checkScram(random);
      parseVerifier(new TextDecoder().decode(damage(verifierText, random)));
      tally.bytes += damaged.client.length + damaged.server.length + damaged.startup.length;
    }
    tally.rounds++;
  }
  return tally;
}
