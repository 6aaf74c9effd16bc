/** Files with secrets: what others can read is no secret. */
import fs from 'node:fs';
import { ConfigurationError } from './configuration-error.js';

const READABLE_BY_OTHERS = 0o004;

/** The text without the line's end. Throws ConfigurationError, which never has the content in it. */
export function readSecretFile(file: string): string {
  refuseReadableByOthers(file, 'it holds a password');
  const text = fs.readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  if (text === '') throw new ConfigurationError(`the password file ${file} is empty`);
  return text;
}

/** Throws ConfigurationError if everybody on this machine may read the file, or if we may not. */
export function refuseReadableByOthers(file: string, because: string): void {
  try {
    fs.accessSync(file, fs.constants.R_OK);
  } catch (error) {
    throw new ConfigurationError(`cannot read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
  if ((fs.statSync(file).mode & READABLE_BY_OTHERS) !== 0)
    throw new ConfigurationError(`everybody can read ${file}, but ${because}: run chmod 600 ${file}`);
}
