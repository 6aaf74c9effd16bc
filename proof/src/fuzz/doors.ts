/**
 * Attacks the doors of a running runtime over real sockets: garbage, damaged and half conversations, clients that are slow
 * or never take their answers, and those who announce more than they send. What must hold:
 *   - clients that behave are answered all the while, and rightly;
 *   - the process that serves is the same as before (its caller checks), and its memory stays bounded.
 * The frames are written here by their documentation, not by the codec that is under attack.
 */
import assert from 'node:assert/strict';
import net from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  type BackendMessage,
  concatenate,
  decodeBackend,
  encodeFrontend,
  encodeStartup,
  encodeText,
  Framer,
  ScramClient,
} from '@pgml/protocol';
import { cut, damage, noise, type Random, randomNumbers } from './damage.js';

export interface DoorAddresses {
  /** Of the door of the PostgreSQL protocol. */
  readonly postgres: { readonly port: number; readonly user: string; readonly password: string };
  /** Path of the socket of the frames door. */
  readonly frames: string;
}

export interface DoorTally {
  connections: number;
  bytes: number;
  /** Questions of clients that behave, all of which were answered. */
  answered: number;
}

type Bytes = Uint8Array;

interface Door {
  connect(): net.Socket;
  /** Bytes with which a conversation begins. */
  readonly beginnings: readonly Bytes[];
  /** Makes the connection one of a client that was let in. */
  enter(socket: net.Socket): Promise<void>;
  /** What a client that was let in may say. */
  readonly messages: readonly Bytes[];
  /** A client that behaves: asks, and checks the answer. */
  ask(): Promise<void>;
}

/** How long a door may take to answer a client that behaves, on however busy a machine. */
const ANSWER_MILLISECONDS = 60_000;

