/** What a method of the runtime is. registry.ts lists them. */
import type { PushedDatasets } from '../datasets/pushed.js';
import type { Reader } from '../input.js';
import type { Jobs } from '../jobs.js';
import type { ModelCache } from '../models/model-cache.js';
import type { CallResult } from '../runtime.js';
import type { FitWorkers } from '../workers/fit-workers.js';

export interface MethodContext {
  readonly payload: Uint8Array | null;
  readonly datasets: PushedDatasets;
  readonly jobs: Jobs;
  readonly models: ModelCache;
  readonly workers: FitWorkers;
  readonly signal: AbortSignal;
  /** Whoever takes turns with other clients; the same for all calls of a session. */
  readonly client: object;
}

export type Method =
  | { readonly name: string; call(request: unknown, context: MethodContext): CallResult | Promise<CallResult> }
  | { readonly name: string; stream(request: unknown, context: MethodContext): AsyncIterable<unknown> };

/** A method that answers once. Its handler takes what it needs of the session before it first waits. */
export function answering<Input>(
  name: string,
  input: Reader<Input>,
  handler: (input: Input, context: MethodContext) => CallResult | Promise<CallResult>,
): Method {
  return { name, call: (request, context) => handler(input(request, name), context) };
}

/** A method that answers with many items. */
export function streaming<Input>(
  name: string,
  input: Reader<Input>,
  handler: (input: Input, context: MethodContext) => AsyncIterable<unknown>,
): Method {
  return { name, stream: (request, context) => handler(input(request, name), context) };
}
