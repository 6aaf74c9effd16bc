/** The end of a server: nobody is left without an answer, nothing is left behind. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { startEmbeddedServer } from '@pgml/embedded';
import { startServer } from '../testing/server.js';
import { connectRaw, type RawClient, summary } from './raw-client.js';
import { connect, sleep, sqlstateOf, value } from './serve.js';

function temporary(context: TestContext): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-shutdown-'));
  context.after(() => fs.promises.rm(directory, { recursive: true, force: true }));
  return directory;
}

async function toTheEnd(client: RawClient): Promise<string[]> {
  const messages = [];
  for (let message = await client.next(); message; message = await client.next()) messages.push(summary(message));
  return messages;
}

it('lets statements finish, and ends open transactions, idle and waiting clients', async (context) => {
  const dataDirectory = temporary(context);
  const server = await startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory });
  const setup = await connect(context, server);
  await setup.query('CREATE TABLE written (who text)');
  const [idle, busy] = [await connectRaw(context, server), await connectRaw(context, server)];
  busy.send({ type: 'Query', query: "INSERT INTO written SELECT 'busy' FROM pg_sleep(0.5)" });
  await sleep(50);
  const closed = server.close();
  assert.deepEqual(await toTheEnd(idle), ['ErrorResponse 57P01']);
  assert.deepEqual(await toTheEnd(busy), ['CommandComplete INSERT 0 1', 'ReadyForQuery I', 'ErrorResponse 57P01']);
  await closed;
  assert.deepEqual(fs.readdirSync(dataDirectory).sort(), ['cluster', 'password']);

  const second = await startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory });
  const [open, waiting] = [await connectRaw(context, second), await connectRaw(context, second)];
  open.send({ type: 'Query', query: "BEGIN; INSERT INTO written VALUES ('open')" });
  await open.until('ReadyForQuery');
  waiting.send({ type: 'Query', query: "INSERT INTO written VALUES ('waiting')" });
  await sleep(50);
  const closedToo = second.close();
  assert.deepEqual(await toTheEnd(open), ['ErrorResponse 57P01']);
  assert.equal((await toTheEnd(waiting)).at(-1), 'ErrorResponse 57P01');
  await closedToo;

  const third = await startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory });
  const client = await connect(context, third);
  assert.equal(await value(client, "SELECT string_agg(who, ' ') FROM written"), 'busy waiting');
  await third.close();
});

it('does not wait for a statement without end; Ctrl-C gives exit code 0', async (context) => {
  const dataDirectory = temporary(context);
  const server = await startServer(dataDirectory);
  const { hostname: host, port } = new URL(server.url);
  const client = await connectRaw(context, { url: server.url, host, port: Number(port) });
  client.send({ type: 'Query', query: 'SELECT pg_sleep(600)' });
  await sleep(100);
  const stopped = server.stop();
  assert.equal((await client.until('ErrorResponse')).map(summary).at(-1), 'ErrorResponse 57P01');
  assert.equal(await stopped, 0);
  assert.deepEqual(fs.readdirSync(dataDirectory).sort(), ['cluster', 'password']);
});

it('a database that cannot be opened again ends the server with exit code 1', async (context) => {
  const dataDirectory = temporary(context);
  const server = await startServer(dataDirectory);
  const client = await connect(context, server);
  const control = path.join(dataDirectory, 'cluster/global/pg_control');
  fs.renameSync(control, `${control}.away`);
  let errors = '';
  server.process.stderr!.on('data', (chunk) => (errors += chunk));
  const ended = new Promise((resolve) => server.process.once('exit', resolve));
  assert.equal(await sqlstateOf(client.query(`SELECT repeat('[', 1000000)::json`)), '57P02');
  assert.equal(await ended, 1);
  assert.match(errors, /^pgml: the database cannot be opened: .+$/m);
  assert.doesNotMatch(errors, /^ +at /m);
  fs.renameSync(`${control}.away`, control);
  const again = await startServer(dataDirectory);
  assert.equal(await again.stop(), 0);
});
