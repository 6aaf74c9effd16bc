/**
 * The data directory of a server:
 *
 *   cluster/       PostgreSQL's own directory; appears whole or not at all
 *   password       of the role pgml, readable by the owner only
 *   server.lock    while a server runs, see directory-lock.ts
 *   server.json    where that server is to be reached
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CreateClusterData } from './create-cluster-thread.js';
import { BOOTSTRAP_ROLE, DATABASE_NAME, Database } from './database.js';
import { lockDirectory } from './directory-lock.js';
import { syncDirectory } from './durable-files.js';
import { findTemplate } from './template.js';

const CLUSTER = 'cluster';
const ASIDE = 'cluster.new-';
const PASSWORD_BYTES = 24;
const SYNCS_AT_A_TIME = 16;

export interface DataDirectory {
  readonly cluster: string;
  /** Undefined if the password is not kept here. */
  readPassword(): string | undefined;
  writePassword(password: string): void;
  writeServerFile(content: object): void;
  /** Removes server.json and gives the lock back. */
  release(): void;
}

/** Locks the directory and makes the cluster if there is none. Throws DirectoryInUse. */
export async function openDataDirectory(directory: string): Promise<DataDirectory> {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(directory);
  const cluster = path.join(directory, CLUSTER);
  const passwordFile = path.join(directory, 'password');
  const serverFile = path.join(directory, 'server.json');
  try {
    removeLeftovers(directory);
    fs.rmSync(serverFile, { force: true });
    if (!fs.existsSync(cluster)) await makeCluster(directory, cluster);
  } catch (error) {
    unlock();
    throw error;
  }
  return {
    cluster,
    readPassword: () => (fs.existsSync(passwordFile) ? fs.readFileSync(passwordFile, 'utf8').trimEnd() : undefined),
    writePassword: (password) => replaceFile(passwordFile, `${password}\n`),
    writeServerFile: (content) => replaceFile(serverFile, `${JSON.stringify(content)}\n`),
    release: () => {
      fs.rmSync(serverFile, { force: true });
      unlock();
    },
  };
}

export const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString('base64url');

/** What servers that were killed have left behind of makeCluster and replaceFile. Only the owner of the lock may look. */
function removeLeftovers(directory: string): void {
  for (const name of fs.readdirSync(directory))
    if (name.startsWith(ASIDE) || /^(password|server\.json)\.\d+$/.test(name))
      fs.rmSync(path.join(directory, name), { recursive: true, force: true });
}

/**
 * PostgreSQL cannot open a directory whose initialisation was cut short, so the cluster is made aside, brought to the
 * disk, and then given its name in one step.
 */
async function makeCluster(directory: string, cluster: string): Promise<void> {
  const aside = path.join(directory, `${ASIDE}${process.pid}`);
  const template = findTemplate();
  try {
    if (template) fs.cpSync(template, aside, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
    else await createCluster(aside);
    fs.chmodSync(aside, 0o700);
    await syncTree(aside);
    fs.renameSync(aside, cluster);
  } catch (error) {
    fs.rmSync(aside, { recursive: true, force: true });
    throw error;
  }
  syncDirectory(directory);
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

function syncFile(file: string): void {
  const descriptor = fs.openSync(file, 'r+');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Readers see the old content or the new one, and only the owner may read. */
function replaceFile(file: string, content: string): void {
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, content, { mode: 0o600 });
  syncFile(aside);
  fs.renameSync(aside, file);
  syncDirectory(path.dirname(file));
}
