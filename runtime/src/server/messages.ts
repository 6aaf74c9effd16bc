/** What the supervisor and the serving process say to each other, over the channel between them. */
import type { Endpoint, InheritedEndpoint } from './endpoints.js';
import type { Configuration } from './settings.js';

export type ToServing =
  | {
      readonly type: 'serve';
      readonly configuration: Configuration;
      /** Undefined for the first serving process: it makes the listening sockets, and hands them up. */
      readonly endpoints: readonly InheritedEndpoint[] | undefined;
      readonly restarts: number;
    }
  | { readonly type: 'reload'; readonly configuration: Configuration }
  | { readonly type: 'stop' };

export type FromServing =
  /** Comes with the listening socket's handle. */
  | { readonly type: 'endpoint'; readonly endpoint: Endpoint }
  | { readonly type: 'ready' }
  /** It cannot serve, and ends; `explained` if the message is for people who configure it. */
  | { readonly type: 'failed'; readonly message: string; readonly explained: boolean };
