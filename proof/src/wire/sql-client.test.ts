// `pgml sql` against a real PostgreSQL server: what it prints is what psql prints, byte for byte.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type Postgres, startPostgres } from '../testing/postgres.js';
import { pgml, temporaryDirectory } from '../testing/server.js';

let postgres: Postgres | { readonly missing: string };
const directory = temporaryDirectory();
before(async () => {
  postgres = await startPostgres();
});
after(async () => {
  if ('stop' in postgres) await postgres.stop();
  fs.rmSync(directory, { recursive: true });
});

interface Printed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function execute(command: string, words: readonly string[], input: string | Buffer = ''): Printed {
  const env = { ...process.env, HOME: directory, PGHOST: undefined, PGPORT: undefined, LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr, error } = spawnSync(command, words, { input, env, encoding: 'utf8', cwd: directory });
  if (error) throw error;
  return { status, stdout, stderr };
}

const ours = (url: string, words: readonly string[], input?: string | Buffer): Printed =>
  execute(process.execPath, [pgml, 'sql', url, ...words], input);

function scriptFile(name: string, text: string): string {
  const file = path.join(directory, name);
  fs.writeFileSync(file, text);
  return file;
}

const limit = { timeout: 30_000 };

const hasPsql = spawnSync('psql', ['--version']).status === 0;

const results = `
select 1 as a, 'x' as b, null as c;
select * from (values (1, '日本語 x'), (22, E'two\\nlines'), (333, '😀é'), (4, E'tab\\there\\rcr\\x01')) v(n, t);
select 1 as "multi
head", 'b' as "日本";
create table t (id int primary key, x text default 'a');
insert into t values (1), (2) returning *;
insert into t values (3);
update t set x = 'q' where id = 1;
delete from t where id = 99;
begin; commit;
select where false; select;
table t;
copy t to stdout; copy (select 7 as seven) to stdout with csv header;
copy t from stdin;
4\tfour
5\t\\N
\\.
select * from t; select 1.5::numeric, 2::bigint, true, array[1, 2], '{"a": 1}'::jsonb, '\\xdead'::bytea;
;
explain (costs off) select 1;
listen here; notify nowhere;
do $$ begin raise notice 'hello %', 1; raise warning 'w' using detail = 'd', hint = 'h'; end $$;
drop table t;
`;

const structures = `
create table e (id int primary key, t text collate "C" not null default 'x', g int generated always as (id * 2) stored,
  i bigint generated always as identity, check (id > 0), unique (t));
create table f (a int references e (id) on delete cascade, b jsonb);
create index on f (a) where a > 3;
create function trg() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before update on f for each row execute function trg();
create view v as select id from e;
create sequence s owned by f.a;
create materialized view mv as select 1 as one;
create type comp as (a int, b text);
create schema "Sch ema";
create table "Sch ema"."Ta.b" (x int[], y timestamp with time zone, z varchar(10));
create function add1(a int, b text default 'x') returns int language sql
  begin atomic select case when a > 1 then 2 else a end; end;
\\d
\\d e
\\d f
\\d v
\\d s
\\d e_pkey
\\d f_a_idx
\\d mv
\\d comp
\\d "Sch ema"."Ta.b"
\\dt
\\dt e*
\\dt "Sch ema".*
\\dv
\\dm
\\di
\\ds
\\df
\\df add?
\\dn
\\dx
\\du
\\timing off
\\x on
\\dt
select 1 as a;
\\x
\\echo hello world
drop table e, f, "Sch ema"."Ta.b" cascade; drop function trg, add1; drop type comp; drop schema "Sch ema";
drop materialized view mv;
`;

/** The place in front of an error is the program's own. */
const withoutPlaces = (stderr: string): string => stderr.replace(/^(psql:)?[^ ]*\.sql:\d+: /gm, '');

for (const [name, text] of Object.entries({ results, 'results as records': `\\x\n${results}`, structures }))
  test(`${name}: as psql`, (t) => {
    if ('missing' in postgres) return t.skip(postgres.missing);
    if (!hasPsql) return t.skip('psql is not installed here');
    const file = scriptFile('script.sql', text);
    const psql = execute('psql', ['-X', postgres.url(), '-v', 'ON_ERROR_STOP=1', '-f', file]);
    assert.equal(psql.status, 0, psql.stderr);
    const printed = ours(postgres.url(), ['-f', file]);
    assert.equal(printed.stdout, psql.stdout);
    assert.equal(withoutPlaces(printed.stderr), withoutPlaces(psql.stderr));
    assert.equal(printed.status, 0);
  });

