// pgbench, PostgreSQL's own load generator, and what it says.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cpuOf } from './processes.mjs';

const SAMPLING = 0.1;

/**
 * Runs a script of pgbench with so many clients for so many seconds, after a warm-up that is not counted (its connections
 * are new ones: what they load at first belongs there).
 * Gives statements per second, some of the latencies in ms, and the CPU µs per statement of the server (the trees of
 * `processes`) and of pgbench.
 */
export async function pgbench({ url, script, clients, seconds, warmup = 0.5, mode = 'prepared', processes }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-pgbench-'));
  try {
    fs.writeFileSync(path.join(folder, 'script.sql'), script);
    const begin = Math.ceil(warmup);
    // pgbench says how fast it was when a second is over, but not after the last one.
    const whole = begin + seconds + 1;
    const flags = [`--client=${clients}`, `--time=${whole}`, `--protocol=${mode}`, '--no-vacuum', '--progress=1'];
    const program = ['pgbench', ...flags, '--log', `--sampling-rate=${SAMPLING}`, '--file=script.sql', url];
    let serverCpu = 0;
    setTimeout(() => (serverCpu -= cpuOf(processes)), 1000 * begin);
    setTimeout(() => (serverCpu += cpuOf(processes)), 1000 * (begin + seconds));
    const output = await run(['-c', 'TIMEFORMAT="CPU %U %S"; time "$@"', 'bash', ...program], folder);
    const speeds = [...output.matchAll(/^progress: ([\d.]+) s, ([\d.]+) tps/gm)]
      .slice(begin, begin + seconds)
      .map(([, , tps]) => Number(tps));
    const statements = Number(/^number of transactions actually processed: (\d+)/m.exec(output)?.[1]);
    const [, user, system] = /^CPU ([\d.]+) ([\d.]+)$/m.exec(output) ?? [];
    if (speeds.length < seconds || !user || /aborted/.test(output))
      throw new Error(`pgbench could not run ${script}:\n${output}`);
    const perSecond = speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
    return {
      perSecond,
      latencies: readLatencies(folder, seconds),
      serverCpu: (1000 * serverCpu) / (perSecond * seconds),
      clientCpu: (1e6 * (Number(user) + Number(system))) / statements,
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function run(args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(output) : reject(new Error(output))));
  });
}

/** The latencies in ms of the last so many seconds; a line of the log is: client, transaction, latency in µs, script, time in s and µs. */
function readLatencies(folder, seconds) {
  const logs = fs.readdirSync(folder).filter((name) => name.startsWith('pgbench_log'));
  const lines = logs.flatMap((name) => fs.readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n'));
  const fields = lines.filter(Boolean).map((line) => line.split(' ').map(Number));
  const end = fields.reduce((last, [, , , , time]) => Math.max(last, time), 0);
  return fields.filter(([, , , , time]) => time > end - seconds).map(([, , latency]) => latency / 1000);
}
