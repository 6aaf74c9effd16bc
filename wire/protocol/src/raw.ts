/** For those who pass messages on: looks at frames, and changes names in them, without decoding the rest. */
import { transactionStatus } from './backend.js';
import { ByteReader, FrameWriter } from './bytes.js';
import { ProtocolError } from './errors.js';
import type { Frame } from './framer.js';
import type { Target, TransactionStatus } from './messages.js';

/** A name of a prepared statement or portal as bytes, so that no encoding can harm it. Empty for the unnamed one. */
export interface NameReference {
  readonly target: Target;
  readonly name: Uint8Array;
}

/** The names that a Parse, Bind, Describe, Execute or Close mentions, in the order of the message; none for other frames. */
export function namesIn(frame: Frame): readonly NameReference[] {
  const layout = nameLayout(frame);
  const reader = new ByteReader(frame.body.subarray(layout.offset), layout.what);
  return layout.targets.map((target) => ({ target, name: reader.cstringBytes() }));
}

/**
 * The frame's bytes with every name replaced by what `rename` gives for it. Where no name changes, and for frames
 * without names, these are the bytes as they came.
 */
export function renameIn(frame: Frame, rename: (reference: NameReference) => Uint8Array): Uint8Array {
  const layout = nameLayout(frame);
  if (layout.targets.length === 0) return frame.bytes;
  const { body } = frame;
  const reader = new ByteReader(body.subarray(layout.offset), layout.what);
  const old = layout.targets.map((target) => ({ target, name: reader.cstringBytes() }));
  const renamed = old.map(rename);
  if (renamed.every((name, index) => name === old[index].name)) return frame.bytes;
  const writer = new FrameWriter(frame.type).bytes(body.subarray(0, layout.offset));
  for (const name of renamed) {
    if (name.includes(0)) throw new ProtocolError('the name of a statement or portal cannot hold a zero byte');
    writer.bytes(name).uint8(0);
  }
  return writer.bytes(reader.rest()).finish();
}

interface NameLayout {
  readonly what: string;
  /** Where in the body the names begin; they stand one after the other. */
  readonly offset: number;
  readonly targets: readonly Target[];
}

const layouts: Readonly<Record<string, NameLayout>> = {
  P: { what: 'Parse', offset: 0, targets: ['statement'] },
  B: { what: 'Bind', offset: 0, targets: ['portal', 'statement'] },
  E: { what: 'Execute', offset: 0, targets: ['portal'] },
};

const noNames: NameLayout = { what: '', offset: 0, targets: [] };

function nameLayout(frame: Frame): NameLayout {
  const { type } = frame;
  if (type !== 'D' && type !== 'C') return layouts[type] ?? noNames;
  const what = type === 'D' ? 'Describe' : 'Close';
  const letter = frame.body[0];
  if (letter === 0x53) return { what, offset: 1, targets: ['statement'] };
  if (letter === 0x50) return { what, offset: 1, targets: ['portal'] };
  throw new ProtocolError(`invalid ${what} message: it names neither a statement (S) nor a portal (P)`);
}

/** The status in a ReadyForQuery frame. */
export function readyStatus(frame: Frame): TransactionStatus {
  if (frame.type !== 'Z' || frame.bytes.length !== 6) throw new ProtocolError('this frame is no ReadyForQuery');
  return transactionStatus(frame.bytes[5]);
}
