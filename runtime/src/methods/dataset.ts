import { quote } from '@pgml/engine';
import { type BundledName, bundledNames, readBundled } from '../datasets/bundled.js';
import { integer, optional, record, text } from '../input.js';
import { RuntimeError } from '../runtime.js';
import { answering } from './method.js';

/** The columns and the first `limit` rows of a bundled data set. */
export const dataset = answering(
  'dataset',
  record({ name: text, limit: optional(integer(0, Number.MAX_SAFE_INTEGER), undefined) }),
  async ({ name, limit }) => {
    if (!bundledNames.includes(name as BundledName))
      throw new RuntimeError('0A000', `there is no bundled data set ${quote(name)}, and others are not available yet`, {
        hint: `Bundled are ${bundledNames.join(', ')}.`,
      });
    const { columns, rows } = await readBundled(name as BundledName);
    return { response: { columns, rows: rows.slice(0, limit) }, result: null };
  },
);
