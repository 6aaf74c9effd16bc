/** A thread that makes a new cluster and ends: initdb with our bootstrap role, then our database. */
import { workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

export interface CreateClusterData {
  readonly directory: string;
  readonly role: string;
  readonly database: string;
}

const { directory, role, database } = workerData as CreateClusterData;
const cluster = await PGlite.create({ dataDir: directory, initDbStartParams: [`--username=${role}`] });
await cluster.exec(`CREATE DATABASE "${database}"`);
await cluster.close();
