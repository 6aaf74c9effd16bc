/** What the runtime tells its operator: one line an event, to standard error. Never secrets, never what SQL sends. */
import type { Configuration } from './settings.js';

export type LogLevel = Configuration['logLevel'];
/** The names time, level and message are taken. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  /** May be changed at any time. */
  level: LogLevel;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

/** Writes finished lines, each with its line's end. */
export function createLog(
  level: LogLevel,
  format: Configuration['logFormat'],
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const print = format === 'json' ? printJson : printText;
  const at =
    (own: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (severity[own] >= severity[log.level]) write(`${print(new Date().toISOString(), own, message, fields)}\n`);
    };
  const log: Log = { level, debug: at('debug'), info: at('info'), warning: at('warning'), error: at('error') };
  return log;
}

type Printer = (time: string, level: LogLevel, message: string, fields: LogFields) => string;

const printJson: Printer = (time, level, message, fields) => JSON.stringify({ time, level, message, ...fields });

const printText: Printer = (time, level, message, fields) =>
  [
    time,
    level.toUpperCase(),
    message,
    ...Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
  ]
    .join(' ')
    .replace(/[\r\n]+/g, ' ');
