/**
 * Kills the runtime again and again while clients of several databases train and predict through it. What must hold:
 *   - PostgreSQL never notices: same postmaster, no backend ended;
 *   - a statement gives the right answer or fails with an SQLSTATE of the classes 08, 53, 57 or 58 and a message;
 *   - after the last kill everything works again by itself, on the same connections.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { RuntimeProcess } from '../testing/runtime-process.js';

export interface ChaosOptions {
  readonly runtime: RuntimeProcess;
  /** Urls of the databases, by the name of their bridge. Each has pgml, and a login that may do everything in it. */
  readonly databases: Readonly<Record<string, string>>;
  readonly kills: number;
  readonly clients: number;
  readonly seed: number;
}

export interface ChaosReport {
  /** Statements that gave the right answer, by bridge and kind. */
  readonly right: Record<string, number>;
  /** Statements that failed, by bridge, kind and SQLSTATE. */
  readonly failed: Record<string, number>;
  /** From the last kill until a client had the right answer to this kind of statement, by bridge and kind. */
  readonly recoveryMilliseconds: Record<string, number>;
}

const PROJECT = 'chaos';
const ALLOWED_CLASSES = ['08', '53', '57', '58'];
const FLOWER = 'ARRAY[5.1, 3.5, 1.4, 0.2]::real[]';
const RECOVERY_SECONDS = 30;
/** A client that was refused waits before it asks again. */
const PAUSE_MILLISECONDS = 20;

/** Whole numbers below 2³², the same for the same seed (Numerical Recipes). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}

/** What clients ask, and what the answer must be. */
interface Truth {
  readonly prediction: number;
  readonly batch: readonly number[];
  /** SHA-256 of what the training of a fixed seed gives. */
  readonly digest: string;
}

const statements = {
  predict: `SELECT pgml.predict('${PROJECT}', ${FLOWER}) AS answer`,
  batch: `SELECT array_agg(prediction) AS answer FROM pgml.predict_batch('${PROJECT}', (
    SELECT array_agg(ARRAY[sepal_length, sepal_width, petal_length, petal_width]::real[]
      ORDER BY sepal_length, sepal_width, petal_length, petal_width) FROM pgml.iris)) AS prediction`,
  // Only for its artifact: whether it becomes the deployed one does not matter, for its project is the client's own.
  train: (project: string) => `SELECT encode(pgml.model_digest(id), 'hex') AS answer FROM pgml.models
    WHERE id = (SELECT max(models.id) FROM pgml.models JOIN pgml.projects ON projects.id = project_id WHERE name = '${project}')`,
} as const;

const train = (project: string) =>
  `SELECT * FROM pgml.train('${project}', task => 'classification', relation_name => 'pgml.iris', y_column_name => 'target',
    algorithm => 'xgboost', hyperparams => '{"n_estimators": 10}')`;

