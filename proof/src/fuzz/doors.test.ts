/** Attacks on a real `pgml runtime`. Longer: `npm run fuzz -- doors --minutes 10`. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { RuntimeProcess } from '../testing/runtime-process.js';
import { fuzzDoors } from './doors.js';

/** A serving process has about 100 MB; what attackers can make it hold is bounded far below this. */
const MOST_MEGABYTES = 600;

test('whatever clients do to the doors, the runtime serves those who behave', async () => {
  const runtime = await RuntimeProcess.start();
  try {
    const [serving] = runtime.children();
    const tally = await fuzzDoors(runtime.addresses, 1, ({ connections }) => connections >= 400);
    assert.deepEqual(runtime.children(), [serving], `the serving process died:\n${runtime.log}`);
    const peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${serving}/status`, 'utf8'))![1]) / 1024;
    assert.ok(peak < MOST_MEGABYTES, `the serving process had ${peak} MB`);
    console.log(`${JSON.stringify(tally)}, ${Math.round(peak)} MB at most`);
  } finally {
    await runtime.stop();
  }
});
