// node http-load.mjs <port> <clients> <seconds> <entities>: asks a prediction service for entities in turn, each client
// over one connection that is kept alive. Prints {requests, perSecond, errors, latencies (ms), clientCpu (ms)} as JSON.
// It reads no more of HTTP than it must, so that it takes as little as it can of the machine that it shares with the service.
import net from 'node:net';

const [port, clients, seconds, entities] = process.argv.slice(2).map(Number);
const latencies = [];
let errors = 0;
let next = 0;

/** One client: a request, its answer, the next request, until the time is up. */
function runClient(end) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let sent = 0;
    let received = '';
    const ask = () => {
      if (performance.now() >= end) return socket.end(resolve);
      received = '';
      sent = performance.now();
      const entity = (next++ % entities) + 1;
      socket.write(`GET /predict/${entity} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n\r\n`);
    };
    socket.setEncoding('latin1');
    socket.once('connect', ask);
    socket.once('error', reject);
    socket.once('end', () => reject(new Error('the service closed a connection that it should keep alive')));
    socket.on('data', (text) => {
      received += text;
      const body = received.indexOf('\r\n\r\n') + 4;
      const length = /^content-length: *(\d+)/im.exec(received);
      if (body < 4 || !length || received.length < body + Number(length[1])) return;
      latencies.push(performance.now() - sent);
      if (!received.startsWith('HTTP/1.1 200')) errors++;
      ask();
    });
  });
}

const cpu = process.cpuUsage();
const begun = performance.now();
await Promise.all(Array.from({ length: clients }, () => runClient(begun + 1000 * seconds)));
const taken = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
const sample = latencies.filter((_, index) => index % 10 === 0);
const clientCpu = (user + system) / 1000;
const requests = latencies.length;
console.log(JSON.stringify({ requests, perSecond: requests / taken, errors, latencies: sample, clientCpu }));