test('errors: as psql, with the place of the statement in the script', (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  if (!hasPsql) return t.skip('psql is not installed here');
  const long = 'a'.repeat(90);
  const mistakes = [
    'select 1 +;',
    'select a,\n   b from nosuchtable where x = 1;',
    `select '${long}', nosuch, '${long}';`,
    `select '日本語', nosuch, '${long}';`,
    `do $$ begin execute 'select nope from x'; end $$;`,
    'select 1/0;',
  ];
  for (const mistake of mistakes) {
    const file = scriptFile('mistake.sql', `select 1;\n\n${mistake}\nselect 2;\n`);
    const psql = execute('psql', ['-X', postgres.url(), '-v', 'ON_ERROR_STOP=1', '-f', file]);
    const printed = ours(postgres.url(), ['-f', file]);
    assert.equal(withoutPlaces(printed.stderr), withoutPlaces(psql.stderr), mistake);
    assert.ok(printed.stderr.startsWith(`${file}:3: ERROR:  `), printed.stderr);
    assert.equal(printed.stdout, psql.stdout);
    assert.equal(printed.status, 1);
  }
});

test('-c, standard input and COPY through pipes', (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  const url = postgres.url();
  assert.equal(ours(url, ['-c', 'create table c (a int, b text)', '-c', '\\dt c']).status, 0);
  const data = Array.from({ length: 50_000 }, (_, index) => `${index}\trow ${index}\n`).join('');
  assert.equal(ours(url, ['-c', 'copy c from stdin'], data).stdout, 'COPY 50000\n');
  assert.equal(ours(url, ['-c', 'copy c to stdout']).stdout, data);
  assert.deepEqual(ours(url, [], 'select count(*) from c;\nselect nope;\nselect 2;'), {
    status: 1,
    stdout: ' count \n-------\n 50000\n(1 row)\n\n',
    stderr: 'ERROR:  column "nope" does not exist\nLINE 1: select nope;\n               ^\n',
  });
  assert.equal(ours(url, ['-f', '-'], 'drop table c;').stdout, 'DROP TABLE\n');
  assert.equal(ours(url, ['-c', '\\q', '-c', 'select 1']).stdout, '');
  const unfinished = ours(url, ['-c', `select 'a`]);
  assert.deepEqual([unfinished.status, unfinished.stderr], [1, 'the last statement ends inside of a string\n']);
  const bad = ours(url, ['-c', '\\nosuch']);
  assert.deepEqual([bad.status, bad.stderr], [1, 'invalid command \\nosuch\nTry \\? for help.\n']);
});

test('scripts call scripts', (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  const inner = scriptFile('inner.sql', 'select 1/0;');
  const outer = scriptFile('outer.sql', `\\echo begin\n\\i '${inner}'\n\\echo end\n`);
  const printed = ours(postgres.url(), ['-f', outer]);
  assert.deepEqual(printed, {
    status: 1,
    stdout: 'begin\n',
    stderr: `${inner}:1: ERROR:  division by zero\n${inner} was not run to its end\n`,
  });
  assert.match(ours(postgres.url(), ['-f', '/nonexistent']).stderr, /^pgml: cannot read \/nonexistent: ENOENT\n$/);
});

test('unix sockets, and connections that cannot be made', (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  const { port, socketDirectory } = postgres;
  const socket = postgres.url().replace(`127.0.0.1:${port}`, `${encodeURIComponent(socketDirectory)}:${port}`);
  assert.match(
    ours(socket, ['-c', '\\conninfo']).stdout,
    /^Database "postgres" as user "postgres" on the server at \//,
  );
  const failures: readonly (readonly [string, RegExp])[] = [
    [postgres.url('postgres', 'wrong'), /password authentication failed for user "postgres"/],
    [postgres.url().replace(/postgres$/, 'nosuch'), /database "nosuch" does not exist/],
    [`postgresql://postgres@127.0.0.1:${port}/postgres`, /wants a password .* PGPASSWORD/],
    ['postgresql://u:p@127.0.0.1:1/d', /nobody listens there\. Is the server running\?/],
    [`${postgres.url()}?sslmode=require`, /offers no encryption, which sslmode=require demands/],
  ];
  for (const [url, message] of failures) {
    const printed = ours(url, ['-c', 'select 1']);
    assert.equal(printed.status, 1);
    assert.match(printed.stderr, message);
    assert.equal(printed.stderr.trimEnd().split('\n').length, 1, printed.stderr);
  }
});

