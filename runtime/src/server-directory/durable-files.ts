/** Files that are whole after a crash or a power loss: the old content or the new one. */
import fs from 'node:fs';
import path from 'node:path';

/** Readers see the old content or the new one, and only the owner may read. */
export function replaceFile(file: string, content: string): void {
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, content, { mode: 0o600 });
  syncFile(aside);
  fs.renameSync(aside, file);
  syncDirectory(path.dirname(file));
}

function syncFile(file: string): void {
  const descriptor = fs.openSync(file, 'r+');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Brings the names in a directory to the disk. */
export function syncDirectory(directory: string): void {
  const descriptor = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
