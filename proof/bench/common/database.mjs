// A real PostgreSQL with pgml on it and a `pgml runtime` beside it, for benchmarks.
import pg from 'pg';
import { createBridgedDatabase } from '../../dist/testing/bridged-database.js';
import { startPostgres } from '../../dist/testing/postgres.js';
import { RuntimeProcess } from '../../dist/testing/runtime-process.js';

/**
 * Starts both, with a database for each of the bridges. Gives `databases` by bridge, process ids, and stop(); or prints why
 * there is nothing to measure and gives undefined.
 */
export async function startDatabases(bridges, settings = {}) {
  const server = await startPostgres({ settings });
  if ('missing' in server) return void console.log(`not measured: ${server.missing}`);
  const runtime = await RuntimeProcess.start();
  const clients = [];
  const stop = async () => {
    for (const client of clients) await client.end();
    await server.stop();
    await runtime.stop();
  };
  const databases = {};
  for (const bridge of bridges) {
    const url = await createBridgedDatabase(server, bridge, runtime);
    if (typeof url !== 'string') {
      console.log(`not measured: ${bridge}: ${url.missing}`);
      continue;
    }
    databases[bridge] = await openDatabase(url);
    clients.push(databases[bridge].client);
  }
  return { databases, postmaster: server.pid, runtime, stop };
}

async function openDatabase(url) {
  const connect = async () => {
    const client = new pg.Client(url);
    await client.connect();
    return client;
  };
  const client = await connect();
  const query = async (sql, parameters) => {
    const result = await client.query(sql, parameters);
    return (Array.isArray(result) ? result.at(-1) : result).rows;
  };
  return { url, connect, query, client };
}