/** Gives the server a certificate of its own for `name`, and turns encryption on. */
function encrypt({ socketDirectory, url }: Postgres, name: string): string {
  const [key, certificate] = ['server.key', 'server.crt'].map((file) => path.join(socketDirectory, file));
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${name}`];
  const { status, stderr } = execute('openssl', [
    ...request,
    '-addext',
    `subjectAltName=DNS:${name}`,
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  assert.equal(status, 0, stderr);
  const { uid, gid } = fs.statSync(socketDirectory);
  fs.chmodSync(key, 0o600);
  for (const file of [key, certificate]) fs.chownSync(file, uid, gid);
  const settings = { ssl_cert_file: certificate, ssl_key_file: key, ssl: 'on' };
  const alter = Object.entries(settings).flatMap(([name, value]) => ['-c', `alter system set ${name} = '${value}'`]);
  assert.equal(ours(url(), [...alter, '-c', 'select pg_reload_conf()']).status, 0);
  return certificate;
}

test('encryption, and what sslmode demands of the certificate', limit, async (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  if (spawnSync('openssl', ['version']).status !== 0) return t.skip('openssl is not installed here');
  const certificate = encrypt(postgres, 'localhost');
  const ask = ['-c', 'select ssl from pg_stat_ssl where pid = pg_backend_pid()', '-c', '\\conninfo'];
  const url = postgres.url().replace('127.0.0.1', 'localhost');
  // The server reads its settings again in its own time.
  for (let tries = 0; !ours(url, ask).stdout.includes(', encrypted') && tries < 50; tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  for (const mode of ['prefer', 'require']) {
    const { status, stdout } = ours(`${url}?sslmode=${mode}`, ask);
    assert.equal(status, 0);
    assert.match(stdout, /^ t$/m);
    assert.match(stdout, /, encrypted, PostgreSQL/);
  }
  assert.match(ours(`${url}?sslmode=disable`, ask).stdout, /^ f$/m);
  for (const mode of ['verify-ca', 'verify-full'])
    assert.match(
      ours(`${url}?sslmode=${mode}`, ask).stderr,
      /^pgml: no encrypted connection to .*self-signed certificate/,
    );
  // NODE_EXTRA_CA_CERTS is how Node is told whom to trust.
  const trusting = { ...process.env, NODE_EXTRA_CA_CERTS: certificate };
  const connect = (host: string, mode: string) =>
    spawnSync(process.execPath, [pgml, 'sql', `${url.replace('localhost', host)}?sslmode=${mode}`, ...ask], {
      env: trusting,
      encoding: 'utf8',
    });
  assert.match(connect('localhost', 'verify-full').stdout, /^ t$/m);
  assert.match(connect('127.0.0.1', 'verify-ca').stdout, /^ t$/m);
  assert.match(connect('127.0.0.1', 'verify-full').stderr, /no encrypted connection/);
});

test('Ctrl-C cancels what runs', limit, async (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  const child = spawn(process.execPath, [pgml, 'sql', postgres.url(), '-c', '\\echo now', '-c', 'select pg_sleep(60)']);
  const ended = collect(child);
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  // The statement may not have reached the server yet, so the key is pressed until it has.
  const press = setInterval(() => child.kill('SIGINT'), 200);
  const { status, stderr } = await ended;
  clearInterval(press);
  assert.equal(status, 1);
  assert.equal(stderr, 'ERROR:  canceling statement due to user request\n');
});

function collect(child: ChildProcess): Promise<Printed> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (chunk) => (stdout += chunk));
  child.stderr!.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, stdout, stderr })));
}

/** What the line editor says to the terminal beside the text. */
// eslint-disable-next-line no-control-regex -- they begin with the escape character
const movements = /\x1b\[[0-9;?]*[A-Za-z]/g;

/** `script` gives a program a terminal. Types each text when the one before it has been answered by what is expected. */
async function type(words: readonly string[], dialogue: readonly (readonly [RegExp, string])[]): Promise<Printed> {
  const command = [process.execPath, pgml, 'sql', ...words].map((word) => `'${word}'`).join(' ');
  const env = { ...process.env, HOME: directory, TERM: 'xterm' };
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env, cwd: directory });
  let shown = '';
  let step = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    shown = (shown + chunk.toString()).replace(movements, '');
    while (step < dialogue.length && dialogue[step][0].test(shown)) {
      shown = '';
      child.stdin.write(dialogue[step++][1]);
    }
    // `script` outlives the program for as long as somebody might type.
    if (step === dialogue.length) child.stdin.end();
  });
  // A dialogue that goes wrong would wait for ever; this way it says where.
  const watchdog = setTimeout(() => child.kill(), 15_000);
  const printed = await collect(child);
  clearTimeout(watchdog);
  assert.equal(step, dialogue.length, `waited for ${dialogue[step]?.[0]}, saw ${JSON.stringify(shown)}`);
  return printed;
}

test('the prompt: statements over lines, Ctrl-C, transactions, COPY, a lost connection, history', limit, async (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  if (spawnSync('script', ['--version']).status !== 0) return t.skip('script (util-linux) is not installed here');
  const { status } = await type(
    [postgres.url()],
    [
      [/Type \\\? for help[\s\S]*postgres=# $/, 'select 1\r'],
      [/postgres-# $/, '+ 2 as three;\r'],
      [/ three [\s\S]* 3\r\n\(1 row\)[\s\S]*postgres=# $/, 'select (1,\r'],
      [/postgres\(# $/, '\x03'],
      [/\^C[\s\S]*postgres=# $/, 'begin;\r'],
      [/BEGIN[\s\S]*postgres=\*# $/, 'select nope;\r'],
      [/"nope" does not exist[\s\S]*postgres=!# $/, 'rollback;\r'],
      [/ROLLBACK[\s\S]*postgres=# $/, 'create temp table c (a int); copy c from stdin;\r'],
      [/Enter the rows[\s\S]*>> $/, '1\r'],
      [/>> $/, '\\.\r'],
      [/COPY 1[\s\S]*postgres=# $/, 'copy c from stdin;\r'],
      [/>> $/, '\x03'],
      [/canceled by user[\s\S]*postgres=# $/, "do $$ begin raise notice 'busy'; perform pg_sleep(60); end $$;\r"],
      [/NOTICE: {2}busy/, '\x03'],
      [/canceling statement[\s\S]*postgres=# $/, 'select pg_terminate_backend(pg_backend_pid());\r'],
      [/FATAL[\s\S]*Connected anew[\s\S]*postgres=# $/, 'select 4+4 as eight;\r'],
      [/ 8\r\n[\s\S]*postgres=# $/, '\x04'],
    ],
  );
  assert.equal(status, 0);
  const history = path.join(directory, '.pgml_history');
  assert.equal(fs.statSync(history).mode & 0o777, 0o600);
  const remembered = fs.readFileSync(history, 'utf8');
  assert.ok(
    remembered.startsWith('select 1\n+ 2 as three;\n') && remembered.endsWith('select 4+4 as eight;\n'),
    remembered,
  );
  // Arrow up brings back the last line.
  await type(
    [postgres.url()],
    [
      [/postgres=# $/, '\x1b[A'],
      [/eight;$/, '\r'],
      [/ 8\r\n[\s\S]*postgres=# $/, '\\q\r'],
    ],
  );
});

test('a password is asked for, unseen', limit, async (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  if (spawnSync('script', ['--version']).status !== 0) return t.skip('script (util-linux) is not installed here');
  const url = new URL(postgres.url());
  const password = decodeURIComponent(url.password);
  url.password = '';
  const { status, stdout } = await type(
    [url.href],
    [
      [/Password for user postgres: $/, `${password}\r`],
      [/postgres=# $/, '\\q\r'],
    ],
  );
  assert.equal(status, 0);
  assert.ok(!stdout.includes(password));
});
