// Models in a PostgreSQL backend: the same bits as the evaluators elsewhere, the same rows as encodeRow, and the files that
// all sessions share.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bridgeSql } from '@pgml/bridge-native';
import { type ArtifactHeader, encodeRow, SqlError, writeArtifact } from '@pgml/engine';
import { type BlockDescription, hasProbabilities, loadEvaluators, RandomState, writeBlock } from '@pgml/kernels';
import pg from 'pg';
import { compiledExtension } from '../testing/native.js';
import { type Postgres, startPostgres } from '../testing/postgres.js';

const extension = await compiledExtension();
if ('missing' in extension) test('models in the backend', { skip: extension.missing }, () => {});
else describe('models in the backend', () => models(extension.library));

const plainHeader: Omit<ArtifactHeader, 'kind' | 'features'> = {
  task: 'regression',
  algorithm: 'test',
  labels: [],
  missing: 'learn',
  hyperparams: {},
  seed: 0,
  details: {},
  version: '0',
};

function artifactOf(block: BlockDescription, missing: 'learn' | 'refuse' = 'learn'): Uint8Array {
  const features = [{ name: 'x', pg_type: 'float4[]', width: block.features }];
  return writeArtifact({ ...plainHeader, kind: block.kind, features, missing }, writeBlock(block));
}

const constant = (answer: number, features = 1): Uint8Array =>
  artifactOf({
    kind: 'linear',
    features,
    outputs: 1,
    decision: 'value',
    classValues: [],
    words: [new Float64Array(features), Float64Array.of(answer)],
  });

/** Complete trees, or chained ones of which each is a list of splits. */
function randomTrees(
  random: RandomState,
  features: number,
  outputs: number,
  levels: number,
): BlockDescription['words'] {
  const trees = random.integer(1, 30);
  const base = Float32Array.from({ length: outputs }, () => random.normal());
  const what = () => 4 * random.integer(0, features) + random.integer(0, 2);
  const words: number[] = [];
  const floats = new Float32Array(1);
  const bits = (value: number) => {
    floats[0] = value;
    return new Uint32Array(floats.buffer)[0];
  };
  if (levels > 0) {
    for (let tree = 0; tree < trees; tree++) {
      for (let test = 0; test < 2 ** levels; test++) words.push(what(), bits(random.normal()));
      for (let leaf = 0; leaf < 2 ** levels; leaf++) words.push(bits(random.normal()));
    }
    return [trees, base, levels, Uint32Array.from(words)];
  }
  const roots: number[] = [];
  for (let tree = 0; tree < trees; tree++) {
    roots.push(4 * words.length);
    for (let splits = random.integer(0, 20); splits > 0; splits--) {
      const next = 4 * words.length + 16;
      words.push(what(), bits(random.normal()), next, 0);
      words.push(0, bits(Number.NaN), next, bits(random.normal()));
    }
    words.push(0, bits(Number.NaN), 4 * words.length, bits(random.normal()));
  }
  return [trees, base, 0, Uint32Array.from(words), Uint32Array.from(roots)];
}

function randomModel(random: RandomState, kind: BlockDescription['kind'], levels: number): BlockDescription {
  const features = random.integer(1, 40);
  const outputs = random.integer(1, 5);
  const decisions =
    outputs === 1 ? (['value', 'logistic'] as const) : (['softmax', 'largest', 'smallest', 'oneVersusRest'] as const);
  const decision = decisions[random.integer(0, decisions.length)];
  const classes = decision === 'value' ? 0 : decision === 'logistic' ? 2 : outputs;
  const normals = (length: number) => Float64Array.from({ length }, () => random.normal());
  const words =
    kind === 'trees'
      ? randomTrees(random, features, outputs, levels)
      : kind === 'linear'
        ? [normals(features * outputs), normals(outputs)]
        : [normals(features * outputs)];
  const classValues = Array.from({ length: classes }, (_, index) => 10 * index);
  return { kind, features, outputs, decision, classValues, words };
}

