/** The settings of a session that drivers and poolers look at. None of them can be changed. */
import { RuntimeError } from '../../runtime.js';

/** Clients choose what they may use by it; the door has what matters of the protocol of this version. */
const SERVER_VERSION = '15.0';

/** Reported at the beginning of a session, and shown by SHOW. */
export const reportedSettings = (version: string, user: string, applicationName: string): Record<string, string> => ({
  server_version: `${SERVER_VERSION} (pgml runtime ${version})`,
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  application_name: applicationName,
  default_transaction_read_only: 'off',
  in_hot_standby: 'off',
  is_superuser: 'off',
  session_authorization: user,
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
});

/** As PostgreSQL compares the names of encodings, without regard to case and punctuation. */
export const isUtf8Name = (name: string): boolean => /^(utf8|unicode|auto|default)$/.test(plain(name));

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** SET is accepted and has no effect, but an encoding that is not spoken is refused. `words` are those after SET. */
export function checkSet(words: readonly string[]): void {
  const at = words.findIndex((word) => word === 'client_encoding' || word === 'names');
  if (at < 0) return;
  const value = words.slice(at + 1).filter((word) => word !== '=' && word !== 'to');
  if (!isUtf8Name(value.join('')))
    throw new RuntimeError('0A000', `the runtime speaks UTF8 only, not ${value.join('')}`, {
      hint: 'The calling database must have the encoding UTF8.',
    });
}
