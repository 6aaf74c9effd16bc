// What the bridges to a real PostgreSQL cost, in ratios: one row, all rows of a table, rows for training, memory.
// Arguments: names of parts (latency, scan, push, memory), --seconds=3 a measurement, --rounds=5 in turns.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startDatabases } from '../common/database.mjs';
import { artifactOf, treesBlock } from '../common/model.mjs';
import { insertModel } from './catalog.mjs';
import { compareLatency } from './latency.mjs';
import { compareMemory } from './memory.mjs';
import { comparePush } from './push.mjs';
import { compareScan } from './scan.mjs';

const FEATURES = 20;
const text = { type: 'string' };
const { values, positionals } = parseArgs({ options: { seconds: text, rounds: text }, allowPositionals: true });
const seconds = Number(values.seconds ?? 3);
const rounds = Number(values.rounds ?? 5);
const wanted = (part) => positionals.length === 0 || positionals.includes(part);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-bridges-'));
// The server reads what is in it.
fs.chmodSync(folder, 0o755);
const host = await startDatabases(['native', 'dblink']);
try {
  if (host) {
    const block = treesBlock({ trees: 100, levels: 6, features: FEATURES, seed: 1 });
    for (const database of Object.values(host.databases))
      await insertModel(database, 'bench', artifactOf(block, FEATURES), FEATURES);
    console.log(
      `100 trees of depth 6, ${FEATURES} features; medians of ${rounds} rounds in turns; CPU of PostgreSQL and runtime`,
    );
    if (wanted('latency')) await compareLatency(host, FEATURES, { seconds, rounds });
    if (wanted('scan')) await compareScan(host, block, FEATURES, folder, rounds);
    if (wanted('push')) await comparePush(host, rounds);
    if (wanted('memory')) await compareMemory(host, FEATURES);
  }
} finally {
  await host?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
