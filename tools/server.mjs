// An embedded server on a throw-away directory, for tools that ask the installed schema or run examples.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Calls `use` with the URL of a fresh server, in this process; gives what it gives, when the server is gone again. */
export async function withServer(use) {
  const { startEmbeddedServer } = await import('@pgml/embedded');
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-tools-'));
  try {
    const server = await startEmbeddedServer({
      host: '127.0.0.1',
      port: 0,
      dataDirectory: path.join(directory, 'data'),
    });
    try {
      return await use(server.url);
    } finally {
      await server.close();
    }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}
