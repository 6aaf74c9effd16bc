import { encodeRow } from '@pgml/engine';
import { anything, digest, record } from '../input.js';
import { answering } from './method.js';

/** A row as the features of a loaded model: the text of a real[]. */
export const encode = answering(
  'encode',
  record({ model: digest, row: anything }),
  ({ model: sha256, row }, { models }) => {
    const model = models.use(sha256);
    if (!model) return { response: { loaded: false }, result: null };
    try {
      return { response: { loaded: true, features: asRealArray(encodeRow(model.header, row)) }, result: null };
    } finally {
      models.release(model);
    }
  },
);

/** The text of a real[]. The shortest decimals of a double are read back as the same float4, and -0 keeps its sign. */
const asRealArray = (values: Float32Array): string =>
  `{${Array.from(values, (value) => (Object.is(value, -0) ? '-0' : String(value))).join(',')}}`;