async function value(client: pg.Client, sql: string): Promise<unknown> {
  const { rows } = await client.query<{ answer: unknown }>(sql);
  return rows[0].answer;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  // The failure of a statement says the same.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Makes the project, and asks while all is quiet. */
async function findTruth(url: string): Promise<Truth> {
  const client = await connect(url);
  try {
    await client.query(`SELECT pgml.load_dataset('iris')`);
    await client.query(train(PROJECT));
    return {
      prediction: (await value(client, statements.predict)) as number,
      batch: (await value(client, statements.batch)) as number[],
      digest: (await value(client, statements.train(PROJECT))) as string,
    };
  } finally {
    await client.end();
  }
}

type Kind = 'predict' | 'batch' | 'train';

interface Kills {
  /** The moment of the last of all kills; infinite before. */
  last: number;
}

/** What all clients of a database share. */
interface Scene {
  readonly bridge: string;
  readonly truth: Truth;
  readonly kills: Kills;
  readonly report: ChaosReport;
}

class ChaosClient {
  readonly #scene: Scene;
  readonly #client: pg.Client;
  /** Of its own, for its trainings. */
  readonly #project: string;
  readonly #random: () => number;

  constructor(scene: Scene, client: pg.Client, project: string, seed: number) {
    this.#scene = scene;
    this.#client = client;
    this.#project = project;
    this.#random = randomNumbers(seed);
  }

  /** Asks until the signal, and then until all works again; every statement is right or fails as it may. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const choice = (this.#random() >>> 16) % 10;
      const right = await this.attempt(choice === 0 ? 'train' : choice < 3 ? 'batch' : 'predict');
      if (!right) await sleep(PAUSE_MILLISECONDS);
    }
    await this.#recover();
  }

  /** Whether it gave the right answer. */
  async attempt(kind: Kind): Promise<boolean> {
    const count = (tally: Record<string, number>, what: string) => (tally[what] = (tally[what] ?? 0) + 1);
    const { bridge, truth, kills, report } = this.#scene;
    const asked = Date.now();
    let answer: unknown;
    try {
      answer = await this.#ask(kind);
    } catch (error) {
      const { code = 'none', message } = error as { code?: string; message: string };
      assert.ok(
        ALLOWED_CLASSES.includes(code.slice(0, 2)) && message.length > 10,
        `${bridge}, ${kind}: ${code} ${message}`,
      );
      count(report.failed, `${bridge} ${kind} ${code}`);
      return false;
    }
    const { prediction, batch, digest } = truth;
    assert.deepEqual(answer, { predict: prediction, batch, train: digest }[kind], `${bridge}, ${kind}`);
    count(report.right, `${bridge} ${kind}`);
    if (asked > kills.last) report.recoveryMilliseconds[`${bridge} ${kind}`] ??= Date.now() - kills.last;
    return true;
  }

  async #ask(kind: Kind): Promise<unknown> {
    if (kind !== 'train') return value(this.#client, statements[kind]);
    await this.#client.query(train(this.#project));
    return value(this.#client, statements.train(this.#project));
  }

  /** Tries until every kind of statement has given the right answer. */
  async #recover(): Promise<void> {
    const end = this.#scene.kills.last + 1000 * RECOVERY_SECONDS;
    for (const kind of ['predict', 'batch', 'train'] as const)
      while (!(await this.attempt(kind))) {
        assert.ok(
          Date.now() < end,
          `${this.#scene.bridge}: ${kind} still fails ${RECOVERY_SECONDS} s after the last kill`,
        );
        await sleep(PAUSE_MILLISECONDS);
      }
  }

  end(): Promise<void> {
    return this.#client.end();
  }
}

const identityOfPostgres = `SELECT pg_postmaster_start_time()::text AS answer`;

export async function causeChaos({ runtime, databases, kills, clients, seed }: ChaosOptions): Promise<ChaosReport> {
  const random = randomNumbers(seed);
  const report: ChaosReport = { right: {}, failed: {}, recoveryMilliseconds: {} };
  const observer = await connect(Object.values(databases)[0]);
  const started = await value(observer, identityOfPostgres);
  const all: ChaosClient[] = [];
  const times: Kills = { last: Infinity };
  for (const [bridge, url] of Object.entries(databases)) {
    const scene: Scene = { bridge, truth: await findTruth(url), kills: times, report };
    for (let number = 0; number < clients; number++)
      all.push(new ChaosClient(scene, await connect(url), `chaos ${number}`, seed + all.length));
  }

  const enough = new AbortController();
  const running = Promise.all(all.map((client) => client.run(enough.signal)));
  // Awaited below; until then a failure must not end the process.
  running.catch(() => enough.abort());
  for (let kill = 0; kill < kills && !enough.signal.aborted; kill++) {
    // Sometimes before the one that was started last is ready, mostly later.
    await sleep(300 + ((random() >>> 16) % 2200));
    runtime.kill(kill % 3 === 2 ? 'supervisor' : 'children');
  }
  times.last = Date.now();
  enough.abort();
  await running;
  // The same connection as before, so no backend was ended.
  assert.equal(await value(observer, identityOfPostgres), started, 'PostgreSQL was started again');
  await Promise.all([...all.map((client) => client.end()), observer.end()]);
  return report;
}
