/** The fields of ErrorResponse and NoticeResponse: a letter and a string each, a zero byte after the last. */
import type { ByteReader, FrameWriter } from './bytes.js';
import type { ErrorFields, Severity } from './messages.js';

const textFields = {
  C: 'sqlstate',
  M: 'message',
  D: 'detail',
  H: 'hint',
  q: 'internalQuery',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  d: 'dataType',
  n: 'constraint',
  F: 'file',
  R: 'routine',
} as const satisfies Readonly<Record<string, keyof ErrorFields>>;

const numberFields = {
  P: 'position',
  p: 'internalPosition',
  L: 'line',
} as const satisfies Readonly<Record<string, keyof ErrorFields>>;

const severities: readonly string[] = ['ERROR', 'FATAL', 'PANIC', 'WARNING', 'NOTICE', 'DEBUG', 'INFO', 'LOG'];

export function writeErrorFields(writer: FrameWriter, fields: ErrorFields): void {
  const field = (letter: string, value: string | number | undefined) => {
    if (value !== undefined) writer.uint8(letter.charCodeAt(0)).cstring(String(value));
  };
  field('S', fields.localizedSeverity ?? fields.severity);
  field('V', fields.severity);
  for (const [letter, name] of Object.entries(textFields)) field(letter, fields[name]);
  for (const [letter, name] of Object.entries(numberFields)) field(letter, fields[name]);
  writer.uint8(0);
}

/** Fields of unknown letters are skipped, as the protocol asks; a server that leaves out the obligatory ones is forgiven. */
export function readErrorFields(reader: ByteReader): ErrorFields {
  const found = new Map<string, string>();
  for (let letter = reader.uint8(); letter !== 0; letter = reader.uint8())
    found.set(String.fromCharCode(letter), reader.lenientCstring());

  const localized = found.get('S');
  const severity = [found.get('V'), localized].find((value) => severities.includes(value ?? '')) ?? 'ERROR';
  const fields: Record<string, string | number> = { severity, sqlstate: 'XX000', message: '' };
  if (localized !== undefined && localized !== severity) fields.localizedSeverity = localized;
  for (const [letter, name] of Object.entries(textFields)) {
    const value = found.get(letter);
    if (value !== undefined) fields[name] = value;
  }
  for (const [letter, name] of Object.entries(numberFields)) {
    const value = found.get(letter);
    if (value !== undefined && /^\d{1,9}$/.test(value)) fields[name] = Number(value);
  }
  return fields as unknown as ErrorFields & { severity: Severity };
}
