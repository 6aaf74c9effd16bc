/** Each client of the one session has what a session of its own would give it. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type EmbeddedServer, startEmbeddedServer } from '@pgml/embedded';
import { connect, sleep, sqlstateOf, value } from './serve.js';

let server: EmbeddedServer;
before(async () => {
  server = await startEmbeddedServer({ host: '127.0.0.1', port: 0 });
});
after(() => server.close());
const join = (context: TestContext, config = {}) => connect(context, server, config);

describe('settings', () => {
  it('belong to the client that changed them, whichever way', async (context) => {
    const [a, b] = [await join(context), await join(context)];
    await a.query("SET work_mem = '7MB'");
    await a.query("SELECT set_config('app.tenant', 'a', false)");
    await b.query("DO $$ BEGIN PERFORM set_config('app.tenant', 'b', false); END $$");
    assert.equal(await value(b, 'SHOW work_mem'), '4MB');
    assert.equal(await value(a, 'SHOW work_mem'), '7MB');
    assert.equal(await value(a, "SELECT current_setting('app.tenant')"), 'a');
    assert.equal(await value(b, "SELECT current_setting('app.tenant')"), 'b');
  });

  it('of a transaction that rolled back are gone', async (context) => {
    const [a, b] = [await join(context), await join(context)];
    await a.query("BEGIN; SET work_mem = '9MB'; ROLLBACK");
    await b.query('SELECT 1');
    assert.equal(await value(a, 'SHOW work_mem'), '4MB');
  });

  it('come from the startup packet, and RESET goes back to them', async (context) => {
    const options = '-c work_mem=5MB --statement-timeout=1234';
    const a = await join(context, { application_name: 'first', options });
    const b = await join(context, { application_name: 'second' });
    assert.equal(await value(a, 'SHOW application_name'), 'first');
    assert.equal(await value(b, 'SHOW application_name'), 'second');
    assert.equal(await value(a, 'SHOW statement_timeout'), '1234ms');
    await a.query("SET work_mem = '8MB'");
    await a.query('RESET work_mem');
    assert.equal(await value(a, 'SHOW work_mem'), '5MB');
    await a.query('DISCARD ALL');
    assert.equal(await value(a, 'SHOW application_name'), 'first');
    assert.equal(await sqlstateOf(join(context, { options: '-c no_such_setting=1' })), '42704');
  });

  it('of roles and databases apply at login', async (context) => {
    const admin = await join(context);
    await admin.query("CREATE ROLE configured LOGIN PASSWORD 'p'; ALTER ROLE configured SET work_mem = '3MB'");
    const client = await join(context, { user: 'configured', password: 'p' });
    assert.equal(await value(client, 'SHOW work_mem'), '3MB');
    assert.equal(await value(admin, 'SHOW work_mem'), '4MB');
  });
});

describe('prepared statements', () => {
  it('of the same name do not meet', async (context) => {
    const [a, b] = [await join(context), await join(context)];
    const run = async (client: typeof a, text: string, values: unknown[]) =>
      (await client.query({ name: 'same', text, values, rowMode: 'array' })).rows[0][0];
    assert.equal(await run(a, 'SELECT $1::int + 1', [1]), 2);
    assert.equal(await run(b, 'SELECT $1::text', ['x']), 'x');
    assert.equal(await run(a, 'SELECT $1::int + 1', [2]), 3);
  });

  it('survive DEALLOCATE ALL and DISCARD ALL of another client, not of their own', async (context) => {
    const [a, b] = [await join(context), await join(context)];
    const statement = { name: 'kept', text: 'SELECT $1::int * 2 AS twice' };
    assert.equal((await a.query({ ...statement, values: [4] })).rows[0].twice, 8);
    await b.query('DEALLOCATE ALL');
    assert.equal((await a.query({ ...statement, values: [5] })).rows[0].twice, 10);
    await b.query('DISCARD ALL');
    assert.equal((await a.query({ ...statement, values: [6] })).rows[0].twice, 12);
    await a.query('DISCARD ALL');
    assert.equal(await sqlstateOf(a.query({ ...statement, values: [7] })), '26000');
  });

  it('can be named in SQL, and errors name them as the client does', async (context) => {
    const a = await join(context);
    await a.query({ name: 'Mine', text: 'SELECT 1' });
    await a.query('DEALLOCATE "Mine"');
    await assert.rejects(a.query({ name: 'Mine', text: 'SELECT 1' }), /"Mine" does not exist/);
  });

  it('made by PREPARE do not meet either', async (context) => {
    const [a, b] = [await join(context), await join(context)];
    await a.query('PREPARE plan(int) AS SELECT $1 + 1');
    await b.query('PREPARE plan(int) AS SELECT $1 + 2');
    assert.equal(await value(a, 'EXECUTE plan(1)'), 2);
    assert.equal(await value(b, 'EXECUTE plan(1)'), 3);
    await b.query('DEALLOCATE ALL');
    assert.equal(await value(a, 'EXECUTE plan(1)'), 2);
    assert.equal(await sqlstateOf(b.query('EXECUTE plan(1)')), '26000');
  });
});

describe('transactions', () => {
  it('keep the session; others wait in order and see what was committed', async (context) => {
    const [a, b, c] = [await join(context), await join(context), await join(context)];
    await a.query('CREATE TABLE turns (who text)');
    await a.query("BEGIN; INSERT INTO turns VALUES ('a')");
    const order: string[] = [];
    const insert = async (client: typeof a, who: string) => {
      await client.query('INSERT INTO turns VALUES ($1)', [who]);
      order.push(who);
    };
    const waiting = [insert(b, 'b'), sleep(20).then(() => insert(c, 'c'))];
    await sleep(60);
    assert.deepEqual(order, []);
    await a.query('COMMIT');
    await Promise.all(waiting);
    assert.deepEqual(order, ['b', 'c']);
    assert.equal(await value(a, "SELECT string_agg(who, '') FROM turns"), 'abc');
  });

  it('of a client that vanishes are rolled back', async (context) => {
    const [a, b] = [await join(context), await join(context)];
    await b.query('CREATE TABLE vanished (i int)');
    await a.query('BEGIN; INSERT INTO vanished VALUES (1)');
    (a as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    assert.equal(await value(b, 'SELECT count(*)::int FROM vanished'), 0);
  });
});

describe('notifications', () => {
  it('reach exactly those who listen, at commit, also when idle', async (context) => {
    const [a, b, c] = [await join(context), await join(context), await join(context)];
    const heard: string[] = [];
    for (const [name, client] of Object.entries({ a, b, c }))
      client.on('notification', ({ channel, payload, processId }) =>
        heard.push(`${name} ${channel} ${payload} ${processId === (c as unknown as { processID: number }).processID}`),
      );
    await a.query('LISTEN news');
    await b.query('LISTEN news; LISTEN "Other"');
    await c.query("BEGIN; NOTIFY news, 'one'");
    await sleep(50);
    assert.deepEqual(heard, []);
    await c.query('COMMIT');
    await sleep(50);
    assert.deepEqual(heard.splice(0).sort(), ['a news one true', 'b news one true']);
    await a.query('UNLISTEN *');
    await c.query("NOTIFY news, 'two'; NOTIFY \"Other\", 'three'");
    await sleep(50);
    assert.deepEqual(heard.splice(0).sort(), ['b Other three true', 'b news two true']);
    await b.end();
    await c.query("NOTIFY news, 'four'");
    await sleep(50);
    assert.deepEqual(heard, []);
  });

  it('are not for whom LISTEN was rolled back', async (context) => {
    const [a, b] = [await join(context), await join(context)];
    let heard = 0;
    a.on('notification', () => heard++);
    await b.query('LISTEN shared');
    await a.query('BEGIN; LISTEN shared; ROLLBACK');
    await b.query('NOTIFY shared');
    await sleep(50);
    assert.equal(heard, 0);
  });
});

describe('temporary tables', () => {
  it('go with the client that made them', async (context) => {
    const [a, b] = [await join(context), await join(context)];
    await a.query('CREATE TEMP TABLE scratch AS SELECT 1 AS i');
    await a.end();
    await sleep(50);
    assert.equal(await sqlstateOf(b.query('SELECT * FROM scratch')), '42P01');
  });

  it('are visible to all clients until then, as advisory locks are', async (context) => {
    const [a, b] = [await join(context), await join(context)];
    await a.query('CREATE TEMP TABLE seen AS SELECT 1 AS i');
    assert.equal(await value(b, 'SELECT i FROM seen'), 1);
    await a.query('SELECT pg_advisory_lock(7)');
    assert.equal(await value(b, 'SELECT pg_try_advisory_lock(7)'), true);
    assert.equal(await value(b, 'SHOW search_path'), 'public');
  });
});
