/**
 * Models for the suite: tiny tables behind pgml.deployed_model and pgml.model_artifact, artifacts of small linear models,
 * and a slow evaluation of them to compare with.
 */
import { type ArtifactHeader, writeArtifact } from '@pgml/engine';
import { type Decision, writeBlock } from '@pgml/kernels';
import type { Connection } from './connection.js';

export interface LinearModel {
  readonly decision: Extract<Decision, 'value' | 'logistic' | 'softmax'>;
  /** One list per output. */
  readonly weights: readonly (readonly number[])[];
  readonly intercepts: readonly number[];
  /** Empty for regression. */
  readonly classes: readonly number[];
  readonly missing: 'learn' | 'refuse';
}

export function regression(
  weights: readonly number[],
  intercept: number,
  missing: 'learn' | 'refuse' = 'refuse',
): LinearModel {
  return { decision: 'value', weights: [weights], intercepts: [intercept], classes: [], missing };
}

/** A model without use for its one feature, which always answers `answer`. */
export const constant = (answer: number): LinearModel => regression([0], answer);

export function artifactOf({ decision, weights, intercepts, classes, missing }: LinearModel): Uint8Array {
  const features = weights[0].length;
  const header: ArtifactHeader = {
    kind: 'linear',
    task: decision === 'value' ? 'regression' : 'classification',
    algorithm: 'linear',
    features: weights[0].map((_, index) => ({ name: `feature ${index + 1}`, pg_type: 'float4', width: 1 })),
    labels: [{ name: 'label', pg_type: 'float4', ...(decision === 'value' ? {} : { classes }) }],
    missing,
    hyperparams: {},
    seed: 0,
    details: {},
    version: '0',
  };
  const words = [Float64Array.from(weights.flat()), Float64Array.from(intercepts)];
  const description = {
    kind: 'linear',
    features,
    outputs: weights.length,
    decision,
    classValues: classes,
    words,
  } as const;
  return writeArtifact(header, writeBlock(description));
}

/** The scores of one row, summed in the order of the features. */
function scores({ weights, intercepts }: LinearModel, row: readonly number[]): number[] {
  return weights.map((weight, output) =>
    row.reduce((sum, feature, index) => sum + weight[index] * feature, intercepts[output]),
  );
}

export function expectedAnswer(model: LinearModel, row: readonly number[]): number {
  const values = scores(model, row);
  if (model.decision === 'value') return Math.fround(values[0]);
  if (model.decision === 'logistic') return Math.fround(model.classes[values[0] > 0 ? 1 : 0]);
  return Math.fround(model.classes[values.indexOf(Math.max(...values))]);
}

export function expectedProbabilities(model: LinearModel, row: readonly number[]): number[] {
  const values = scores(model, row);
  if (model.decision === 'logistic') {
    const probability = 1 / (1 + Math.exp(-values[0]));
    return [1 - probability, probability];
  }
  const powers = values.map((value) => Math.exp(value - Math.max(...values)));
  const sum = powers.reduce((left, right) => left + right);
  return powers.map((power) => power / sum);
}

/** Makes the tables, the functions over them and the triggers, as the real schema does. */
export async function createModelTables(database: Connection): Promise<void> {
  await database.query(`
    CREATE TABLE pgml.model (id bigint PRIMARY KEY, artifact bytea NOT NULL,
      digest bytea GENERATED ALWAYS AS (sha256(artifact)) STORED);
    CREATE TABLE pgml.deployment (id bigserial PRIMARY KEY, project text NOT NULL, model bigint NOT NULL);
    CREATE FUNCTION pgml.deployed_model(project text) RETURNS bigint LANGUAGE plpgsql STABLE STRICT AS $$
    DECLARE latest bigint;
    BEGIN
      SELECT d.model INTO latest FROM pgml.deployment d WHERE d.project = $1 ORDER BY d.id DESC LIMIT 1;
      IF latest IS NULL THEN
        RAISE 'no model is deployed for "%"', project USING ERRCODE = '55000', HINT = 'Train one.';
      END IF;
      RETURN latest;
    END $$;
    CREATE FUNCTION pgml.model_artifact(model bigint) RETURNS bytea LANGUAGE plpgsql STABLE STRICT AS $$
    DECLARE found bytea;
    BEGIN
      SELECT m.artifact INTO found FROM pgml.model m WHERE m.id = $1;
      IF found IS NULL THEN
        RAISE 'no model %', model USING ERRCODE = '42704';
      END IF;
      RETURN found;
    END $$;
    CREATE FUNCTION pgml.model_digest(model bigint) RETURNS bytea LANGUAGE plpgsql STABLE STRICT AS $$
    DECLARE found bytea;
    BEGIN
      SELECT m.digest INTO found FROM pgml.model m WHERE m.id = $1;
      IF found IS NULL THEN
        RAISE 'no model %', model USING ERRCODE = '42704';
      END IF;
      RETURN found;
    END $$;
    CREATE TRIGGER invalidate AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pgml.model
      FOR EACH STATEMENT EXECUTE FUNCTION pgml_bridge.invalidate();
    CREATE TRIGGER invalidate AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pgml.deployment
      FOR EACH STATEMENT EXECUTE FUNCTION pgml_bridge.invalidate();`);
}

/** Stores a model under an id, in place of one that has it. */
export async function storeModel(database: Connection, id: number, model: LinearModel): Promise<void> {
  await database.query(
    `INSERT INTO pgml.model VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET artifact = excluded.artifact`,
    [id, artifactOf(model)],
  );
}

export async function deploy(database: Connection, project: string, model: number): Promise<void> {
  await database.query('INSERT INTO pgml.deployment (project, model) VALUES ($1, $2)', [project, model]);
}

/** A list of numbers as a literal of type real[]. */
export const realArray = (values: readonly (number | null)[]): string =>
  `'{${values.map((value) => value ?? 'NULL').join(',')}}'::real[]`;

/** Numbers that real holds exactly, from a seed. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    // Numerical Recipes' linear congruential generator; its upper bits will do here.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround((state / 2 ** 32 - 0.5) * 8);
  };
}
