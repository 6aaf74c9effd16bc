import { boolean, choice, digest, integer, record } from '../input.js';
import { outputs, predictRows } from '../models/predict.js';
import { RuntimeError } from '../runtime.js';
import { answering } from './method.js';
import { payloadOf } from './payload.js';

/** What a loaded model answers to rows of features. One that is not loaded is said to be so, for the caller to load. */
export const predict = answering(
  'predict',
  record({
    model: digest,
    output: choice(outputs),
    one: boolean,
    nulls: integer(0, Number.MAX_SAFE_INTEGER),
  }),
  async ({ model: sha256, ...question }, { payload, models, signal }) => {
    const features = payloadOf('predict', 'features', payload);
    if (features.length % 4 !== 0)
      throw new RuntimeError('22023', `features must be 4 bytes each, but ${features.length} bytes were given`);
    const model = models.use(sha256);
    if (!model) return { response: { loaded: false }, result: null };
    try {
      return {
        response: { loaded: true },
        result: await predictRows(models, model, { ...question, features }, signal),
      };
    } finally {
      models.release(model);
    }
  },
);
