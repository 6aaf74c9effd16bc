/** The cluster in the data directory of the embedded server. */
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { openServerDirectory, type ServerDirectory, syncDirectory } from '@pgml/runtime';
import type { CreateClusterData } from './create-cluster-thread.js';
import { BOOTSTRAP_ROLE, DATABASE_NAME, Database } from './database.js';
import { findTemplate } from './template.js';

const SYNCS_AT_A_TIME = 16;

/** Locks the directory and makes the cluster if there is none. Throws as openServerDirectory. */
export async function openDataDirectory(folder: string): Promise<ServerDirectory> {
  const directory = openServerDirectory(folder, 'embedded');
  try {
    if (!fs.existsSync(directory.cluster)) await directory.makeCluster(fillCluster);
  } catch (error) {
    directory.release();
    throw error;
  }
  return directory;
}

async function fillCluster(directory: string): Promise<void> {
  const template = findTemplate();
  if (template) fs.cpSync(template, directory, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
  else await createCluster(directory);
  fs.chmodSync(directory, 0o700);
  await syncTree(directory);
}

/** Makes a cluster with our role, database and extension in a directory that does not exist yet. */
export async function createCluster(directory: string): Promise<void> {
  await runCreateClusterThread(directory);
  const database = new Database(directory);
  try {
    await database.start();
    await database.query('CREATE EXTENSION pgml');
    // Nobody can connect to it, and without it a new directory is made faster.
    await database.query('DROP DATABASE postgres');
    await database.query('CHECKPOINT');
  } finally {
    await database.stop();
  }
}

async function runCreateClusterThread(directory: string): Promise<void> {
  const workerData: CreateClusterData = { directory, role: BOOTSTRAP_ROLE, database: DATABASE_NAME };
  const worker = new Worker(new URL('./create-cluster-thread.js', import.meta.url), { workerData });
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`making a cluster ended with ${code}`))));
  });
}

/** Brings a whole tree to the disk. Many at a time: the file system then writes its journal once for all of them. */
async function syncTree(directory: string): Promise<void> {
  const entries = fs.readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ path: folder, name }) => path.join(folder, name));
  const syncRest = async () => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      const handle = await fs.promises.open(file, 'r+');
      await handle.sync().finally(() => handle.close());
    }
  };
  await Promise.all(Array.from({ length: SYNCS_AT_A_TIME }, syncRest));
  for (const entry of entries) if (entry.isDirectory()) syncDirectory(path.join(entry.path, entry.name));
  syncDirectory(directory);
}
