/** /metrics and /health over HTTP, for who watches the runtime. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from './configuration-error.js';

export interface StatusPage {
  readonly contentType: string;
  print(): Promise<string>;
  stopping(): boolean;
}

/** Longer requests than a GET with some headers are nobody's. */
const REQUEST_MILLISECONDS = 5000;

/** Listens on `address`, host:port. Throws ConfigurationError. */
export async function serveStatus(address: string, page: StatusPage): Promise<http.Server> {
  const [, host, port] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(address) ?? [];
  if (port === undefined || Number(port) > 65535)
    throw new ConfigurationError(`metrics_address must be address:port, for example 127.0.0.1:9187, not ${address}`);
  const server = http.createServer({ requestTimeout: REQUEST_MILLISECONDS }, (request, response) => {
    void answer(request, response, page);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ConfigurationError(`cannot listen on metrics_address ${address} (${error.code}): choose another`)),
    );
    server.listen({ host, port: Number(port) }, resolve);
  });
  return server;
}

export const statusAddress = (server: http.Server): { host: string; port: number } => {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
};

async function answer(request: http.IncomingMessage, response: http.ServerResponse, page: StatusPage): Promise<void> {
  const [path] = request.url!.split('?');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  switch (path) {
    case '/metrics':
      return void response.writeHead(200, { 'content-type': page.contentType }).end(await page.print());
    case '/health': {
      const [code, status] = page.stopping() ? [503, 'stopping'] : [200, 'ok'];
      return void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify({ status }));
    }
    default:
      return void response.writeHead(404, { 'content-type': 'text/plain' }).end('here are /metrics and /health\n');
  }
}
