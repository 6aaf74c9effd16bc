/**
 * Models whose answers tell which of them was asked, and with which bytes, under the real schema and the native bridge:
 * what the tests of visibility are about.
 */
import { bridgeSql } from '@pgml/bridge-native';
import { writeArtifact } from '@pgml/engine';
import { writeBlock } from '@pgml/kernels';
import { schemaFiles } from '@pgml/schema';
import type pg from 'pg';

export const PROJECT = 'seen';
export const MODELS = [1, 2, 3, 4];

/** A model that answers `answer` whatever its one feature is. */
function constant(answer: number): Uint8Array {
  return writeArtifact(
    {
      kind: 'linear',
      task: 'regression',
      algorithm: 'linear',
      features: [{ name: 'x', pg_type: 'float4', width: 1 }],
      labels: [{ name: 'y', pg_type: 'float4' }],
      missing: 'refuse',
      hyperparams: {},
      seed: 0,
      details: {},
      version: '0',
    },
    writeBlock({
      kind: 'linear',
      features: 1,
      outputs: 1,
      decision: 'value',
      classValues: [],
      words: [Float64Array.of(0), Float64Array.of(answer)],
    }),
  );
}

export async function createTables(client: pg.Client, library: string): Promise<void> {
  await client.query(`CREATE SCHEMA pgml; ${bridgeSql(library)}; SET check_function_bodies = off`);
  for (const { name, sql } of schemaFiles) if (name !== '90_extension.sql') await client.query(sql);
  await client.query(`
    CREATE TABLE asked AS SELECT ARRAY[i]::real[] AS x FROM generate_series(1, 3) AS i;
    -- What each model answers, changed together with its bytes.
    CREATE TABLE answers (model bigint PRIMARY KEY, answer real NOT NULL);
    CREATE FUNCTION expected() RETURNS real LANGUAGE plpgsql STABLE AS
      $$ BEGIN RETURN (SELECT answer FROM answers WHERE model = pgml.deployed_model('${PROJECT}')); END $$;
    CREATE FUNCTION predicted() RETURNS real LANGUAGE plpgsql AS
      $$ BEGIN RETURN pgml_bridge.predict('${PROJECT}', '{1}'); END $$;
    INSERT INTO pgml.projects (id, name, task) VALUES (1, '${PROJECT}', 'regression')`);
  for (const model of MODELS) {
    await client.query(`INSERT INTO pgml.models (id, project_id, num_features, algorithm, hyperparams, status, search_params, search_args)
      VALUES (${model}, 1, 1, 'linear', '{}', 'successful', '{}', '{}'); INSERT INTO answers VALUES (${model}, ${model})`);
    await client.query(`INSERT INTO pgml.files (model_id, path, part, data) VALUES ($1, 'estimator.pgml', 0, $2)`, [
      model,
      constant(model),
    ]);
  }
  await deploy(client, MODELS[0]);
}

/** Without the lock of pgml.deploy, so that deployments of several transactions overlap. */
export const deploy = (client: pg.Client, model: number) =>
  client.query(`INSERT INTO pgml.deployments (project_id, model_id, strategy) VALUES (1, ${model}, 'specific')`);

export async function changeBytes(client: pg.Client, model: number, answer: number): Promise<void> {
  await client.query('UPDATE pgml.files SET data = $1 WHERE model_id = $2', [constant(answer), model]);
  await client.query('UPDATE answers SET answer = $1 WHERE model = $2', [answer, model]);
}

const TABLE_QUESTION = `SELECT expected(), pgml.predict('${PROJECT}', x) AS answer,
  pgml_bridge.predict(pgml.deployed_model('${PROJECT}'), x) AS by_id FROM asked`;

export interface Answers {
  readonly expected: number;
  readonly answer: number;
  readonly by_id: number;
}

/** The rows of TABLE_QUESTION: a statement has one snapshot, so all of them are to agree. */
export async function ask(client: pg.Client): Promise<Answers[]> {
  return (await client.query<Answers>(TABLE_QUESTION)).rows;
}
