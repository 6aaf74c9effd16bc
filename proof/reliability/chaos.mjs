// npm run chaos -- [--kills 50] [--clients 10] [--seed N]: kill -9 of the runtime's processes while clients train and
// predict over every bridge. Prints what was answered and what failed; fails when something is not as it must be.
import { parseArgs } from 'node:util';
import { causeChaos } from '../dist/reliability/chaos.js';
import { bridges, createBridgedDatabase } from '../dist/testing/bridged-database.js';
import { startPostgres } from '../dist/testing/postgres.js';
import { RuntimeProcess } from '../dist/testing/runtime-process.js';

const text = { type: 'string' };
const { values } = parseArgs({ options: { kills: text, clients: text, seed: text } });
const kills = Number(values.kills ?? 50);
const clients = Number(values.clients ?? 10);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);

const server = await startPostgres({ settings: { log_min_messages: 'fatal' } });
if ('missing' in server) {
  console.log(`no chaos: ${server.missing}`);
  process.exit(0);
}
const runtime = await RuntimeProcess.start();
try {
  const databases = {};
  for (const bridge of bridges) {
    const made = await createBridgedDatabase(server, bridge, runtime);
    if (typeof made === 'string') databases[bridge] = made;
    else console.log(`without ${bridge}: ${made.missing}`);
  }
  const share = Math.ceil(clients / Object.keys(databases).length);
  console.log(`seed ${seed}: ${kills} kills, ${share} clients over each of ${Object.keys(databases).join(', ')}`);
  const { right, failed, recoveryMilliseconds } = await causeChaos({ runtime, databases, kills, clients: share, seed });
  console.log('right answers', right);
  console.log('failed statements, with their SQLSTATE', failed);
  console.log('ms from the last kill to the first right answer (goal 2000)', recoveryMilliseconds);
  console.log('PostgreSQL did not notice; every client works again, on the connection it had');
} finally {
  await server.stop();
  await runtime.stop();
}
