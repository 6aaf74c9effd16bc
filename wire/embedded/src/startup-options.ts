/** What a client asks for in its startup packet. */
import { ProtocolError, type StartupMessage } from '@pgml/protocol';
import type { Setting } from './database-door.js';

export interface StartupRequest {
  readonly user: string;
  readonly database: string;
  readonly settings: readonly Setting[];
  /** Protocol extensions that we do not know, to be named in a NegotiateProtocolVersion. */
  readonly unknownExtensions: readonly string[];
}

/** Throws ProtocolError. */
export function readStartup({ parameters }: StartupMessage): StartupRequest {
  const user = parameters.get('user');
  if (!user) throw new ProtocolError('no PostgreSQL user name specified in startup packet', { sqlstate: '28000' });
  if (parameters.has('replication') && !['false', 'off', 'no', '0'].includes(parameters.get('replication')!))
    throw new ProtocolError('the embedded server has no replication: use PostgreSQL itself for replicas', {
      sqlstate: '0A000',
    });
  const settings: Setting[] = [];
  const unknownExtensions = [];
  for (const [name, value] of parameters) {
    if (name.startsWith('_pq_.')) unknownExtensions.push(name);
    else if (name === 'options') settings.push(...readOptions(value));
    else if (!['user', 'database', 'replication'].includes(name)) settings.push([name, value]);
  }
  for (const [name, value] of settings)
    if (name.toLowerCase() === 'client_encoding' && !/^'?(utf-?8|unicode|auto)'?$/i.test(value))
      throw new ProtocolError(`the embedded server speaks UTF8 only, not ${value}: set client_encoding to UTF8`, {
        sqlstate: '0A000',
      });
  return {
    user,
    database: parameters.get('database') ?? user,
    settings: settings.filter(([name]) => name.toLowerCase() !== 'client_encoding'),
    unknownExtensions,
  };
}

/** Options as of the command line: `-c name=value`, `-cname=value`, `--name=value`; a backslash keeps a space. */
function readOptions(text: string): Setting[] {
  const words = [...text.matchAll(/(?:\\.|[^\s\\])+/gs)].map(([word]) => word.replace(/\\(.)/gs, '$1'));
  const settings: Setting[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const assignment = word === '-c' ? (words[++at] ?? '') : /^(?:-c|--)(.*)$/s.exec(word)?.[1];
    const parts = assignment === undefined ? null : /^([^=]+)=(.*)$/s.exec(assignment);
    if (!parts)
      throw new ProtocolError(`invalid command-line argument for server process: ${word}`, { sqlstate: '42601' });
    // A dash in a name stands for an underscore there.
    settings.push([parts[1].replace(/-/g, '_'), parts[2]]);
  }
  return settings;
}
