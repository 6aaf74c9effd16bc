// `pgml up --postgres` as processes: it starts, keeps its data, serves several at once, and leaves no process behind.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { installedExtension } from '../testing/native.js';
import { installedPrograms } from '../testing/postgres.js';
import { pgml, type RunningServer, startServer, temporaryDirectory } from '../testing/server.js';

const programs = installedPrograms();
const skip = 'missing' in programs ? programs.missing : false;
const nativeExtension = skip ? undefined : await installedExtension();
const skipNative = skip || (nativeExtension && 'missing' in nativeExtension ? nativeExtension.missing : false);

const directory = temporaryDirectory();
// PostgreSQL may run as another user, who must get there.
before(() => fs.chmodSync(directory, 0o755));
after(() => fs.rmSync(directory, { recursive: true, force: true }));

const start = (name: string, bridge: string, port?: string) =>
  startServer(path.join(directory, name), ['--postgres', '--bridge', bridge], port);

/** The process of PostgreSQL, which has the cluster as its working directory. */
function postmaster(name: string): number {
  const file = path.join(directory, name, 'postgresql/postmaster.pid');
  return Number(fs.readFileSync(file, 'utf8').split('\n', 1)[0]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits for as long as the test runner allows. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

async function using<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Trains a project of its own and predicts with it; gives how many of the 150 rows are right. */
async function trainAndPredict(url: string, project: string): Promise<number> {
  return using(url, async (client) => {
    await client.query(`SELECT pgml.train('${project}', 'classification', 'pgml.iris', 'target', 'xgboost')`);
    return predict(client, project);
  });
}

async function predict(client: pg.Client, project: string): Promise<number> {
  const { rows } = await client.query<{ right: number }>(
    `SELECT count(*) FILTER (WHERE pgml.predict('${project}', r) = target)::int AS right FROM pgml.iris AS r`,
  );
  return rows[0].right;
}

for (const bridge of ['native', 'dblink'])
  describe(`over the bridge ${bridge}`, { skip: bridge === 'native' ? skipNative : skip }, () => {
    let server: RunningServer;
    after(() => server.stop());

    test('starts, and several sessions train and predict at once', async () => {
      server = await start(bridge, bridge);
      await using(server.url, (client) => client.query(`SELECT pgml.load_dataset('iris')`));
      const right = await Promise.all(['one', 'two'].map((project) => trainAndPredict(server.url, project)));
      for (const count of right) assert.ok(count > 140, String(count));
    });

    test('what a role makes is in public, and `pgml sql` finds the server by its directory', async () => {
      await using(server.url, async (client) => {
        await client.query('CREATE TABLE made (a int)');
        const { rows } = await client.query(`SELECT to_regclass('public.made') IS NOT NULL AS found`);
        assert.deepEqual(rows, [{ found: true }]);
      });
      const words = ['sql', '--data-dir', path.join(directory, bridge), '-c', 'SELECT pgml.version()'];
      const { status, stdout } = spawnSync(process.execPath, [pgml, ...words], { encoding: 'utf8' });
      assert.equal(status, 0);
      assert.match(stdout, /2\.10\.0/);
    });

    test('Ctrl-C ends PostgreSQL and the runtime; the next start has the data', async () => {
      const before = postmaster(bridge);
      assert.equal(await server.stop(), 0);
      assert.ok(!isAlive(before));
      assert.deepEqual(fs.readdirSync(path.join(directory, bridge)).sort(), ['password', 'postgresql', 'runtime']);
      server = await start(bridge, bridge);
      assert.ok((await using(server.url, (client) => predict(client, 'one'))) > 140);
    });

    test('a server whose parent is killed ends; one that was left behind all the same is replaced', async () => {
      const first = postmaster(bridge);
      server.process.kill('SIGKILL');
      await until(() => !isAlive(first));
      server = await start(bridge, bridge);
      const second = postmaster(bridge);
      // Without the one who watches over it, the server outlives its parent.
      const { stdout } = spawnSync('pgrep', ['-f', `kill -INT .* sh ${second}$`], { encoding: 'utf8' });
      process.kill(Number(stdout.trim()), 'SIGKILL');
      server.process.kill('SIGKILL');
      await new Promise((resolve) => server.process.once('exit', resolve));
      assert.ok(isAlive(second));
      // On the port that the one left behind still has.
      server = await start(bridge, bridge, new URL(server.url).port);
      await until(() => !isAlive(second));
      assert.ok((await using(server.url, (client) => predict(client, 'two'))) > 140);
    });
  });

describe('the data directory', { skip }, () => {
  const name = 'not there yet/password';
  let server: RunningServer | undefined;
  after(() => server?.stop());

  test('a first start that is killed leaves nothing that the next one trips over', async () => {
    const folder = path.join(directory, name);
    const words = [pgml, 'up', '--postgres', '--bridge', 'dblink', '--port', '0', '--data-dir', folder];
    const child = spawn(process.execPath, words, { stdio: 'ignore' });
    const names = () => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);
    await until(() => names().some((entry) => entry.startsWith('postgresql.new-')));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    assert.ok(!names().includes('postgresql'));
    server = await start(name, 'dblink');
    assert.ok(!names().some((entry) => entry.includes('.new-')));
  });

  test('a given password becomes that of the role; one that was changed elsewhere must be given', async () => {
    await server!.stop();
    server = await startServer(path.join(directory, name), ['--postgres', '--password', 'p@ss wörd']);
    assert.equal(new URL(server.url).password, 'p%40ss%20w%C3%B6rd');
    await using(server.url, (client) => client.query(`ALTER ROLE pgml PASSWORD 'another'`));
    await server.stop();
    server = undefined;
    await assert.rejects(startServer(path.join(directory, name), ['--postgres']), /another password .*--password/);
    server = await startServer(path.join(directory, name), ['--postgres', '--password', 'another']);
    await using(server.url, (client) => client.query('SELECT 1'));
  });

  test('a database stays with its bridge', async () => {
    await server!.stop();
    server = undefined;
    await assert.rejects(start(name, 'native'), /was made with the bridge dblink, not native: leave --bridge out/);
  });
});

describe('what cannot start says so in one line, with a way out', { skip }, () => {
  const failure = (words: readonly string[]) => {
    const all = [pgml, 'up', '--port', '0', ...words];
    const { status, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' });
    return { status, line: stderr.trimEnd().split('\n').at(-1)! };
  };

  test('a directory of the other kind of server', () => {
    const embedded = path.join(directory, 'embedded');
    fs.mkdirSync(path.join(embedded, 'cluster'), { recursive: true });
    const real = path.join(directory, 'real');
    fs.mkdirSync(path.join(real, 'postgresql'), { recursive: true });
    const one = failure(['--postgres', '--data-dir', embedded]);
    assert.equal(one.status, 1);
    assert.match(one.line, /was made by `pgml up` and cannot be opened by `pgml up --postgres`: .*--data-dir/);
    const other = failure(['--data-dir', real]);
    assert.equal(other.status, 1);
    assert.match(other.line, /was made by `pgml up --postgres` and cannot be opened by `pgml up`/);
  });

  test('programs that are not there, a version that is not there, flags that do not fit', () => {
    const data = path.join(directory, 'nothing');
    const missing = failure(['--postgres', '--data-dir', data, '--postgres-bin', directory]);
    assert.equal(missing.status, 1);
    assert.match(missing.line, /does not hold initdb and postgres: name the directory/);
    assert.ok(!fs.existsSync(path.join(data, 'postgresql')));

    const old = path.join(directory, 'old');
    fs.mkdirSync(path.join(old, 'postgresql'), { recursive: true });
    fs.writeFileSync(path.join(old, 'postgresql/PG_VERSION'), '9\n');
    const version = failure(['--postgres', '--data-dir', old]);
    assert.match(version.line, /made by PostgreSQL 9, and only another version is here .*--postgres-bin.*pg_upgrade/);

    const user = failure(['--postgres', '--data-dir', data, '--run-as', 'nobody-of-that-name']);
    assert.match(user.line, /there is no user nobody-of-that-name here: .*--run-as|only root can run PostgreSQL as/);
    assert.equal(failure(['--bridge', 'native']).status, 2);
    assert.match(failure(['--bridge', 'native']).line, /--bridge is for --postgres/);
    assert.match(failure(['--postgres', '--bridge', 'fast']).line, /the bridge must be native or dblink, not "fast"/);
  });

  test('a directory that is in use', async () => {
    const server = await start('busy', 'dblink');
    try {
      const { status, line } = failure(['--postgres', '--data-dir', path.join(directory, 'busy')]);
      assert.equal(status, 1);
      assert.match(line, /in use by another pgml server \(process \d+\)/);
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });
});
