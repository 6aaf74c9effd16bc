// What connections that predict with a large model take: one, and twenty.
import { artifactOf, treesBlock } from '../common/model.mjs';
import { printTable } from '../common/measure.mjs';
import { memoryOf } from '../common/processes.mjs';
import { insertModel } from './catalog.mjs';

const LEVELS = 8;
const TREE_BYTES = 12 << LEVELS;
const MEGABYTES = 50;
const MANY = 20;

export async function compareMemory({ databases, postmaster, runtime }, features) {
  const trees = Math.round((MEGABYTES * 2 ** 20) / TREE_BYTES);
  const artifact = artifactOf(treesBlock({ trees, levels: LEVELS, features, seed: 2 }), features);
  const rows = [
    [`MB with a model of ${MEGABYTES} MB`, 'in PostgreSQL', 'of the runtime', 'a connection beyond the first'],
  ];
  for (const [bridge, database] of Object.entries(databases)) {
    await insertModel(database, 'large', artifact, features);
    const clients = [];
    const connect = async (count) => {
      while (clients.length < count) clients.push(await database.connect());
      for (const client of clients)
        await client.query(`SELECT pgml.predict('large', array_fill(0.5::real, ARRAY[${features}]))`);
      return { postgres: memoryOf([postmaster]), runtime: memoryOf([runtime.pid]) };
    };
    const [one, many] = [await connect(1), await connect(MANY)];
    for (const client of clients) await client.end();
    for (const [count, memory] of [
      [1, one],
      [MANY, many],
    ])
      rows.push([
        `${bridge}, ${count} connection${count > 1 ? 's' : ''}`,
        memory.postgres.toFixed(0),
        memory.runtime.toFixed(0),
        count > 1 ? ((many.postgres - one.postgres) / (MANY - 1)).toFixed(1) : '',
      ]);
  }
  printTable(rows);
}
