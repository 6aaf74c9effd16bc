import { compileModel, readArtifact } from '@pgml/engine';
import { record } from '../input.js';
import { answering } from './method.js';
import { payloadOf } from './payload.js';

/** The body of a function of plpgsql that predicts what a model predicts, without the runtime. */
export const compile = answering('compile', record({}), (_, { payload }) => ({
  response: { body: compileModel(readArtifact(payloadOf('compile', 'an artifact', payload))) },
  result: null,
}));
