/** What each of the library's symbols does with its FunctionCallInfo. */
import type { EvaluateExports } from '@pgml/kernels';
import type { Backend } from './backend.js';
import { call, Streams } from './call.js';
import { Channel } from './channel.js';
import type { Connection } from './connection.js';
import { Deployments } from './deployments.js';
import { encode } from './encode.js';
import { Interrupts } from './interrupts.js';
import { atTransactionEnd, forgetOnInvalidation, invalidate } from './invalidate.js';
import { Models } from './models.js';
import { Predictor } from './predict.js';
import { Datasets } from './push.js';
import type { Shortcut } from './shortcut.js';
import { Spi } from './spi.js';
import { symbols } from './symbols.js';
import { argument, makeInt8, readText } from './values.js';

/** Takes the address of a FunctionCallInfo and returns a Datum. */
export type SqlFunction = (fcinfo: number) => number;

export interface Functions {
  /** In the order of `symbols`. */
  readonly bySymbol: readonly SqlFunction[];
  /** Raises an error if the present statement should stop. */
  checkInterrupts(): void;
}

/** Connects the parts for one database process, which must have started. */
export function sqlFunctions(
  backend: Backend,
  evaluators: EvaluateExports,
  shortcut: Shortcut,
  { port, words }: Connection,
  cacheBytes: number,
): Functions {
  const spi = new Spi(backend);
  const interrupts = new Interrupts(backend, words);
  const channel = new Channel(port, words, interrupts);
  const streams = new Streams(backend, channel);
  const datasets = new Datasets(backend, spi, channel, interrupts);
  const deployments = new Deployments(backend, spi, new Models(backend, cacheBytes), shortcut);
  const predictor = new Predictor(backend, evaluators, interrupts);

  forgetOnInvalidation(backend, deployments);
  atTransactionEnd(backend, () => {
    deployments.endTransaction();
    datasets.endTransaction();
  });

  const project = (fcinfo: number) => deployments.ofProject(fcinfo);
  const model = (fcinfo: number) => deployments.ofId(fcinfo);
  const features = (fcinfo: number) => argument(backend, fcinfo, 1);
  const functions: Record<(typeof symbols)[number], SqlFunction> = {
    pgml_call: (fcinfo) => call(backend, channel, fcinfo),
    pgml_stream: (fcinfo) => streams.next(fcinfo),
    pgml_push: (fcinfo) => makeInt8(backend, BigInt(datasets.push(readText(backend, argument(backend, fcinfo, 0))))),
    pgml_predict_project: (fcinfo) => predictor.predict(project(fcinfo), features(fcinfo)),
    pgml_predict_model: (fcinfo) => predictor.predict(model(fcinfo), features(fcinfo)),
    pgml_predict_proba_project: (fcinfo) => predictor.probabilities(project(fcinfo), features(fcinfo)),
    pgml_predict_proba_model: (fcinfo) => predictor.probabilities(model(fcinfo), features(fcinfo)),
    pgml_predict_batch_project: (fcinfo) => predictor.batch(project(fcinfo), features(fcinfo)),
    pgml_predict_batch_model: (fcinfo) => predictor.batch(model(fcinfo), features(fcinfo)),
    pgml_encode: (fcinfo) => encode(backend, model(fcinfo), argument(backend, fcinfo, 1)),
    pgml_invalidate: () => invalidate(backend, deployments),
  };
  return {
    bySymbol: symbols.map((symbol) => functions[symbol]),
    checkInterrupts: () => interrupts.check(interrupts.deadline()),
  };
}
