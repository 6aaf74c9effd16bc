/** What a client says of itself in its startup packet. */
import { ProtocolError, type StartupMessage } from '@pgml/protocol';
import type { PostgresClient } from './options.js';
import { isUtf8Name } from './settings.js';

export interface Startup {
  readonly client: PostgresClient;
  /** Protocol extensions, which we do not know, to be named in a NegotiateProtocolVersion. */
  readonly unknownExtensions: readonly string[];
}

/** Settings other than these have no meaning here and no effect. Throws ProtocolError. */
export function readStartup({ parameters }: StartupMessage): Startup {
  const user = parameters.get('user');
  if (!user) throw new ProtocolError('no user name specified in startup packet', { sqlstate: '28000' });
  if (parameters.has('replication') && !['false', 'off', 'no', '0'].includes(parameters.get('replication')!))
    throw new ProtocolError('the runtime has nothing to replicate', { sqlstate: '0A000' });
  const encoding = parameters.get('client_encoding');
  if (encoding !== undefined && !isUtf8Name(encoding))
    throw new ProtocolError(`the runtime speaks UTF8 only, not ${encoding}: set client_encoding to UTF8`, {
      sqlstate: '0A000',
    });
  return {
    client: {
      user,
      database: parameters.get('database') ?? user,
      applicationName: parameters.get('application_name') ?? '',
    },
    unknownExtensions: [...parameters.keys()].filter((name) => name.startsWith('_pq_.')),
  };
}
