/** What statements and backslash commands of one `pgml sql` share. */
import { Connection, type ConnectionEvents } from './connection.js';
import type { ConnectionParameters } from './connection-parameters.js';
import type { Display } from './execute.js';
import type { Output } from './output.js';
import { formatReport } from './report.js';

export interface Session {
  connection: Connection;
  readonly out: Output;
  readonly errors: Output;
  readonly display: Display;
  readonly askPassword: ConnectionEvents['askPassword'];
  /** Set by \q. */
  finished: boolean;
}

export async function openSession(
  parameters: ConnectionParameters,
  channels: Pick<Session, 'out' | 'errors' | 'askPassword'>,
): Promise<Session> {
  const connection = await connect(parameters, channels);
  return { ...channels, connection, display: { expanded: false, timing: false }, finished: false };
}

/** Another connection in the place of the present one; throws ConnectionError and keeps the present one. */
export async function reconnect(session: Session, changes: Partial<ConnectionParameters>): Promise<void> {
  const connection = await connect({ ...session.connection.parameters, ...changes }, session);
  session.connection.close();
  session.connection = connection;
}

const connect = (parameters: ConnectionParameters, { errors, askPassword }: Pick<Session, 'errors' | 'askPassword'>) =>
  Connection.open(parameters, { askPassword, notice: (fields) => void errors.write(formatReport(fields, '')) });