/** A model of each kind that is not random trees or sums, and of each decision that those do not have. */
function handMade(random: RandomState): BlockDescription[] {
  const features = 3;
  const normals = (length: number) => Float64Array.from({ length }, () => random.normal());
  const vectors = (count: number) => Float32Array.from(normals(count * features));
  const linear = (outputs: number, more: Pick<BlockDescription, 'decision'> & Partial<BlockDescription>) =>
    ({
      kind: 'linear',
      features,
      outputs,
      classValues: [],
      words: [normals(outputs * features), normals(outputs)],
      ...more,
    }) as const;
  const parts = [linear(1, { decision: 'value' }), linear(3, { decision: 'largest', classValues: [5, 6, 7] })];
  const blocks = parts.map(writeBlock);
  const gamma = Float64Array.of(0.5, 1, 3);
  const program = Float64Array.from([7, 14, 8, 9, 0, 3, 0.5, 2, 4, 1, 2, 1, 3, 0.1]);
  const leaf = (row: number, at: number) => [0, 0x7fc00000, at, row];
  return [
    linear(1, { decision: 'sign', classValues: [3, 4] }),
    linear(3, { decision: 'clipped', classValues: [3, 4, 5] }),
    linear(3, { decision: 'oneVersusOne', classValues: [3, 4, 5] }),
    linear(9, { decision: 'pairwiseCoupling', classes: 3, classValues: [3, 4, 5], decisionNumbers: normals(6) }),
    linear(5, { decision: 'weightedMedian', decisionNumbers: normals(5).map(Math.abs) }),
    linear(3, { decision: 'vector', classes: 2 }),
    {
      kind: 'trees',
      features,
      outputs: 2,
      decision: 'shares',
      classValues: [3, 4],
      words: [
        1,
        new Float64Array(2),
        0,
        Uint32Array.from([4, 0, 16, 0, ...leaf(0, 16), ...leaf(1, 32)]),
        new Uint32Array(1),
        2,
        Float64Array.of(1, 0, 0.25, 0.75),
      ],
    },
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((kernel): BlockDescription => ({
      kind: 'kernel',
      features,
      outputs: 1,
      decision: 'logistic',
      classValues: [0, 1],
      words: [kernel, 5, gamma, vectors(5), normals(5), normals(1), 1],
    })),
    {
      kind: 'kernel',
      features,
      outputs: 6,
      decision: 'laplace',
      classes: 2,
      classValues: [0, 1],
      words: [8, 4, program, vectors(4), normals(4), normals(1), 1, normals(10), 1],
    },
    {
      kind: 'neighbours',
      features,
      outputs: 6,
      decision: 'neighbourVote',
      classes: 2,
      classValues: [8, 9],
      words: [0, features, 6, 3, vectors(6), 0, 0, 0, Float64Array.of(2, Infinity)],
      decisionNumbers: Float64Array.of(1, -1, 0, 1, 1, 0, 1, 0),
    },
    {
      kind: 'joint',
      features,
      outputs: 4,
      decision: 'vector',
      classes: 2,
      classValues: [],
      words: [
        2,
        Uint32Array.of(0, blocks[0].length),
        Uint8Array.from(blocks.flatMap((block) => [...block])),
        blocks[0].length + blocks[1].length,
      ],
    },
  ];
}

/** What evaluate.wasm answers in Node. */
function evaluate(model: BlockDescription, rows: Float32Array): { answers: number[]; probabilities: number[] } {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const run = loadEvaluators(memory);
  const block = writeBlock(model);
  const count = rows.length / model.features;
  const [input, out, scratch] = [1 << 20, 2 << 20, 3 << 20];
  new Uint8Array(memory.buffer).set(block);
  new Float32Array(memory.buffer).set(rows, input / 4);
  run.predict(0, input, count, out, scratch);
  const answers = [...new Float32Array(memory.buffer, out, count)];
  if (!hasProbabilities(model.decision)) return { answers, probabilities: [] };
  run.predictProbabilities(0, input, 1, out, scratch);
  return { answers, probabilities: [...new Float32Array(memory.buffer, out, model.classValues.length)] };
}

