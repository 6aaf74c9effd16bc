import { record } from '../input.js';
import { answering } from './method.js';
import { payloadOf } from './payload.js';

/** Keeps the model of an artifact for predictions, and tells its SHA-256. */
export const load = answering('load', record({}), (_, { payload, models }) => ({
  response: { model: models.load(payloadOf('load', 'an artifact', payload)) },
  result: null,
}));
