/** What the supervisor and the serving process say to each other, over the channel between them. */
import type { Endpoint, InheritedEndpoint } from './endpoints.js';
import type { Configuration } from './settings.js';

/** Of the serving processes before this one. */
export interface Predecessors {
  /** How many the supervisor has replaced. */
  readonly restarts: number;
  /** How many of these it had to kill, because they did not answer any more. */
  readonly hangs: number;
}

export type ToServing =
  | {
      readonly type: 'serve';
      readonly configuration: Configuration;
      /** Undefined for the first serving process: it makes the listening sockets, and hands them up. */
      readonly endpoints: readonly InheritedEndpoint[] | undefined;
      readonly predecessors: Predecessors;
    }
  | { readonly type: 'reload'; readonly configuration: Configuration }
  | { readonly type: 'stop' }
  /** To be answered at once with the same. */
  | { readonly type: 'heartbeat' };

export type FromServing =
  /** Comes with the listening socket's handle. */
  | { readonly type: 'endpoint'; readonly endpoint: Endpoint }
  | { readonly type: 'ready' }
  | { readonly type: 'heartbeat' }
  /** It cannot serve, and ends; `explained` if the message is for people who configure it. */
  | { readonly type: 'failed'; readonly message: string; readonly explained: boolean };
