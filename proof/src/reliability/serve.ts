/** A server in a process of its own, to be killed. It prints its url when it is ready. Argument: the data directory. */
import { startEmbeddedServer } from '@pgml/embedded';

const dataDirectory = process.argv[2];
try {
  const server = await startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory });
  process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
  console.log(server.url);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
