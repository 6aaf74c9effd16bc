/**
 * The artifact: a fitted model as self-describing bytes. Little-endian.
 *
 *   byte  0  magic, the eight letters PGMLMODL
 *         8  u32 format version
 *        12  u32 length of the header in bytes
 *        16  u32 offset of the evaluator block, the first multiple of 16 after the last section, or else the header
 *        20  u32 length of the evaluator block, which is the rest of the artifact
 *        24  the header: canonical JSON, UTF-8
 *            the sections, if the header lists any: arrays that no evaluator reads, in the order of the header's
 *            `sections`, [{name, type, length}]. The type is int32, float32 or float64, the length is in elements; each
 *            begins at the first multiple of 16 after what comes before it
 *            the evaluator block
 *
 * Between these parts are zeros. Equal models give equal bytes. The evaluator block is what writeBlock of @pgml/kernels lays out.
 */
import { BlockError, type BlockFacts, checkBlock, type Kind } from '@pgml/kernels';
import { canonicalJson } from './canonical-json.js';
import { InputError } from '../errors.js';
import type { Sections, Task } from '../estimator.js';
import { areSections, describeSections, placeSections, readSections, type SectionDescription } from './sections.js';

export const FORMAT_VERSION = 1;
const MAGIC = 'PGMLMODL';
const PREFIX_BYTES = 24;

export interface FeatureDescription {
  readonly name: string;
  /** The name of the column's type as `udt_name` gives it; arrays lose the underscore and gain `[]`. */
  readonly pg_type: string;
  /** Numbers per row: 1, or the length of the array. */
  readonly width: number;
  /** Text features: the strings coded 1, 2, …; code 0 is NULL. */
  readonly categories?: readonly string[];
}

export interface LabelDescription {
  readonly name: string;
  readonly pg_type: string;
  /** Text labels: the strings coded 1, 2, … */
  readonly categories?: readonly string[];
  /** Classification: what predict answers for each class, in the order of the probabilities. */
  readonly classes?: readonly number[];
}

export interface ArtifactHeader {
  readonly kind: Kind;
  readonly task: Task;
  readonly algorithm: string;
  readonly features: readonly FeatureDescription[];
  /** Empty for unsupervised tasks. */
  readonly labels: readonly LabelDescription[];
  /** Whether a missing feature value means something to the model or is an error. */
  readonly missing: 'learn' | 'refuse';
  /** As checked, defaults included. */
  readonly hyperparams: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** What was learned beside the block; differs by algorithm. */
  readonly details: Readonly<Record<string, unknown>>;
  /** By kind a number for each feature; absent where the algorithm knows none. */
  readonly importances?: Readonly<Record<string, readonly number[]>>;
  /** The version of pgml that fitted the model. */
  readonly version: string;
  /** What lies between header and block; writeArtifact writes it. */
  readonly sections?: readonly SectionDescription[];
}

export interface Artifact {
  readonly header: ArtifactHeader;
  /** A view into the artifact's bytes. */
  readonly block: Uint8Array;
  readonly facts: BlockFacts;
  readonly sections: Sections;
}

/** The bytes are no artifact, or not one that can be used here. */
export class ArtifactError extends InputError {
  constructor(message: string, hint?: string) {
    super('XX001', `not a usable model: ${message}`, { hint });
  }
}

export function writeArtifact(
  header: ArtifactHeader,
  block: Uint8Array,
  sections: Sections = {},
): Uint8Array<ArrayBuffer> {
  const descriptions = describeSections(sections);
  const described = { ...header, sections: descriptions.length > 0 ? descriptions : undefined };
  const json = new TextEncoder().encode(canonicalJson(described));
  const places = placeSections(descriptions, PREFIX_BYTES + json.length);
  const bytes = new Uint8Array(places.block + block.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, json.length, true);
  view.setUint32(16, places.block, true);
  view.setUint32(20, block.length, true);
  bytes.set(json, PREFIX_BYTES);
  descriptions.forEach(({ name }, index) => {
    const { buffer, byteOffset, byteLength } = sections[name as keyof Sections]!;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), places.offsets[index]);
  });
  bytes.set(block, places.block);
  return bytes;
}

