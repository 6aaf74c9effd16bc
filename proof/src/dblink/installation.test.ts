/** pgml install, upgrade, uninstall and doctor, as an owner without special rights runs them. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { install, InstallationError, type Release, upgrade } from '@pgml/bridge-dblink';
import { createLatinDatabase, installedPrograms } from '../testing/postgres.js';
import { administrate, connected, createDatabase, OWNER, queries, type Run, run, startSetting } from './setting.js';

const setting = await startSetting(installedPrograms());
if ('missing' in setting) test('installing over dblink', { skip: setting.missing }, () => {});
else
  describe('installing over dblink', () => {
    const { runtime, server, superuser } = setting;
    after(() => setting.close());

    const fails = ({ status, errors }: Run, ...patterns: readonly RegExp[]) => {
      assert.equal(status, 1, errors);
      for (const pattern of patterns) assert.match(errors, pattern);
      assert.doesNotMatch(errors, /\n {4}at /, 'no stack trace');
    };
    const isUntouched = (url: string) =>
      connected(url, async (client) => {
        const { rows } = await client.query(
          `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pgml%' UNION ALL SELECT proname FROM pg_proc WHERE proname = '_ask'`,
        );
        assert.deepEqual(rows, []);
      });

    test('a whole life: install, train, predict, doctor, upgrade, uninstall', async () => {
      const url = await createDatabase(setting, 'life');
      await administrate(setting, 'life', 'CREATE EXTENSION dblink');
      const installed = await run('install', url, '--runtime', runtime.url);
      assert.equal(installed.status, 0, installed.errors);
      assert.match(installed.output, /is installed, and belongs to the role owner/);
      await connected(url, async (client) => {
        await client.query(`SELECT * FROM pgml.load_dataset('iris')`);
        await client.query(
          `SELECT * FROM pgml.train('iris', 'classification', 'pgml.iris', 'target', algorithm => 'linear')`,
        );
        const { rows } = await client.query(
          `SELECT count(*) FILTER (WHERE pgml.predict('iris', t) = target)::int AS right, count(*)::int AS all FROM pgml.iris AS t`,
        );
        assert.ok(rows[0].right > 0.9 * rows[0].all, `${rows[0].right} of ${rows[0].all} are right`);
      });

      const doctor = await run('doctor', url);
      assert.equal(doctor.status, 0, doctor.output + doctor.errors);
      for (const subject of ['server', 'pgml', 'dblink', 'secret', 'connection', 'runtime', 'latency of a prediction'])
        assert.match(doctor.output, new RegExp(`^ok +${subject}: `, 'm'));

      fails(await run('install', url, '--runtime', runtime.url), /already installed/, /pgml upgrade/);
      const upgraded = await run('upgrade', url);
      assert.match(upgraded.output, /already at \d/, upgraded.errors);

      await connected(url, (client) =>
        client.query(`CREATE VIEW public.used AS SELECT pgml.predict('iris', '{1,2,3,4}'::real[])`),
      );
      const refused = await run('uninstall', url);
      fails(refused, /nothing was removed/);
      assert.match(refused.output, /with 1 project and 1 model\./);
      assert.match(refused.output, /view public\.used/);
      const removed = await run('uninstall', url, '--yes');
      assert.equal(removed.status, 0, removed.errors);
      await isUntouched(url);
      fails(await run('upgrade', url), /not installed/);
      assert.equal((await run('doctor', url)).status, 1);
    });

    test('what is missing is said, with the statement that mends it, and nothing is left behind', async () => {
      const url = await createDatabase(setting, 'hostile');
      const attempt = () => run('install', url, '--runtime', runtime.url);
      fails(await attempt(), /CREATE EXTENSION dblink;/);
      await administrate(
        setting,
        'hostile',
        'CREATE SCHEMA links; CREATE EXTENSION dblink SCHEMA links; REVOKE EXECUTE ON FUNCTION links.dblink_is_busy FROM PUBLIC',
      );
      fails(
        await attempt(),
        /GRANT USAGE ON SCHEMA links TO owner; GRANT EXECUTE ON FUNCTION links\.dblink_is_busy\(text\) TO owner;/,
      );
      await administrate(
        setting,
        'hostile',
        `GRANT USAGE ON SCHEMA links TO owner; GRANT EXECUTE ON FUNCTION links.dblink_is_busy(text) TO owner;
         ALTER DATABASE hostile OWNER TO postgres`,
      );
      fails(await attempt(), /GRANT CREATE ON DATABASE hostile TO owner;/);
      await administrate(setting, 'hostile', 'GRANT CREATE ON DATABASE hostile TO owner; CREATE SCHEMA pgml');
      fails(await attempt(), /already has a schema pgml/);
      await administrate(setting, 'hostile', 'ALTER SCHEMA pgml RENAME TO pgml_bridge');
      fails(await attempt(), /already has a schema pgml_bridge/);
      await administrate(setting, 'hostile', 'DROP SCHEMA pgml_bridge');
      await isUntouched(url);

      const wrong = runtime.url.replace(/:[^:@]*@/, ':a-wrong-secret@');
      const wrongPassword = await run('install', url, '--runtime', wrong);
      fails(wrongPassword, /password authentication failed for user "pgml"/);
      assert.doesNotMatch(wrongPassword.errors, /a-wrong-secret/);
      fails(await run('install', url, '--runtime', 'postgresql://pgml:x@127.0.0.1:1'), /Connection refused/);
      fails(await run('install', url, '--runtime', 'http://somewhere'), /cannot be read/);
      fails(await run('install', url, '--runtime', 'postgresql://somewhere'), /no password/);
      fails(await run('install', url, '--runtime', 'postgresql://a:b@c/?sslmod=x'), /"sslmod"/);
      assert.equal((await run('install', url)).status, 2);
      await isUntouched(url);
      assert.equal((await attempt()).status, 0);
    });

    test('a superuser installs for a role, and other encodings are refused', async () => {
      await superuser.query(createLatinDatabase(server.programs));
      const latin = server.url(undefined, undefined, 'latin');
      fails(await run('install', latin, '--runtime', runtime.url), /LATIN1/, /UTF8/);
      await createDatabase(setting, 'given');
      const given = server.url(undefined, undefined, 'given');
      fails(await run('install', given, '--runtime', runtime.url, '--owner', 'nobody'), /role "nobody" does not exist/);
      const installed = await run('install', given, '--runtime', runtime.url, '--owner', OWNER);
      assert.equal(installed.status, 0, installed.errors);
      await connected(given, async (client) => {
        const { rows } = await client.query(
          `SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace IN ('pgml'::regnamespace, 'pgml_bridge'::regnamespace)
           UNION SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE pronamespace IN ('pgml'::regnamespace, 'pgml_bridge'::regnamespace)`,
        );
        assert.deepEqual(rows, [{ owner: OWNER }]);
      });
    });

    test('the secret is for the owner alone, whatever default privileges there are', async () => {
      const url = await createDatabase(setting, 'secrets');
      await administrate(
        setting,
        'secrets',
        `CREATE EXTENSION dblink; CREATE ROLE curious LOGIN PASSWORD 'curious';
         ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNER} GRANT ALL ON TABLES TO curious`,
      );
      await connected(url, (client) => install(queries(client), { runtime: runtime.url }));
      await connected(server.url('curious', 'curious', 'secrets'), async (client) => {
        const denied = { code: '42501' };
        await assert.rejects(client.query('SELECT * FROM pgml_bridge.connection'), denied);
        await assert.rejects(client.query('SELECT pgml_bridge._connect()'), denied);
        await assert.rejects(client.query(`UPDATE pgml_bridge.connection SET parameters = ''`), denied);
        const { rows } = await client.query('SELECT version FROM pgml_bridge.runtime()');
        assert.equal(rows.length, 1, 'the bridge is for all');
      });
      await administrate(setting, 'secrets', 'GRANT SELECT ON pgml_bridge.connection TO curious');
      const doctor = await run('doctor', url);
      assert.equal(doctor.status, 1);
      assert.match(doctor.output, /PROBLEM +secret: .*curious\n +REVOKE ALL ON pgml_bridge.connection FROM curious;/);
    });

    test('the function of a compiled model predicts if the owner made it, and nobody else', async () => {
      const url = await createDatabase(setting, 'compiled');
      await administrate(setting, 'compiled', `CREATE EXTENSION dblink; CREATE ROLE forger LOGIN PASSWORD 'forger'`);
      await connected(url, async (client) => {
        await install(queries(client), { runtime: runtime.url });
        await client.query(`SELECT * FROM pgml.load_dataset('iris');
          SELECT * FROM pgml.train('iris', 'classification', 'pgml.iris', 'target', algorithm => 'linear');
          GRANT USAGE, CREATE ON SCHEMA pgml TO forger`);
      });
      const forged = `CREATE OR REPLACE FUNCTION pgml.predict_model_1(features real[]) RETURNS real LANGUAGE sql AS 'SELECT 42::real'`;
      const predict = () =>
        connected(url, async (client) => {
          const { rows } = await client.query(`SELECT pgml.predict('iris', ARRAY[5.1, 3.5, 1.4, 0.2]) AS class`);
          return rows[0].class as number;
        });
      await connected(server.url('forger', 'forger', 'compiled'), (client) => client.query(forged));
      assert.equal(await predict(), 0);
      await administrate(setting, 'compiled', `ALTER FUNCTION pgml.predict_model_1(real[]) OWNER TO ${OWNER}`);
      assert.equal(await predict(), 42);
    });

    test('an upgrade follows the path of the versions, keeps the data, and refuses to go back', async () => {
      const url = await createDatabase(setting, 'versions');
      await administrate(setting, 'versions', 'CREATE EXTENSION dblink');
      const release = (version: string): Release => ({
        version,
        schema: ['CREATE TABLE pgml.kept (old int); INSERT INTO pgml.kept VALUES (7)'],
        upgrades: [
          { from: '0.1.0', to: '0.2.0', sql: 'ALTER TABLE pgml.kept ADD new int; UPDATE pgml.kept SET new = old + 1' },
          {
            from: '0.2.0',
            to: '0.3.0',
            sql: 'ALTER TABLE pgml.kept ADD newest int; UPDATE pgml.kept SET newest = new + 1',
          },
        ].filter(({ to }) => to <= version),
      });
      await connected(url, async (client) => {
        const database = queries(client);
        await install(database, { runtime: runtime.url }, release('0.1.0'));
        const broken = {
          ...release('0.2.0'),
          upgrades: [{ from: '0.1.0', to: '0.2.0', sql: 'DELETE FROM pgml.kept; SELECT 1/0' }],
        };
        await assert.rejects(upgrade(database, {}, broken), { code: '22012' });
        assert.deepEqual(await upgrade(database, {}, release('0.3.0')), { from: '0.1.0', to: '0.3.0' });
        assert.deepEqual((await client.query('SELECT * FROM pgml.kept')).rows, [{ old: 7, new: 8, newest: 9 }]);
        await assert.rejects(upgrade(database, {}, release('0.2.0')), InstallationError);
        assert.deepEqual(await upgrade(database, {}, release('0.3.0')), { from: '0.3.0', to: '0.3.0' });
      });
    });
  });
