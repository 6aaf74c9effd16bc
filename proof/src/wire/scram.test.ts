// Our SCRAM against the SCRAM of others: a PostgreSQL server, and node-postgres as a client.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import {
  type BackendMessage,
  concatenate,
  decodeBackend,
  decodeFrontend,
  decodeStartup,
  encodeBackend,
  encodeFrontend,
  encodeStartup,
  encodeText,
  errorResponse,
  Framer,
  formatVerifier,
  makeVerifier,
  md5Password,
  ProtocolError,
  parseVerifier,
  SCRAM_SHA_256,
  ScramClient,
  ScramServer,
  type ScramVerifier,
} from '@pgml/protocol';
import pg from 'pg';
import { type Postgres, SUPERUSER_PASSWORD, startPostgres } from '../testing/postgres.js';

let postgres: Postgres | { readonly missing: string };
before(async () => {
  postgres = await startPostgres();
});
after(async () => {
  if ('stop' in postgres) await postgres.stop();
});

/** Passwords for which SASLprep does something, or refuses. What is equal under it must log in with each other. */
const passwords: readonly (readonly [string, ...string[]])[] = [
  ['plain'],
  [`with 'quotes', "commas", = and \\`],
  ['control \u0001\u007f character'],
  ['é composed', 'e\u0301 composed'],
  ['no-break\u00a0space', 'no-break space'],
  ['zero\u200bwidth', 'zero width'],
  ['soft\u00adhyphen', 'softhyphen'],
  ['\u2168 roman', 'IX roman'],
  ['ﬁ ligature', 'fi ligature'],
  ['ﬁ with 😀'], // assigned after Unicode 3.2: taken as it is
  ['пароль'],
  ['密碼'],
  ['\u0627\u0628'],
  ['\u0627mixed\u0628 ﬁ'], // mixed directions: taken as it is
  ['private \ue000 ﬁ'],
  ['unassigned \u0378 ﬁ'],
];

/** Logs in as a client of our codec would; resolves to the name of the method that was used. */
async function logIn(port: number, user: string, password: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  const framer = new Framer({ from: 'backend' });
  const scram = new ScramClient({ password });
  const parameters = new Map([
    ['user', user],
    ['database', 'postgres'],
  ]);
  let method = 'trust';
  const answer = (message: BackendMessage): Uint8Array | undefined => {
    switch (message.type) {
      case 'AuthenticationCleartextPassword':
        method = 'password';
        return encodeFrontend({ type: 'PasswordMessage', password });
      case 'AuthenticationMD5Password':
        method = 'md5';
        return encodeFrontend({ type: 'PasswordMessage', password: md5Password(user, password, message.salt) });
      case 'AuthenticationSASL':
        method = 'scram';
        return encodeFrontend({ type: 'SASLInitialResponse', mechanism: SCRAM_SHA_256, data: scram.first() });
      case 'AuthenticationSASLContinue':
        return encodeFrontend({ type: 'SASLResponse', data: scram.respond(message.data) });
      case 'AuthenticationSASLFinal':
        scram.finish(message.data);
        return undefined;
      case 'ErrorResponse':
        throw Object.assign(new Error(message.fields.message), { code: message.fields.sqlstate });
      default:
        return undefined;
    }
  };
  socket.write(encodeStartup({ type: 'StartupMessage', major: 3, minor: 0, parameters }));
  try {
    for await (const chunk of socket) {
      framer.push(chunk);
      for (let frame = framer.next(); frame; frame = framer.next()) {
        const message = decodeBackend(frame);
        if (message.type === 'ReadyForQuery') return method;
        const bytes = answer(message);
        if (bytes) socket.write(bytes);
      }
    }
    throw new Error('the server closed the connection');
  } finally {
    socket.destroy();
  }
}

async function superuser(port: Postgres): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: port.url() });
  await client.connect();
  return client;
}

test('our client logs in to PostgreSQL with every password, and with what SASLprep makes equal', async (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  assert.equal(await logIn(postgres.port, 'postgres', SUPERUSER_PASSWORD), 'scram');
  const client = await superuser(postgres);
  try {
    await client.query('CREATE ROLE ada LOGIN');
    for (const [password, ...equal] of passwords) {
      await client.query(`ALTER ROLE ada PASSWORD ${client.escapeLiteral(password)}`);
      for (const attempt of [password, ...equal])
        assert.equal(await logIn(postgres.port, 'ada', attempt), 'scram', JSON.stringify([password, attempt]));
      await assert.rejects(logIn(postgres.port, 'ada', `${password}x`), { code: '28P01' });
      // The same salt gives the verifier that PostgreSQL stores.
      const { rows } = await client.query<{ rolpassword: string }>(
        `SELECT rolpassword FROM pg_authid WHERE rolname = 'ada'`,
      );
      const stored = parseVerifier(rows[0].rolpassword);
      assert.ok(stored);
      assert.equal(formatVerifier(makeVerifier(password, stored.salt, stored.iterations)), rows[0].rolpassword);
    }
  } finally {
    await client.end();
  }
});