/**
 * Reads and checks an artifact from any source: what passes is safe to evaluate. Nothing is copied but the sections.
 * Throws ArtifactError.
 */
export function readArtifact(bytes: Uint8Array): Artifact {
  // The bytes may come in a subclass whose slice() does not copy, as Buffer's does not. The block is nothing but a Uint8Array.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { json, block } = split(plain);
  const header = checkHeader(json);
  const described = header.sections ?? [];
  const places = placeSections(described, PREFIX_BYTES + json.length);
  const blockOffset = plain.length - block.length;
  if (blockOffset !== places.block)
    throw new ArtifactError(
      `its block begins at byte ${blockOffset} after a header of ${json.length} bytes and ${described.length} sections`,
    );
  let facts: BlockFacts;
  try {
    facts = checkBlock(block);
  } catch (error) {
    throw error instanceof BlockError ? new ArtifactError(error.message) : error;
  }
  const width = header.features.reduce((sum, feature) => sum + feature.width, 0);
  if (facts.kind !== header.kind || facts.features !== width)
    throw new ArtifactError(
      `its header describes ${header.kind} over ${width} features, its block ${facts.kind} over ${facts.features}`,
    );
  const classes = header.labels[0]?.classes;
  if (classes && classes.length !== facts.classes)
    throw new ArtifactError(`its header describes ${classes.length} classes, its block ${facts.classes}`);
  return { header, block, facts, sections: readSections(plain, described, places.offsets) };
}

function split(bytes: Uint8Array): { json: Uint8Array; block: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC)
    throw new ArtifactError(
      'it does not begin as one',
      'Models of PostgresML itself cannot be read; train them again.',
    );
  if (bytes.length < PREFIX_BYTES) throw new ArtifactError(`only ${bytes.length} bytes of it are there`);
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION)
    throw new ArtifactError(
      `its format has version ${version}, expected was version ${FORMAT_VERSION}`,
      version > FORMAT_VERSION ? 'It was made by a newer pgml; upgrade this one.' : 'Train the model again.',
    );
  const headerLength = view.getUint32(12, true);
  const blockOffset = view.getUint32(16, true);
  const blockLength = view.getUint32(20, true);
  if (blockOffset + blockLength !== bytes.length)
    throw new ArtifactError(`it should have ${blockOffset + blockLength} bytes but has ${bytes.length}`);
  if (blockOffset < PREFIX_BYTES + headerLength)
    throw new ArtifactError(`its block begins at byte ${blockOffset} within a header of ${headerLength} bytes`);
  return {
    json: bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerLength),
    block: bytes.subarray(blockOffset),
  };
}

function checkHeader(json: Uint8Array): ArtifactHeader {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new ArtifactError('its header is not JSON');
  }
  const faulty = Object.entries(headerShape).find(([key, holds]) => !isObject(header) || !holds(header[key]));
  if (faulty) throw new ArtifactError(`"${faulty[0]}" is missing from its header or wrong`);
  return header as ArtifactHeader;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown) => typeof value === 'string';
const isOptionalList = (value: unknown, holds: (element: unknown) => boolean) =>
  value === undefined || (Array.isArray(value) && value.every(holds));
const isColumn = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && isText(value.name) && isText(value.pg_type) && isOptionalList(value.categories, isText);

const headerShape: Record<keyof ArtifactHeader, (value: unknown) => boolean> = {
  kind: isText,
  task: (value) => ['regression', 'classification', 'clustering', 'decomposition'].includes(value as string),
  algorithm: isText,
  features: (value) =>
    Array.isArray(value) &&
    value.every((feature) => isColumn(feature) && Number.isSafeInteger(feature.width) && (feature.width as number) > 0),
  labels: (value) =>
    Array.isArray(value) &&
    value.every((label) => isColumn(label) && isOptionalList(label.classes, (one) => typeof one === 'number')),
  missing: (value) => value === 'learn' || value === 'refuse',
  hyperparams: isObject,
  seed: (value) => typeof value === 'number',
  details: isObject,
  importances: (value) => value === undefined || isObject(value),
  version: isText,
  sections: (value) => value === undefined || areSections(value),
};
