/** One TCP address before several servers: each connection goes whole to the next server that accepts it. */
import net from 'node:net';

export interface RoundRobin {
  readonly port: number;
  /** Connections that each server has got. */
  readonly served: readonly number[];
  close(): void;
}

export async function startRoundRobin(ports: readonly number[]): Promise<RoundRobin> {
  const served = ports.map(() => 0);
  let turn = 0;
  const forward = (client: net.Socket, attempts: number) => {
    if (attempts === ports.length) {
      client.destroy();
      return;
    }
    const chosen = turn++ % ports.length;
    const server = net.connect(ports[chosen], '127.0.0.1');
    let connected = false;
    server.once('connect', () => {
      connected = true;
      served[chosen]++;
      client.pipe(server).pipe(client);
    });
    server.on('error', () => {
      if (!connected) forward(client, attempts + 1);
    });
    server.once('close', () => connected && client.destroy());
    client.once('close', () => server.destroy());
  };
  const listener = net.createServer((client) => {
    client.on('error', () => {});
    forward(client, 0);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { port: (listener.address() as net.AddressInfo).port, served, close: () => void listener.close() };
}
