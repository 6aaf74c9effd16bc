/** Servers and clients for tests, closed with the test that asked for them. */
import type { TestContext } from 'node:test';
import { type EmbeddedServer, type EmbeddedServerOptions, startEmbeddedServer } from '@pgml/embedded';
import pg from 'pg';

export async function serve(
  context: TestContext,
  options: Partial<EmbeddedServerOptions> = {},
): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ host: '127.0.0.1', port: 0, ...options });
  context.after(() => server.close());
  return server;
}

export async function connect(
  context: TestContext,
  server: Pick<EmbeddedServer, 'url'>,
  config: Partial<pg.ClientConfig> = {},
): Promise<pg.Client> {
  const { hostname: host, port, username: user, password } = new URL(server.url);
  const login = { host, port: Number(port), user, password: decodeURIComponent(password), database: 'pgml' };
  const client = new pg.Client({ ...login, ...config });
  client.on('error', () => {});
  await client.connect();
  context.after(() => client.end().catch(() => {}));
  return client;
}

/** The first column of the first row. */
export async function value(client: pg.Client, sql: string, parameters: unknown[] = []): Promise<unknown> {
  const { rows } = await client.query({ text: sql, values: parameters, rowMode: 'array' });
  return (rows as unknown[][])[0]?.[0];
}

/** The SQLSTATE with which a promise rejects; undefined if it does not. */
export const sqlstateOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
