import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** The command line tool, as built. */
export const pgml = path.join(root, 'clients/cli/dist/main.js');

/** A new temporary directory; the caller removes it. */
export function temporaryDirectory(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-test-'));
}

export interface RunningServer {
  /** With user and password. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Ctrl-C, then waits for the end; resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Runs `pgml up` as a process of its own, on a free port unless one is given, and waits for its ready line. */
export async function startServer(
  dataDirectory: string,
  more: readonly string[] = [],
  port = '0',
): Promise<RunningServer> {
  const child = spawn(process.execPath, [pgml, 'up', '--port', port, '--data-dir', dataDirectory, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PGML_PASSWORD: undefined },
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /^pgml ready.*?(postgres(?:ql)?:\/\/\S+)/m.exec(output);
      if (ready) resolve(ready[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`pgml up ended with ${code} before it was ready:\n${output}`)));
    child.once('error', reject);
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    url,
    process: child,
    stop: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}