test('PostgreSQL accepts a verifier of ours as a password', async (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  const client = await superuser(postgres);
  try {
    const verifier = formatVerifier(makeVerifier('geheim', undefined, 5000));
    await client.query(`CREATE ROLE grace LOGIN PASSWORD '${verifier}'`);
    const grace = new pg.Client({ connectionString: postgres.url('grace', 'geheim') });
    await grace.connect();
    await grace.end();
    assert.equal(await logIn(postgres.port, 'grace', 'geheim'), 'scram');
  } finally {
    await client.end();
  }
});

test('our client also knows the older methods', async (t) => {
  if ('missing' in postgres) return t.skip(postgres.missing);
  const client = await superuser(postgres);
  try {
    await client.query(`CREATE ROLE cleartext_ada LOGIN PASSWORD 'x y'`);
    await client.query(`SET password_encryption = 'md5'`);
    await client.query(`CREATE ROLE old LOGIN PASSWORD 'pässword'`);
  } finally {
    await client.end();
  }
  assert.equal(await logIn(postgres.port, 'old', 'pässword'), 'md5');
  assert.equal(await logIn(postgres.port, 'cleartext_ada', 'x y'), 'password');
  await assert.rejects(logIn(postgres.port, 'old', 'wrong'), { code: '28P01' });
});

/** A server of our codec that authenticates, answers every simple query with the user's name, and nothing else. */
function serveConnection(socket: net.Socket, verifiers: ReadonlyMap<string, ScramVerifier>): void {
  const framer = new Framer({ from: 'frontend' });
  let user = '';
  let scram: ScramServer | undefined;
  const ready = encodeBackend({ type: 'ReadyForQuery', status: 'I' });
  const answer = (): Uint8Array | undefined => {
    const frame = framer.next();
    if (!frame) return undefined;
    if (framer.phase === 'startup') {
      const packet = decodeStartup(frame.body);
      if (packet.type === 'SSLRequest') return encodeText('N');
      if (packet.type !== 'StartupMessage') throw new ProtocolError('unexpected packet');
      user = packet.parameters.get('user')!;
      framer.beginMessages();
      return encodeBackend({ type: 'AuthenticationSASL', mechanisms: [SCRAM_SHA_256] });
    }
    if (scram?.state === 'authenticated') {
      if (frame.type === 'X') return new Uint8Array(0);
      const column = {
        name: 'user',
        tableId: 0,
        columnNumber: 0,
        typeId: 25,
        typeSize: -1,
        typeModifier: -1,
        format: 0,
      };
      return concatenate([
        encodeBackend({ type: 'RowDescription', fields: [column] }),
        encodeBackend({ type: 'DataRow', values: [encodeText(user)] }),
        encodeBackend({ type: 'CommandComplete', tag: 'SELECT 1' }),
        ready,
      ]);
    }
    const message = decodeFrontend(frame, scram ? 'SASLResponse' : 'SASLInitialResponse');
    const known = verifiers.get(user);
    scram ??= new ScramServer({ user, verifier: known, mockSecret: new Uint8Array(16) });
    if (message.type === 'SASLInitialResponse')
      return encodeBackend({ type: 'AuthenticationSASLContinue', data: scram.receive(message.data!) });
    if (message.type !== 'SASLResponse') throw new ProtocolError('unexpected message');
    return concatenate([
      encodeBackend({ type: 'AuthenticationSASLFinal', data: scram.receive(message.data) }),
      encodeBackend({ type: 'AuthenticationOk' }),
      encodeBackend({ type: 'BackendKeyData', processId: 1, secretKey: new Uint8Array(4) }),
      ready,
    ]);
  };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    framer.push(chunk);
    try {
      for (let bytes = answer(); bytes; bytes = answer()) socket.write(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      socket.end(errorResponse({ severity: 'FATAL', sqlstate: error.sqlstate, message: error.message }));
    }
  });
}

test('node-postgres logs in to a server of ours, and only with the right password', async () => {
  const verifiers = new Map(passwords.map(([password], index) => [`user${index}`, makeVerifier(password)]));
  const server = net.createServer((socket) => serveConnection(socket, verifiers));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const connect = async (user: string, password: string) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'x' });
    await client.connect();
    const { rows } = await client.query('SELECT user');
    await client.end();
    return rows;
  };
  try {
    for (const [index, [password]] of passwords.entries()) {
      const user = `user${index}`;
      // node-postgres has no SASLprep, so it can log in only with what SASLprep leaves alone.
      if (/^[\x20-\x7e]*$/.test(password)) assert.deepEqual(await connect(user, password), [{ user }]);
      await assert.rejects(connect(user, `${password}x`), { code: '28P01' });
    }
    await assert.rejects(connect('nobody', 'x'), { code: '28P01', message: /authentication failed for user "nobody"/ });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
