/** Arrays that an artifact keeps beside the evaluator block, described in its header. */
import type { Sections } from '../estimator.js';

/** What a section is, in the header. */
export interface SectionDescription {
  readonly name: string;
  readonly type: SectionType;
  /** Elements. */
  readonly length: number;
}

const arrays = {
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;
export type SectionType = keyof typeof arrays;

const types: Record<keyof Sections, SectionType> = { labels: 'int32', covers: 'float32', means: 'float64' };

/** Of the sections that are there, by name. */
export function describeSections(sections: Sections): SectionDescription[] {
  return (Object.keys(types) as (keyof Sections)[])
    .filter((name) => sections[name])
    .sort()
    .map((name) => ({ name, type: types[name], length: sections[name]!.length }));
}

/** Whether a header may say so. */
export function areSections(value: unknown): value is readonly SectionDescription[] {
  if (!Array.isArray(value) || new Set(value.map((one: SectionDescription | null) => one?.name)).size < value.length)
    return false;
  return value.every(
    (one: Partial<SectionDescription> | null) =>
      Object.hasOwn(types, one?.name ?? '') &&
      one?.type === types[one?.name as keyof Sections] &&
      Number.isSafeInteger(one.length) &&
      one.length! >= 0 &&
      one.length! < 2 ** 32,
  );
}

export const roundUp = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** Where the sections lie after `end` bytes, and where the block does: each at the next multiple of 16. */
export function placeSections(
  sections: readonly SectionDescription[],
  end: number,
): { offsets: number[]; block: number } {
  let next = roundUp(end);
  const offsets = sections.map(({ type, length }) => {
    const offset = next;
    next = roundUp(offset + length * arrays[type].BYTES_PER_ELEMENT);
    return offset;
  });
  return { offsets, block: next };
}

/** Copies of the sections in an artifact's bytes. */
export function readSections(
  bytes: Uint8Array,
  descriptions: readonly SectionDescription[],
  offsets: readonly number[],
): Sections {
  return Object.fromEntries(
    descriptions.map(({ name, type, length }, index) => {
      const start = offsets[index];
      return [name, new arrays[type](bytes.slice(start, start + length * arrays[type].BYTES_PER_ELEMENT).buffer)];
    }),
  );
}
