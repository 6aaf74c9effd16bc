// npm run fuzz -- doors [--minutes 10] [--seed N]: attacks the doors of a `pgml runtime`. Prints its seed; a failure is found
// again with that seed, or nearly: what meets what in a server is not repeatable.
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { fuzzDoors } from '../dist/fuzz/doors.js';
import { RuntimeProcess } from '../dist/testing/runtime-process.js';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 1);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const runtime = await RuntimeProcess.start();
try {
  const [serving] = runtime.children();
  const memory = (field) =>
    Math.round(
      Number(new RegExp(`${field}:\\s+(\\d+)`).exec(fs.readFileSync(`/proc/${serving}/status`, 'utf8'))[1]) / 1024,
    );
  console.log(`seed ${seed}, ${minutes} minutes; the serving process has ${memory('VmRSS')} MB`);
  const end = Date.now() + 60_000 * minutes;
  const { connections, bytes, answered } = await fuzzDoors(runtime.addresses, seed, () => Date.now() >= end);
  if (runtime.children()[0] !== serving) throw new Error(`the serving process died:\n${runtime.log}`);
  console.log(
    `${connections} connections, ${bytes} bytes, ${answered} answers to clients that behave; ` +
      `at most ${memory('VmHWM')} MB, now ${memory('VmRSS')} MB`,
  );
} finally {
  await runtime.stop();
}
