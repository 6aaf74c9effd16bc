import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RuntimeError } from '../../runtime.js';
import { type AnyFrame, decodeFrame, encodeFrame, FrameSplitter } from './codec.js';

const LIMIT = 2 ** 20;

/** Numbers from 0 to below `limit`, from a seed (xorshift). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
const random = numbers(20251123);
const choose = <T>(values: readonly T[]): T => values[random(values.length)];
const uint32 = () => choose([0, 1, 0x7fffffff, 0xffffffff, random(2 ** 31)]);
const text = () => choose(['', 'x', 'größe ☃ 😀', '"quoted" \\ %s', 'long '.repeat(random(500)), 'abc']);
const bytes = () => Uint8Array.from({ length: choose([0, 1, 3, 700]) }, () => random(256));

/** Any frame, as JSON and numbers can be compared. */
function anyFrame(): AnyFrame {
  const id = uint32();
  const makers: readonly (() => AnyFrame)[] = [
    () => ({ type: 'hello', version: uint32(), who: text() }),
    () => ({ type: 'call', id, method: text(), request: text(), payload: choose([null, bytes()]) }),
    () => ({ type: 'stream', id, credit: uint32(), method: text(), request: text() }),
    () => ({ type: 'credit', id, items: uint32() }),
    () => ({ type: 'cancel', id }),
    () => anyPush(id),
    () => ({ type: 'drop' }),
    () => ({ type: 'result', id, response: text(), result: choose([null, bytes()]) }),
    () => ({ type: 'item', id, item: text() }),
    () => ({ type: 'end', id }),
    () => ({ type: 'error', id, sqlstate: '22023', message: text() }),
    () => ({ type: 'error', id, sqlstate: '22023', message: text(), detail: text(), hint: '' }),
  ];
  return choose(makers)();
}

function anyPush(id: number): AnyFrame {
  const rows = random(40);
  const columns = Array.from({ length: random(4) }, () => {
    const name = text();
    if (random(2) === 0)
      return {
        name,
        type: 'text' as const,
        width: 1 as const,
        values: Array.from({ length: rows }, () => choose([null, text()])),
      };
    const width = random(4);
    const values = Float32Array.from({ length: rows * width }, () => choose([Number.NaN, -0, 1.5, -Infinity]));
    return { name, type: 'real' as const, width, values };
  });
  return { type: 'push', id, rows, columns };
}

/** What a splitter gives for bytes that come in chunks of any size. */
function split(stream: Uint8Array, splitter: FrameSplitter): AnyFrame[] {
  const frames: AnyFrame[] = [];
  const largest = choose([1, 5, 100, 65536]);
  for (let at = 0; at < stream.length;) {
    const chunk = stream.slice(at, at + 1 + random(largest));
    splitter.push(chunk);
    at += chunk.length;
    for (let frame = splitter.next(); frame; frame = splitter.next()) frames.push(decodeFrame(frame));
  }
  return frames;
}

test('frames come out as they went in, however they are cut', () => {
  for (let round = 0; round < 300; round++) {
    const frames = Array.from({ length: 1 + random(6) }, anyFrame);
    const stream = Buffer.concat(frames.map(encodeFrame));
    assert.deepEqual(split(stream, new FrameSplitter(LIMIT)), frames, `round ${round}`);
  }
});

test('the numbers of a push can be read where they lie, whatever the frame lay behind', () => {
  const column = { name: 'odd', type: 'real', width: 1, values: Float32Array.of(1, 2, 3) } as const;
  const push = encodeFrame({ type: 'push', id: 1, rows: 3, columns: [column] });
  for (let before = 0; before < 4; before++) {
    const item = encodeFrame({ type: 'item', id: 1, item: 'x'.repeat(before) });
    const splitter = new FrameSplitter(LIMIT);
    splitter.push(Buffer.concat([item, push]));
    splitter.next();
    const frame = splitter.next()!;
    const decoded = decodeFrame(frame) as AnyFrame & { type: 'push' };
    assert.deepEqual([...decoded.columns[0].values], [1, 2, 3]);
    assert.equal((decoded.columns[0].values as Float32Array).buffer, frame.body.buffer, 'not copied');
  }
});

test('mutilated frames are refused as such, or are other frames, but nothing else happens', () => {
  const seen = { frames: 0, refused: 0 };
  for (let round = 0; round < 3000; round++) {
    const stream = Buffer.concat([encodeFrame(anyFrame()), encodeFrame(anyFrame())]);
    for (let hit = 0; hit <= random(4); hit++) {
      // Lengths and counts, in multiples of 4, are where it hurts.
      const at = random(2) === 0 ? random(stream.length) : Math.min(stream.length - 1, 4 * random(12));
      stream[at] = choose([0, 1, 0xff, random(256)]);
    }
    try {
      seen.frames += split(stream.subarray(0, stream.length - random(2)), new FrameSplitter(LIMIT)).length;
    } catch (error) {
      assert.ok(error instanceof RuntimeError, String(error));
      assert.ok(['08P01', '54000'].includes(error.sqlstate), error.message);
      seen.refused++;
    }
  }
  assert.ok(seen.frames > 500 && seen.refused > 500, JSON.stringify(seen));
});

test('a frame that is too large is refused by its head, before its body is there', () => {
  const splitter = new FrameSplitter(10);
  splitter.push(encodeFrame({ type: 'item', id: 1, item: '0123456789' }));
  assert.equal(splitter.next()?.body.length, 10);
  splitter.push(encodeFrame({ type: 'item', id: 1, item: '0123456789!' }).subarray(0, 12));
  assert.throws(() => splitter.next(), { sqlstate: '54000', message: 'a frame of 11 bytes is too large' });
});

test('announced rows do not make memory before their bytes are there', () => {
  const body = new Uint8Array(Uint32Array.of(0xffffffff, 1, 2, 1, 0).buffer);
  assert.throws(() => decodeFrame({ type: 6, id: 1, body }), { sqlstate: '08P01', message: /announced/ });
});
