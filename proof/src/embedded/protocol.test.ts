/** The wire protocol as drivers and psql use it, and as nobody should. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type EmbeddedServer, startEmbeddedServer } from '@pgml/embedded';
import { encodeFrontend, encodeStartup } from '@pgml/protocol';
import pg from 'pg';
import { connectRaw, openSocket, summary } from './raw-client.js';
import { connect, serve, sleep, sqlstateOf, value } from './serve.js';

let server: EmbeddedServer;
before(async () => {
  server = await startEmbeddedServer({ host: '127.0.0.1', port: 0, maximumClients: 20 });
});
after(() => server.close());
const join = (context: TestContext, config = {}) => connect(context, server, config);

describe('messages', () => {
  it('may be pipelined; an error skips to the next Sync', async (context) => {
    const client = await connectRaw(context, server);
    const query = (text: string) =>
      [
        { type: 'Parse', statement: '', query: text, parameterTypes: [] },
        { type: 'Bind', portal: '', statement: '', parameterFormats: [], parameters: [], resultFormats: [] },
        { type: 'Execute', portal: '', maximumRows: 0 },
      ] as const;
    client.send(...query('SELECT 1'), ...query('SELECT 1/0'), ...query('SELECT 2'), { type: 'Sync' });
    client.send(...query('SELECT 3'), { type: 'Sync' }, { type: 'Query', query: 'SELECT 4; SELECT 5' });
    const messages = [];
    for (let ready = 0; ready < 3; ready++) messages.push(...(await client.until('ReadyForQuery')).map(summary));
    assert.deepEqual(
      messages.filter((message) => /DataRow|Error|Ready/.test(message)),
      [
        'DataRow 1',
        'ErrorResponse 22012',
        'ReadyForQuery I',
        'DataRow 3',
        'ReadyForQuery I',
        'DataRow 4',
        'DataRow 5',
        'ReadyForQuery I',
      ],
    );
  });

  it('are answered at Flush, and the unnamed statement outlives the turn of another client', async (context) => {
    const client = await connectRaw(context, server);
    const other = await join(context);
    client.send({ type: 'Parse', statement: '', query: 'SELECT $1::int + 1', parameterTypes: [] });
    client.send({ type: 'Describe', target: 'statement', name: '' }, { type: 'Sync' });
    await client.until('ReadyForQuery');
    assert.equal(await value(other, 'SELECT $1::int', [5]), 5);
    const parameters = [Buffer.from('41')];
    client.send({ type: 'Bind', portal: 'p', statement: '', parameterFormats: [], parameters, resultFormats: [] });
    client.send({ type: 'Execute', portal: 'p', maximumRows: 0 }, { type: 'Flush' });
    assert.deepEqual((await client.until('CommandComplete')).map(summary), [
      'BindComplete',
      'DataRow 42',
      'CommandComplete SELECT 1',
    ]);
    client.send({ type: 'Sync' });
    assert.deepEqual((await client.until('ReadyForQuery')).map(summary), ['ReadyForQuery I']);
  });

  it('FunctionCall works as in PostgreSQL', async (context) => {
    const client = await connectRaw(context, server);
    const numbers = [Buffer.from('40'), Buffer.from('2')];
    // int4pl(int4, int4)
    client.send({ type: 'FunctionCall', functionId: 177, argumentFormats: [], arguments: numbers, resultFormat: 0 });
    assert.deepEqual((await client.until('ReadyForQuery')).map(summary), ['FunctionCallResponse', 'ReadyForQuery I']);
  });

  it('name the parameters that PostgreSQL 18 reports', async (context) => {
    const client = openSocket(context, server);
    client.socket.write(encodeStartup({ type: 'SSLRequest' }));
    const [answer] = (await new Promise<Buffer>((resolve) => client.socket.once('data', resolve))) as unknown as [
      number,
    ];
    assert.equal(String.fromCharCode(answer), 'N');
    const reported = await join(context);
    assert.match(String(await value(reported, 'SHOW server_version')), /^18/);
  });

  it('with results larger than memory stream at the pace of the reader', async (context) => {
    const client = await connectRaw(context, server);
    client.send({ type: 'Query', query: "SELECT repeat('x', 10000) FROM generate_series(1, 20000)" });
    await client.next();
    client.socket.pause();
    const before = process.memoryUsage().rss;
    await sleep(500);
    assert.ok(process.memoryUsage().rss - before < 64 << 20);
    client.socket.resume();
    let rows = 0;
    for (let message = await client.next(); message?.type !== 'ReadyForQuery'; message = await client.next())
      if (message?.type === 'DataRow') rows++;
    assert.equal(rows, 20000);
  });
});

describe('COPY', () => {
  it('streams in and out', async (context) => {
    const client = await connectRaw(context, server);
    client.send({ type: 'Query', query: 'CREATE TABLE streamed (i int, t text)' });
    await client.until('ReadyForQuery');
    client.send({ type: 'Query', query: 'COPY streamed FROM STDIN' });
    await client.until('CopyInResponse');
    for (let part = 0; part < 200; part++) {
      const lines = Array.from({ length: 1000 }, (_, line) => `${part * 1000 + line}\tsome text ${line}\n`);
      if (!client.socket.write(encodeFrontend({ type: 'CopyData', data: Buffer.from(lines.join('')) })))
        await new Promise((resolve) => client.socket.once('drain', resolve));
    }
    client.send({ type: 'CopyDone' });
    assert.deepEqual((await client.until('ReadyForQuery')).map(summary), [
      'CommandComplete COPY 200000',
      'ReadyForQuery I',
    ]);
    client.send({ type: 'Query', query: 'COPY streamed TO STDOUT' });
    const out = await client.until('ReadyForQuery');
    assert.equal(out.filter(({ type }) => type === 'CopyData').length, 200000);
  });

  it('that fails, or that the client gives up, leaves the session usable', async (context) => {
    const client = await connectRaw(context, server);
    client.send({ type: 'Query', query: 'CREATE TABLE refused (i int)' });
    await client.until('ReadyForQuery');
    const copy = { type: 'Query', query: 'COPY refused FROM STDIN' } as const;
    client.send(copy, { type: 'CopyData', data: Buffer.from('1\nnot a number\n') });
    assert.equal((await client.until('ReadyForQuery')).map(summary).at(-2), 'ErrorResponse 22P02');
    client.send({ type: 'CopyData', data: Buffer.from('2\n') }, { type: 'CopyDone' });
    client.send(copy, { type: 'CopyFail', reason: 'changed my mind' });
    assert.equal((await client.until('ReadyForQuery')).map(summary).at(-2), 'ErrorResponse 57014');
    client.send({ type: 'Query', query: 'SELECT count(*) FROM refused' });
    assert.ok((await client.until('ReadyForQuery')).map(summary).includes('DataRow 0'));
  });

  it('may follow its command without waiting, in rows of their own, while the session is elsewhere', async (context) => {
    const client = await connectRaw(context, server);
    const other = await join(context);
    await other.query('CREATE TABLE hasty (i int); BEGIN');
    client.send({ type: 'Query', query: 'COPY hasty FROM STDIN' });
    client.send(
      ...Array.from({ length: 5000 }, (_, row) => ({ type: 'CopyData', data: Buffer.from(`${row}\n`) }) as const),
    );
    client.send({ type: 'CopyDone' }, { type: 'Query', query: 'SELECT sum(i) FROM hasty' });
    await sleep(50);
    await other.query('COMMIT');
    assert.equal((await client.until('ReadyForQuery')).map(summary).at(-2), 'CommandComplete COPY 5000');
    assert.ok((await client.until('ReadyForQuery')).map(summary).includes('DataRow 12497500'));
  });

  it('whose client vanishes is undone and keeps nobody waiting', async (context) => {
    const client = await connectRaw(context, server);
    const other = await join(context);
    await other.query('CREATE TABLE halfway (i int)');
    client.send({ type: 'Query', query: 'COPY halfway FROM STDIN' }, { type: 'CopyData', data: Buffer.from('1\n') });
    await client.until('CopyInResponse');
    client.socket.destroy();
    assert.equal(await value(other, 'SELECT count(*)::int FROM halfway'), 0);
  });
});

describe('limits', () => {
  it('more clients than allowed are refused with a hint', async (context) => {
    const small = await serve(context, { maximumClients: 1 });
    const first = await connect(context, small);
    await assert.rejects(connect(context, small), { code: '53300' });
    await first.end();
    await sleep(100);
    await connect(context, small);
  });

  it('half-open, lying and silent clients disturb nobody', async (context) => {
    const sockets = Array.from({ length: 10 }, () => openSocket(context, server));
    sockets[0].socket.write(Buffer.from([0, 0]));
    sockets[1].socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0]));
    sockets[2].socket.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    sockets[3].socket.write(encodeStartup({ type: 'StartupMessage', major: 2, minor: 0, parameters: new Map() }));
    const liar = await connectRaw(context, server);
    liar.socket.write(Buffer.from([0x53, 0x7f, 0xff, 0xff, 0xff]));
    assert.equal((await liar.until('ErrorResponse')).map(summary).at(-1), 'ErrorResponse 08P01');
    const slow = await connectRaw(context, server);
    slow.send({ type: 'Parse', statement: '', query: 'SELECT 1', parameterTypes: [] });
    const client = await join(context);
    assert.equal(await value(client, 'SELECT 1'), 1);
  });

  it('clients that vanish while they connect leave nothing behind', async (context) => {
    const { hostname, port, username, password } = new URL(server.url);
    const login = { host: hostname, port: Number(port), user: username, password, database: 'pgml' };
    for (let round = 0; round < 30; round++) {
      const client = new pg.Client(login);
      client.on('error', () => {});
      client.connect().catch(() => {});
      await sleep(round);
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    }
    const client = await join(context);
    assert.equal(await value(client, 'SELECT 1'), 1);
  });

  it('encodings other than UTF8 and replication are refused', async (context) => {
    assert.equal(await sqlstateOf(join(context, { options: '-c client_encoding=LATIN1' })), '0A000');
    assert.equal(await sqlstateOf(join(context, { replication: 'database' })), '0A000');
  });
});

const installed = (command: string, ...check: string[]): string | false =>
  spawnSync(command, check).status === 0 ? false : `${command} ${check.join(' ')} does not work here`;

function run(command: string, parameters: string[], input: string): Promise<{ output: string; errors: string }> {
  const child = spawn(command, parameters, { env: { ...process.env, PGCONNECT_TIMEOUT: '10' } });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', () => resolve({ output, errors })));
}

describe('other clients', () => {
  it('psql', { skip: installed('psql', '--version') }, async () => {
    const script = [
      'CREATE TABLE from_psql (i int, t text);',
      '\\copy from_psql FROM STDIN',
      '1\tone',
      '2\ttwo',
      '\\.',
      '\\copy (SELECT * FROM from_psql ORDER BY i) TO STDOUT',
      '\\d from_psql',
      "SELECT 'x' AS name \\gset",
      "SELECT :'name';",
      '\\conninfo',
    ];
    const { output, errors } = await run('psql', ['-X', '-A', '-t', server.url], `${script.join('\n')}\n`);
    assert.equal(errors, '');
    assert.match(output, /COPY 2\n1\tone\n2\ttwo\ni\|integer\|\|\|\nt\|text\|\|\|\nx\n/);
  });

  it('psycopg2', { skip: installed('/usr/bin/python3', '-c', 'import psycopg2') }, async () => {
    const script = `
import psycopg2, io
connection = psycopg2.connect("${server.url}")
cursor = connection.cursor()
cursor.execute("CREATE TABLE from_python (i int, t text)")
cursor.executemany("INSERT INTO from_python VALUES (%s, %s)", [(1, "a"), (2, "b")])
cursor.copy_from(io.StringIO("3\\tc\\n"), "from_python")
connection.commit()
cursor.execute("SELECT * FROM from_python ORDER BY i")
print(cursor.fetchall())
try:
    cursor.execute("SELECT 1/0")
except psycopg2.errors.DivisionByZero:
    connection.rollback()
named = connection.cursor("named")
named.itersize = 1000
named.execute("SELECT * FROM generate_series(1, 5000)")
print(sum(row[0] for row in named))
connection.close()
`;
    const { output, errors } = await run('/usr/bin/python3', ['-'], script);
    assert.equal(errors, '');
    assert.equal(output, "[(1, 'a'), (2, 'b'), (3, 'c')]\n12502500\n");
  });
});