function withLimit<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} was not answered`)), ANSWER_MILLISECONDS);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

// ---- the frames door ----

const frameTypes = { hello: 1, call: 2, stream: 3, credit: 4, cancel: 5, push: 6, drop: 7, result: 8 } as const;

function uint32s(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, index) => bytes.writeUInt32LE(number >>> 0, 4 * index));
  return bytes;
}

const frame = (type: keyof typeof frameTypes, id: number, ...body: Bytes[]): Buffer =>
  Buffer.concat([
    uint32s(
      frameTypes[type],
      id,
      body.reduce((sum, part) => sum + part.length, 0),
    ),
    ...body,
  ]);

const ABSENT = 0xffffffff;
const MAGIC = 0x6c6d6770;

function call(id: number, method: string, request: unknown, payload: Bytes | null): Buffer {
  const parts = [Buffer.from(method), Buffer.from(JSON.stringify(request)), payload ?? Buffer.alloc(0)];
  const lengths = uint32s(parts[0].length, parts[1].length, payload ? payload.length : ABSENT);
  return frame('call', id, lengths, ...parts);
}

function push(dataset: number): Buffer {
  const name = Buffer.from('x\0\0\0');
  const values = Buffer.alloc(4 * 6);
  const texts = [uint32s(2, 1, 1), Buffer.from('t\0\0\0'), uint32s(1, ABSENT, 2), Buffer.from('abc')];
  return frame('push', dataset, uint32s(3, 2), uint32s(1, 2, 1), name, values, ...texts);
}

/** A training request that a worker would take, if the pushed rows were what it says. */
const trainRequest = { dataset: 7, algorithm: 'linear', task: 'regression', labels: 1, hyperparams: {}, seed: 1 };

function framesDoor(path: string): Door {
  const hello = frame('hello', 0, uint32s(MAGIC, 1), Buffer.from('fuzz'));
  const stream = frame('stream', 3, uint32s(2, 7, 2), Buffer.from('dataset{}'));
  const messages = [
    call(1, 'algorithms', {}, null),
    call(2, 'predict', { model: 'ab', output: 'values', one: false, nulls: 0 }, noise(64, randomNumbers(1))),
    call(4, 'load', {}, noise(200, randomNumbers(2))),
    concatenate([push(7), call(5, 'train', trainRequest, null), frame('cancel', 5)]),
    concatenate([stream, frame('credit', 3, uint32s(1000)), frame('cancel', 3)]),
    concatenate([push(8), push(8), frame('drop', 0)]),
  ];
  return {
    connect: () => net.connect(path),
    beginnings: [hello, concatenate([hello, ...messages])],
    enter: async (socket) => void socket.write(hello),
    messages,
    ask: async () => {
      const socket = net.connect(path);
      const answer = new Promise<Buffer>((resolve, reject) => {
        let received = Buffer.alloc(0);
        socket.on('error', reject);
        socket.on('close', () => reject(new Error('the frames door closed the connection')));
        socket.on('data', (chunk) => {
          received = Buffer.concat([received, chunk]);
          const second = received.length < 12 ? Infinity : 12 + received.readUInt32LE(8);
          if (received.length < second + 12) return;
          const end = second + 12 + received.readUInt32LE(second + 8);
          if (received.length >= end) resolve(received.subarray(second, end));
        });
      });
      socket.write(concatenate([hello, call(9, 'algorithms', {}, null)]));
      const bytes = await withLimit('the frames door', answer).finally(() => socket.destroy());
      assert.equal(bytes.readUInt32LE(0), frameTypes.result);
      assert.equal(bytes.readUInt32LE(4), 9);
      assert.match(bytes.toString('latin1'), /n_estimators/);
    },
  };
}

// ---- the door of the PostgreSQL protocol ----

class Messages {
  readonly #framer = new Framer({ from: 'backend' });
  #arrived: () => void = () => {};
  #closed = false;

  constructor(socket: net.Socket) {
    socket.on('data', (chunk) => {
      this.#framer.push(chunk);
      this.#arrived();
    });
    socket.on('close', () => {
      this.#closed = true;
      this.#arrived();
    });
  }

  /** All messages up to one of the type. */
  async until(type: BackendMessage['type']): Promise<BackendMessage[]> {
    const messages: BackendMessage[] = [];
    for (;;) {
      for (let next = this.#framer.next(); next; next = this.#framer.next()) {
        messages.push(decodeBackend(next));
        if (messages.at(-1)!.type === type) return messages;
      }
      if (this.#closed) throw new Error(`the door closed the connection after ${JSON.stringify(messages)}`);
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }
}

function postgresDoor({ port, user, password }: DoorAddresses['postgres']): Door {
  const parameters = new Map([
    ['user', user],
    ['database', 'fuzz'],
  ]);
  const startup = encodeStartup({ type: 'StartupMessage', major: 3, minor: 0, parameters });
  const query = (sql: string) => encodeFrontend({ type: 'Query', query: sql });
  const connect = () => net.connect(port, '127.0.0.1');
  const login = async (socket: net.Socket): Promise<Messages> => {
    const messages = new Messages(socket);
    const scram = new ScramClient({ password });
    socket.write(startup);
    await messages.until('AuthenticationSASL');
    const data = scram.first();
    socket.write(encodeFrontend({ type: 'SASLInitialResponse', mechanism: 'SCRAM-SHA-256', data }));
    const [challenge] = (await messages.until('AuthenticationSASLContinue')).slice(-1);
    assert.equal(challenge.type, 'AuthenticationSASLContinue');
    socket.write(encodeFrontend({ type: 'SASLResponse', data: scram.respond(challenge.data) }));
    await messages.until('ReadyForQuery');
    return messages;
  };
  const row = `\\x00000001${'000002bc'}${'00000004'}3f800000`;
  return {
    connect,
    beginnings: [
      startup,
      encodeStartup({ type: 'SSLRequest' }),
      encodeStartup({ type: 'GSSENCRequest' }),
      encodeStartup({ type: 'CancelRequest', processId: 1, secretKey: noise(4, randomNumbers(3)) }),
      concatenate([
        startup,
        encodeFrontend({ type: 'SASLInitialResponse', mechanism: 'SCRAM-SHA-256', data: encodeText('n,,n=,r=x') }),
      ]),
      concatenate([startup, query('SELECT 1')]),
    ],
    enter: async (socket) => void (await withLimit('a login', login(socket))),
    messages: [
      query(`SELECT * FROM call('algorithms', '{}', NULL, 'a')`),
      query(`SELECT push(1, 'a', '["x"]', '${row}'); SELECT push(1, 'b', '["x"]', '${row}')`),
      query(`SELECT predict('\\x00', 'values', 'true', '\\x00')`),
      query(`SELECT load('\\x50474d4c')`),
      query(`SELECT * FROM open_stream('dataset', '{}'); SELECT * FROM fetch_stream(1, 10)`),
      query(`BEGIN; SET a = 1; SHOW server_version; COMMIT; SELECT 1`),
      encodeFrontend({ type: 'Parse', statement: '', query: 'SELECT 1', parameterTypes: [] }),
      encodeFrontend({ type: 'Sync' }),
    ],
    ask: async () => {
      const socket = connect();
      socket.on('error', () => {});
      try {
        const messages = await withLimit('a login', login(socket));
        socket.write(query(`SELECT * FROM call('algorithms', '{}', NULL, 'a')`));
        const answer = await withLimit('a query', messages.until('ReadyForQuery'));
        const rows = answer.filter(({ type }) => type === 'DataRow');
        assert.equal(rows.length, 1, JSON.stringify(answer));
      } finally {
        socket.destroy();
      }
    },
  };
}

// ---- attacks ----

interface Attack {
  readonly door: Door;
  readonly socket: net.Socket;
  readonly random: Random;
  /** Writes unless the door has closed the connection, and counts. */
  write(bytes: Bytes): void;
}

const pick = <T>(list: readonly T[], random: Random): T => list[random(list.length)];

const attacks: readonly ((attack: Attack) => Promise<void>)[] = [
  async function garbage({ write, random }) {
    write(noise(1 + random(4096), random));
  },
  async function damagedBeginning({ door, write, random }) {
    for (const chunk of cut(damage(pick(door.beginnings, random), random), random)) {
      write(chunk);
      if (random(4) === 0) await nextTurn();
    }
  },
  async function damagedMessages({ door, socket, write, random }) {
    await door.enter(socket);
    for (let count = 1 + random(20); count > 0; count--) write(damage(pick(door.messages, random), random));
  },
  async function wholeMessages({ door, socket, write, random }) {
    await door.enter(socket);
    for (let count = 1 + random(20); count > 0; count--) write(pick(door.messages, random));
  },
  async function halfMessage({ door, socket, write, random }) {
    await door.enter(socket);
    const message = pick(door.messages, random);
    write(message.subarray(0, random(message.length)));
    await sleep(random(300));
  },
  async function byteByByte({ door, write, random }) {
    for (const byte of pick(door.beginnings, random).subarray(0, 200)) {
      write(Uint8Array.of(byte));
      await nextTurn();
    }
  },
  async function neverReads({ door, socket, write, random }) {
    await door.enter(socket);
    socket.pause();
    for (let count = 0; count < 200; count++) write(door.messages[0]);
    await sleep(random(300));
  },
  async function announcesMuch({ door, socket, write, random }) {
    await door.enter(socket);
    // A length of just under 1 GiB, in the place where each of the protocols has one.
    write(concatenate([encodeText('Q'), Uint8Array.of(0x3f, 0xff, 0xff, 0xf0), noise(1000, random)]));
    write(concatenate([uint32s(2, 1, 0x3ffffff0), noise(1000, random)]));
    await sleep(random(200));
  },
];

async function attackOnce(door: Door, random: Random, tally: DoorTally): Promise<void> {
  const socket = door.connect();
  socket.on('error', () => {});
  // Answers are taken and thrown away, but by those who pause.
  socket.on('data', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const write = (bytes: Bytes) => {
    if (socket.destroyed || socket.writableEnded) return;
    socket.write(bytes);
    tally.bytes += bytes.length;
  };
  tally.connections++;
  try {
    await pick(attacks, random)({ door, socket, random, write });
  } finally {
    // Some go politely, some at once, some wait to be thrown out.
    const manner = random(3);
    if (manner === 0) socket.end();
    // Only TCP has resets.
    if (manner === 1 && socket.remoteAddress) socket.resetAndDestroy();
    socket.resume();
    await Promise.race([closed, sleep(20)]);
    socket.destroy();
    await closed;
  }
}

/** Attacks until `enough` says so, many connections at a time, while clients that behave ask again and again. */
export async function fuzzDoors(
  addresses: DoorAddresses,
  seed: number,
  enough: (tally: DoorTally) => boolean,
): Promise<DoorTally> {
  const doors = [postgresDoor(addresses.postgres), framesDoor(addresses.frames)];
  const tally: DoorTally = { connections: 0, bytes: 0, answered: 0 };
  const random = randomNumbers(seed);
  while (!enough(tally)) {
    const attackers = Array.from({ length: 8 }, () =>
      attackOnce(pick(doors, random), randomNumbers(random(2 ** 32)), tally),
    );
    const asking = doors.map(async (door) => {
      await door.ask();
      tally.answered++;
    });
    await Promise.all([...attackers, ...asking]);
  }
  return tally;
}
