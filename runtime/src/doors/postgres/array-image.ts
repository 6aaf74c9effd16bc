/**
 * The binary image of a real[], as array_send makes it. All integers are big-endian.
 *
 *   int4 number of dimensions (0: an empty array), int4 whether there may be NULLs, int4 oid of the element type,
 *   for each dimension:  int4 length, int4 lower bound
 *   for each element, in storage order:  int4 length in bytes (-1: NULL), then the bytes
 */
import { RuntimeError } from '../../runtime.js';

export const FLOAT4 = 700;
const MAXIMUM_DIMENSIONS = 6;
const HEADER = 12;
const DIMENSION = 8;
const LENGTH = 4;

/** Where an image lies in a message: `view` from byte `start` up to `end`. */
export interface ArrayImage {
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** How many elements the array has. Throws 22P03 if it is no image of a real[]; elements are not looked at. */
export function elementCount({ view, start, end }: ArrayImage): number {
  if (end - start < HEADER) throw invalid('it has no header');
  const dimensions = view.getInt32(start);
  if (dimensions < 0 || dimensions > MAXIMUM_DIMENSIONS) throw invalid(`it has ${dimensions} dimensions`);
  const type = view.getUint32(start + 8);
  if (type !== FLOAT4) throw invalid(`its elements are of type ${type}, not real (${FLOAT4})`);
  const elements = start + HEADER + dimensions * DIMENSION;
  if (elements > end) throw invalid('its dimensions are cut off');
  let count = dimensions === 0 ? 0 : 1;
  for (let at = start + HEADER; at < elements; at += DIMENSION) {
    const length = view.getInt32(at);
    if (length < 0) throw invalid(`a dimension has the length ${length}`);
    count *= length;
  }
  // Before anything is allocated: each element has at least its length.
  if (count * LENGTH > end - elements) throw invalid(`its ${count} elements do not fit into ${end - elements} bytes`);
  return count;
}

/**
 * Writes the `count` elements to `target` from `offset` on, NaN for NULL. Returns how many are NULL. Throws 22P03 if they
 * are not what the image must have.
 */
export function readElements(image: ArrayImage, count: number, target: Float32Array, offset: number): number {
  const { view, start, end } = image;
  let at = start + HEADER + view.getInt32(start) * DIMENSION;
  let nulls = 0;
  for (let index = offset; index < offset + count; index++) {
    if (at + LENGTH > end) throw invalid('it is cut off');
    const length = view.getInt32(at);
    at += LENGTH;
    if (length === -1) {
      target[index] = Number.NaN;
      nulls++;
    } else if (length === 4 && at + 4 <= end) {
      target[index] = view.getFloat32(at);
      at += 4;
    } else throw invalid(`an element has ${length} bytes`);
  }
  if (at !== end) throw invalid(`${end - at} bytes follow its last element`);
  return nulls;
}

const invalid = (detail: string) =>
  new RuntimeError('22P03', 'this is no binary image of a real[]', {
    detail: `About the image: ${detail}.`,
    hint: 'Send what array_send(x::real[]) gives.',
  });
