/** Who may log in, and that nobody becomes more than they are: the session underneath belongs to a superuser. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type EmbeddedServer, startEmbeddedServer } from '@pgml/embedded';
import type pg from 'pg';
import { connect, sqlstateOf, value } from './serve.js';

let server: EmbeddedServer;
before(async () => {
  server = await startEmbeddedServer({ host: '127.0.0.1', port: 0 });
});
after(() => server.close());
const join = (context: TestContext, config = {}) => connect(context, server, config);

async function withRole(context: TestContext, name: string, more = ''): Promise<{ admin: pg.Client; bob: pg.Client }> {
  const admin = await join(context);
  await admin.query(`DROP ROLE IF EXISTS ${name}; CREATE ROLE ${name} LOGIN PASSWORD 'secret' ${more}`);
  return { admin, bob: await join(context, { user: name, password: 'secret' }) };
}

describe('login', () => {
  it('says the same for a wrong password and an unknown role', async (context) => {
    await withRole(context, 'known');
    for (const user of ['known', 'unknown'])
      await assert.rejects(join(context, { user, password: 'wrong' }), {
        code: '28P01',
        message: `password authentication failed for user "${user}"`,
      });
  });

  it('refuses roles that may not log in, whose password expired, or that have none', async (context) => {
    const { admin } = await withRole(context, 'someone');
    await admin.query('ALTER ROLE someone NOLOGIN');
    assert.equal(await sqlstateOf(join(context, { user: 'someone', password: 'secret' })), '28000');
    await admin.query("ALTER ROLE someone LOGIN VALID UNTIL '2001-01-01'");
    assert.equal(await sqlstateOf(join(context, { user: 'someone', password: 'secret' })), '28P01');
    await admin.query("ALTER ROLE someone PASSWORD NULL VALID UNTIL 'infinity'");
    assert.equal(await sqlstateOf(join(context, { user: 'someone', password: 'secret' })), '28P01');
  });

  it("keeps a role's connection limit, and frees its places", async (context) => {
    const { admin, bob } = await withRole(context, 'limited', 'CONNECTION LIMIT 1');
    assert.equal(await sqlstateOf(join(context, { user: 'limited', password: 'secret' })), '53300');
    await bob.end();
    await admin.query('SELECT 1');
    await join(context, { user: 'limited', password: 'secret' });
  });

  it('names the one database that is open', async (context) => {
    await assert.rejects(join(context, { database: 'template1' }), { code: '3D000', message: /is not open/ });
    await assert.rejects(join(context, { database: 'nowhere' }), { code: '3D000', message: /does not exist/ });
  });
});

describe('a client without superuser rights', () => {
  const escapes = [
    'RESET SESSION AUTHORIZATION',
    'SET SESSION AUTHORIZATION DEFAULT',
    'SET SESSION AUTHORIZATION pgml',
    'SET LOCAL SESSION AUTHORIZATION pgml',
    'SET ROLE pgml',
    'RESET ROLE',
    "SELECT set_config('session_authorization', 'pgml', false)",
    "SELECT set_config('role', 'pgml', false)",
    "DO $$ BEGIN EXECUTE 'RESET SESSION AUTHORIZATION'; END $$",
    'CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql SET session_authorization = pgml AS $$ SELECT 1 $$; SELECT pg_temp.f()',
    'CREATE FUNCTION pg_temp.g() RETURNS int LANGUAGE sql SET role = pgml AS $$ SELECT 1 $$; SELECT pg_temp.g()',
    'ALTER ROLE bob SUPERUSER',
    "ALTER ROLE pgml PASSWORD 'mine'",
    'CREATE ROLE friend SUPERUSER',
    'SET allow_system_table_mods = on',
    "UPDATE pg_authid SET rolsuper = true WHERE rolname = 'bob'",
    'SELECT rolpassword FROM pg_authid',
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import ('/etc/passwd')",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "COPY (SELECT 1) TO '/tmp/stolen'",
    "CREATE FUNCTION evil() RETURNS int LANGUAGE c AS 'libc', 'system'",
    "LOAD 'plpgsql'",
    'ALTER SYSTEM SET fsync = off',
  ];

  it('finds no way to become another, and is itself after every attempt', async (context) => {
    const { bob } = await withRole(context, 'bob');
    for (const attempt of escapes) {
      const failure = await sqlstateOf(bob.query(attempt));
      assert.ok(failure === '42501' || failure === '58P01', `${attempt}: ${failure}`);
      await bob.query('ROLLBACK');
      const { rows } = await bob.query("SELECT current_user, session_user, current_setting('is_superuser') AS super");
      assert.deepEqual(rows, [{ current_user: 'bob', session_user: 'bob', super: 'off' }], attempt);
    }
  });

  it('stays itself through errors, rollbacks, DISCARD ALL, other clients and SECURITY DEFINER functions', async (context) => {
    const { admin, bob } = await withRole(context, 'bob2');
    await admin.query(`CREATE OR REPLACE FUNCTION whoami() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text';
      CREATE OR REPLACE FUNCTION breaks() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1/0; END'`);
    const check = async () => {
      assert.equal(await value(bob, "SELECT current_user || ' ' || session_user"), 'bob2 bob2');
      assert.equal(await sqlstateOf(bob.query('RESET SESSION AUTHORIZATION')), '42501');
      assert.equal(await value(admin, "SELECT current_user || ' ' || session_user"), 'pgml pgml');
    };
    assert.equal(await value(bob, 'SELECT whoami()'), 'pgml');
    await check();
    assert.equal(await sqlstateOf(bob.query('SELECT breaks()')), '22012');
    await check();
    await bob.query('BEGIN; SAVEPOINT s');
    assert.equal(await sqlstateOf(bob.query('SELECT breaks()')), '22012');
    await bob.query('ROLLBACK TO s');
    assert.equal(await value(bob, 'SELECT current_user::text'), 'bob2');
    await bob.query('ROLLBACK');
    await check();
    await bob.query('DISCARD ALL');
    await check();
    await bob.query({ name: 'p', text: 'SELECT current_user' });
    await check();
  });

  it('is told why it cannot take a role that it is a member of', async (context) => {
    const { admin, bob } = await withRole(context, 'bob5');
    await admin.query('CREATE ROLE club; GRANT club TO bob5');
    for (const command of ['SET ROLE club', 'RESET ROLE'])
      await assert.rejects(bob.query(command), { code: '42501', hint: /log in as the role that you need/ });
  });

  it('cannot set by its startup packet what it may not set', async (context) => {
    await withRole(context, 'bob3');
    const login = { user: 'bob3', password: 'secret' };
    for (const options of ['-c allow_system_table_mods=on', '-c session_authorization=pgml', '-c role=pgml'])
      assert.equal(await sqlstateOf(join(context, { ...login, options })), '42501', options);
  });
});

describe('a superuser', () => {
  it('may take another role, which is its own affair', async (context) => {
    const { admin, bob } = await withRole(context, 'bob4');
    const other = await join(context);
    await admin.query('SET ROLE bob4');
    assert.equal(await value(other, 'SELECT current_user::text'), 'pgml');
    assert.equal(await value(bob, 'SELECT current_user::text'), 'bob4');
    assert.equal(await value(admin, 'SELECT current_user::text'), 'bob4');
    await admin.query('RESET ROLE');
    assert.equal(await value(admin, 'SELECT current_user::text'), 'pgml');
    await admin.query('SET SESSION AUTHORIZATION bob4');
    assert.equal(await value(other, 'SELECT session_user::text'), 'pgml');
    assert.equal(await value(admin, 'SELECT session_user::text'), 'bob4');
    await admin.query('RESET SESSION AUTHORIZATION');
    assert.equal(await value(admin, 'SELECT session_user::text'), 'pgml');
  });

  it('need not be called pgml', async (context) => {
    const { bob } = await withRole(context, 'root2', 'SUPERUSER');
    assert.equal(await value(bob, "SELECT current_user || ' ' || current_setting('is_superuser')"), 'root2 on');
  });
});