/** JavaScript may cut a character that takes two UTF-16 units in two; PostgreSQL cannot. */
const HALF_A_CHARACTER = /[\ud800-\udbff](?=\.\.\.)/;

const realArray = (values: Iterable<number>): string => `{${[...values].join(',')}}`;
const reals = (values: unknown): number[] => (values as number[]).map(Math.fround);

function models(library: string): void {
  let server: Postgres;
  let client: pg.Client;
  let nextId = 1;
  const files = () => path.join(server.socketDirectory, 'data/pgsql_tmp.pgml');
  const filesThere = () => (fs.existsSync(files()) ? fs.readdirSync(files()) : []);
  async function connect(): Promise<pg.Client> {
    const one = new pg.Client(server.url());
    await one.connect();
    return one;
  }
  async function store(artifact: Uint8Array): Promise<number> {
    await client.query('INSERT INTO pgml.model VALUES ($1, $2)', [nextId, artifact]);
    return nextId++;
  }
  const ask = async (id: number, features = '{1}', one = client) =>
    (await one.query(`SELECT pgml_bridge.predict(${id}::bigint, $1::real[]) AS answer`, [features])).rows[0].answer;

  before(async () => {
    server = (await startPostgres()) as Postgres;
    client = await connect();
    await client.query(`CREATE SCHEMA pgml; ${bridgeSql(library)};
      CREATE TABLE pgml.model (id bigint PRIMARY KEY, artifact bytea, digest bytea GENERATED ALWAYS AS (sha256(artifact)) STORED);
      CREATE FUNCTION pgml.model_artifact(bigint) RETURNS bytea LANGUAGE sql STABLE AS 'SELECT artifact FROM pgml.model WHERE id = $1';
      CREATE FUNCTION pgml.model_digest(bigint) RETURNS bytea LANGUAGE sql STABLE AS 'SELECT digest FROM pgml.model WHERE id = $1';
      CREATE TRIGGER invalidate AFTER INSERT OR UPDATE OR DELETE ON pgml.model FOR EACH STATEMENT EXECUTE FUNCTION pgml_bridge.invalidate()`);
  });
  after(async () => {
    await client.end();
    await server.stop();
  });

  for (const [kind, levels] of [
    ['linear', 0],
    ['centroids', 0],
    ['trees', 0],
    ['trees', 1],
    ['trees', 6],
  ] as const)
    test(`${kind}${levels > 0 ? ` of ${levels} levels` : ''}: the bits of evaluate.wasm`, async () => {
      const random = new RandomState(40 + levels);
      for (let round = 0; round < 12; round++) {
        const model = randomModel(random, kind, levels);
        const id = await store(artifactOf(model));
        const count = round === 0 ? 2500 : random.integer(1, 80);
        const rows = Float32Array.from({ length: count * model.features }, () =>
          random.double() < 0.1 ? Number.NaN : Math.fround(random.normal()),
        );
        const { answers, probabilities } = evaluate(model, rows);
        const batch = await client.query(`SELECT pgml_bridge.predict_batch(${id}::bigint, $1::real[]) AS answers`, [
          realArray(rows),
        ]);
        assert.deepEqual(reals(batch.rows[0].answers), answers);
        const first = realArray(rows.subarray(0, model.features));
        assert.equal(Math.fround(await ask(id, first)), answers[0]);
        if (probabilities.length === 0) continue;
        const given = await client.query(`SELECT pgml_bridge.predict_proba(${id}::bigint, $1::real[]) AS given`, [
          first,
        ]);
        assert.deepEqual(reals(given.rows[0].given), probabilities);
      }
    });

  test('every kind and decision: the bits of evaluate.wasm', async () => {
    const random = new RandomState(77);
    for (const model of handMade(random)) {
      const sections = { labels: Int32Array.of(1, 2, 3), means: Float64Array.of(1) };
      const features = [{ name: 'x', pg_type: 'float4[]', width: model.features }];
      const header = { ...plainHeader, kind: model.kind, features, missing: 'learn' as const };
      const id = await store(writeArtifact(header, writeBlock(model), sections));
      const rows = Float32Array.from({ length: 70 * model.features }, () => Math.fround(random.normal()));
      const { answers, probabilities } = evaluate(model, rows);
      const batch = await client.query(`SELECT pgml_bridge.predict_batch(${id}::bigint, $1::real[]) AS answers`, [
        realArray(rows),
      ]);
      assert.deepEqual(reals(batch.rows[0].answers), answers, `${model.kind}, ${model.decision}`);
      const given = client.query(`SELECT pgml_bridge.predict_proba(${id}::bigint, $1::real[]) AS given`, [
        realArray(rows.subarray(0, model.features)),
      ]);
      if (hasProbabilities(model.decision)) assert.deepEqual(reals((await given).rows[0].given), probabilities);
      else await assert.rejects(given, { code: '0A000' });
    }
  });

  test('sections that do not end where the block begins are refused', async () => {
    const header = { ...plainHeader, kind: 'linear' as const, features: [{ name: 'x', pg_type: 'float4', width: 1 }] };
    const words = [new Float64Array(1), new Float64Array(1)];
    const block = writeBlock({ kind: 'linear', features: 1, outputs: 1, decision: 'value', classValues: [], words });
    const whole = Buffer.from(writeArtifact(header, block, { means: Float64Array.of(1, 2, 3) }));
    assert.equal(await ask(await store(whole)), 0);
    for (const [from, to, message] of [
      ['"length":3', '"length":9', /block begins at/],
      ['"length":3', '"length":1', /block begins at/],
      ['"length":3', '"lengtx":3', /"sections"/],
      ['"float64"', '"float65"', /"sections"/],
      ['"type"', '"tipe"', /"sections"/],
    ] as const) {
      const damaged = Buffer.from(whole);
      damaged.write(to, damaged.indexOf(from));
      await assert.rejects(ask(await store(damaged)), { code: 'XX001', message });
    }
  });

  test('encode: the numbers and the errors of encodeRow', async () => {
    const random = new RandomState(3);
    const strange = ['"', '\\', '\n', '\u0001', 'ü☃', '😀', 'a'.repeat(70), '😀'.repeat(40)];
    const texts = [
      'good',
      'fair',
      'NaN',
      'Infinity',
      '-Infinity',
      ' 7 ',
      '-1.5e2',
      '.5',
      '5.',
      '.',
      '',
      '1e',
      '0x10',
      '1 2',
      'nan',
      ...strange,
    ];
    const numbers = [
      0,
      1,
      -2.5,
      0.1,
      1e-5,
      1e-6,
      1e-7,
      123456.789,
      1e20,
      1e21,
      1.5e300,
      3.4028235e38,
      3.5e38,
      5e-324,
      2 ** 53,
      -1e-10,
    ];
    const scalar = (): unknown => {
      const choice = random.integer(0, 10);
      if (choice < 4) return numbers[random.integer(0, numbers.length)];
      if (choice < 8) return texts[random.integer(0, texts.length)];
      return [null, true, false][random.integer(0, 3)];
    };
    const something = (): unknown => {
      const choice = random.integer(0, 12);
      if (choice > 3) return scalar();
      if (choice === 0) return { b: scalar(), a: [scalar()] };
      return Array.from({ length: random.integer(0, 4) }, () => (choice === 1 ? [scalar(), scalar()] : scalar()));
    };
    let refused = 0;
    const headers = Array.from({ length: 8 }, (_, index) => {
      const features = Array.from({ length: index < 6 ? index + 1 : 8 }, (_, place) => {
        const name =
          random.double() < 0.2 ? `f${random.integer(1, 4)}${place}` : `feature ${'ü'.repeat(place)}"${place}`;
        if (random.double() < 0.3)
          return {
            name,
            pg_type: 'text',
            width: 1,
            categories: index % 2 ? ['good', 'fair', ...strange] : Array.from({ length: 25 }, (_, i) => `c${i}`),
          };
        return { name, pg_type: 'float4', width: random.double() < 0.3 ? random.integer(1, 4) : 1 };
      });
      return {
        ...plainHeader,
        kind: 'linear' as const,
        features,
        missing: index % 3 ? ('learn' as const) : ('refuse' as const),
      };
    });
    for (const header of headers) {
      const width = header.features.reduce((sum, feature) => sum + feature.width, 0);
      const words = [new Float64Array(width), new Float64Array(1)];
      const block = writeBlock({
        kind: 'linear',
        features: width,
        outputs: 1,
        decision: 'value',
        classValues: [],
        words,
      });
      const id = await store(writeArtifact(header, block));
      for (let round = 0; round < 250; round++) {
        const fields = header.features.flatMap(({ name, width, categories }, place) => {
          if (random.double() < 0.03) return [];
          const fitting = categories
            ? categories[random.integer(0, categories.length)]
            : width === 1
              ? numbers[random.integer(0, 6)]
              : Array.from({ length: width }, () => numbers[random.integer(0, 6)]);
          return [[round % 2 ? name : `f${place + 1}`, random.double() < 0.15 ? something() : fitting]];
        });
        // The order of keys, and what numbers look like, is jsonb's.
        const row = Object.fromEntries([...fields, ...(random.double() < 0.05 ? [['other', 1]] : [])]) as object;
        const { text } = (await client.query('SELECT $1::jsonb::text AS text', [JSON.stringify(row)])).rows[0] as {
          text: string;
        };
        let expected: unknown;
        try {
          expected = [...encodeRow(header, JSON.parse(text) as Record<string, unknown>)];
        } catch (error) {
          assert.ok(error instanceof SqlError);
          expected = { code: error.sqlstate, message: error.message.replace(HALF_A_CHARACTER, ''), hint: error.hint };
          refused++;
        }
        const given = await client.query(`SELECT pgml_bridge.encode(${id}, $1::jsonb) AS encoded`, [text]).then(
          ({ rows }) => reals(rows[0].encoded),
          ({ code, message, hint }: pg.DatabaseError) => ({ code, message, hint }),
        );
        assert.deepEqual(given, expected, `${text} for ${JSON.stringify(header.features)}`);
      }
    }
    assert.ok(refused > 300 && refused < 1700, `${refused} refused`);
    for (const [row, what] of [
      ['[1]', 'an array'],
      ['"a"', '"a"'],
      ['7', '7'],
      ['null', 'null'],
    ] as const)
      await assert.rejects(client.query(`SELECT pgml_bridge.encode(1, '${row}')`), {
        code: '22023',
        message: `a row must be a JSON object, not ${what}`,
        hint: 'to_jsonb(row) makes one of a row.',
      });
  });

  test('a model is one file for all sessions, named after its bytes, and readable by the server alone', async () => {
    const id = await store(constant(71));
    const { digest } = (await client.query(`SELECT encode(digest, 'hex') AS digest FROM pgml.model WHERE id = ${id}`))
      .rows[0];
    const name = `pgsql_tmp.${digest}`;
    assert.ok(!filesThere().includes(name));
    assert.equal(await ask(id), 71);
    assert.ok(filesThere().includes(name));
    assert.equal(fs.statSync(files()).mode & 0o777, 0o700);
    assert.equal(fs.statSync(path.join(files(), name)).mode & 0o777, 0o600);
    const written = fs.statSync(path.join(files(), name)).ino;
    const other = await connect();
    assert.equal(await ask(id, '{1}', other), 71);
    assert.equal(fs.statSync(path.join(files(), name)).ino, written);
    const mapped = fs.readFileSync(
      `/proc/${(await other.query('SELECT pg_backend_pid() AS pid')).rows[0].pid}/maps`,
      'utf8',
    );
    assert.ok(mapped.includes(name));
    // Sessions that have the model go on when its file is gone, and the next one writes it again.
    fs.rmSync(files(), { recursive: true });
    assert.equal(await ask(id, '{2}', other), 71);
    const third = await connect();
    assert.equal(await ask(id, '{1}', third), 71);
    assert.ok(filesThere().includes(name));
    await Promise.all([other.end(), third.end()]);
    // A file that was cut short is replaced.
    fs.truncateSync(path.join(files(), name), 100);
    const fourth = await connect();
    assert.equal(await ask(id, '{1}', fourth), 71);
    assert.ok(fs.statSync(path.join(files(), name)).size > 100);
    await fourth.end();
  });

  test('files used longest ago make room, and a session keeps so many models ready', async () => {
    const one = await connect();
    await one.query(`SET pgml.model_cache_size = '2MB'; SET pgml.mapped_models = 3`);
    const ids: number[] = [];
    for (let model = 0; model < 6; model++) ids.push(await store(constant(model, 80_000)));
    const round = `SELECT array_agg(pgml_bridge.predict(id, x) ORDER BY id) AS answers
      FROM unnest($1::bigint[]) AS id, (SELECT array_agg(0::real) AS x FROM generate_series(1, 80000)) AS zeros`;
    for (let time = 0; time < 3; time++)
      assert.deepEqual((await one.query(round, [ids])).rows[0].answers, [0, 1, 2, 3, 4, 5]);
    const bytes = filesThere().reduce((sum, name) => sum + fs.statSync(path.join(files(), name)).size, 0);
    assert.ok(bytes > 2 ** 20 && bytes <= 2 ** 21, `${bytes} bytes`);
    const mappings = fs.readFileSync(
      `/proc/${(await one.query('SELECT pg_backend_pid() AS pid')).rows[0].pid}/maps`,
      'utf8',
    );
    assert.equal(new Set(mappings.match(/pgsql_tmp\.[0-9a-f]{64}/g)).size, 3);
    await one.end();
  });

  test('without room for files, each session keeps models of its own', async () => {
    const id = await store(constant(72));
    for (const setting of [`pgml.model_cache_directory = '/dev/null/nowhere'`, 'pgml.model_cache_size = 0']) {
      const one = await connect();
      await one.query(`SET ${setting}`);
      assert.equal(await ask(id, '{1}', one), 72);
      await one.end();
    }
  });

  test('bytes that are not what their digest says, and broken models, are refused', async () => {
    const before = filesThere();
    await client.query(
      `BEGIN; CREATE OR REPLACE FUNCTION pgml.model_digest(bigint) RETURNS bytea LANGUAGE sql STABLE AS 'SELECT sha256(''else'')'`,
    );
    await assert.rejects(ask(await store(constant(73))), {
      code: 'XX001',
      message: /not a usable model: its bytes are not those/,
    });
    await client.query('ROLLBACK');
    const whole = constant(74);
    const random = new RandomState(9);
    let refused = 0;
    for (let round = 0; round < 60; round++) {
      const broken = whole.slice();
      const at = random.double() < 0.5 ? random.integer(0, 24) : broken.length - random.integer(1, 96);
      broken[at] ^= 1 << random.integer(0, 8);
      await ask(await store(broken)).catch(({ code }: pg.DatabaseError) => {
        assert.equal(code, 'XX001');
        refused++;
      });
    }
    assert.ok(refused > 20, `${refused} of 60 were refused`);
    assert.ok(filesThere().length >= before.length);
  });
}
