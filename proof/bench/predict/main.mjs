// What it costs to predict in SQL: beside the evaluator alone, and beside the smallest statement there is.
import { PGlite } from '@electric-sql/pglite';
import { pgmlExtension } from '@pgml/bridge-pglite';
import { startEmbeddedServer } from '@pgml/embedded';
import { compareInProcess, compareServer } from './latency.mjs';
import { artifactOf, treesBlock } from '../common/model.mjs';
import { compareTable } from './table.mjs';

const FEATURES = 28;
const block = treesBlock({ trees: 100, levels: 6, features: FEATURES, seed: 1 });

const database = await PGlite.create({ extensions: { pgml: pgmlExtension({ schema: [] }) } });
await database.exec(`CREATE EXTENSION pgml;
  CREATE TABLE pgml.model (artifact bytea);
  CREATE FUNCTION pgml.deployed_model(text) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 1::bigint';
  CREATE FUNCTION pgml.model_artifact(bigint) RETURNS bytea LANGUAGE sql STABLE AS 'SELECT artifact FROM pgml.model'`);
await database.query('INSERT INTO pgml.model VALUES ($1)', [artifactOf(block, FEATURES)]);
await compareTable(database, block, FEATURES);
await compareInProcess(database, FEATURES);
await database.close();

const server = await startEmbeddedServer({ host: '127.0.0.1', port: 0 });
try {
  await compareServer(server.url);
} finally {
  await server.close();
}
