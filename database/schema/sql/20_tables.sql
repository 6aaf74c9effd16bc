-- The catalog. It is the whole state of pgml: what a transaction rolls back is gone, what a replica sees is served there.

CREATE FUNCTION pgml.set_updated_at() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD AND NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN
        NEW.updated_at := pg_catalog.clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION pgml.set_updated_at() IS 'Trigger: sets updated_at when a row changes, unless the statement sets it.';

CREATE FUNCTION pgml.auto_updated_at(tbl regclass) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    table_name name := (SELECT relname FROM pg_class WHERE oid = tbl);
BEGIN
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION pgml.set_updated_at()',
        table_name || '_auto_updated_at', tbl);
END
$$;
COMMENT ON FUNCTION pgml.auto_updated_at(regclass) IS 'Makes a table with a column updated_at keep it up to date.';

CREATE TABLE pgml.projects (
    id BIGSERIAL PRIMARY KEY,
    name TEXT NOT NULL,
    task pgml.task NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX projects_name_idx ON pgml.projects (name);
SELECT pgml.auto_updated_at('pgml.projects');
COMMENT ON TABLE pgml.projects IS 'A name for a task, under which models are trained, compared and deployed.';
COMMENT ON COLUMN pgml.projects.name IS 'What pgml.train and pgml.predict call the project.';
COMMENT ON COLUMN pgml.projects.task IS 'Chosen when the project is created; all its models have it.';

CREATE TABLE pgml.snapshots (
    id BIGSERIAL PRIMARY KEY,
    relation_name TEXT NOT NULL,
    y_column_name TEXT[],
    test_size FLOAT4 NOT NULL,
    test_sampling pgml.sampling NOT NULL,
    status TEXT NOT NULL,
    columns JSONB,
    analysis JSONB,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT clock_timestamp(),
    materialized BOOLEAN DEFAULT false,
    seed BIGINT NOT NULL DEFAULT 42
);
SELECT pgml.auto_updated_at('pgml.snapshots');
COMMENT ON TABLE pgml.snapshots IS 'What models were trained on: a relation, its columns, and how its rows are split for training and test.';
COMMENT ON COLUMN pgml.snapshots.relation_name IS 'The table, view or materialized view, as the user wrote it.';
COMMENT ON COLUMN pgml.snapshots.y_column_name IS 'Label columns; NULL where there is nothing to predict.';
COMMENT ON COLUMN pgml.snapshots.test_size IS 'Share of the rows held out for the test, or their number if greater than 1.';
COMMENT ON COLUMN pgml.snapshots.test_sampling IS 'Which rows are held out.';
COMMENT ON COLUMN pgml.snapshots.status IS 'in_progress while a model is trained on it, then successful.';
COMMENT ON COLUMN pgml.snapshots.columns IS 'One object per column in order: name, type, role, preprocessing, and statistics over the training rows.';
COMMENT ON COLUMN pgml.snapshots.analysis IS 'The number of rows, as "samples".';
COMMENT ON COLUMN pgml.snapshots.materialized IS 'Whether the rows were copied to the table pgml.snapshot_{id}, which then is what later models read.';
COMMENT ON COLUMN pgml.snapshots.seed IS 'Decides the split, so that every model of a snapshot is tested on the same rows. Taken from the setting pgml.seed, or 42.';

CREATE TABLE pgml.models (
    id BIGSERIAL PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES pgml.projects ON DELETE CASCADE,
    snapshot_id BIGINT REFERENCES pgml.snapshots ON DELETE SET NULL,
    num_features INT NOT NULL,
    algorithm TEXT NOT NULL,
    runtime pgml.runtime DEFAULT 'python',
    hyperparams JSONB NOT NULL,
    status TEXT NOT NULL,
    metrics JSONB,
    search TEXT,
    search_params JSONB NOT NULL,
    search_args JSONB NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX models_project_id_idx ON pgml.models (project_id);
CREATE INDEX models_snapshot_id_idx ON pgml.models (snapshot_id);
SELECT pgml.auto_updated_at('pgml.models');
COMMENT ON TABLE pgml.models IS 'Trained models: what they were trained with, and how well they did on the test rows.';
COMMENT ON COLUMN pgml.models.num_features IS 'Length of the array that pgml.predict takes.';
COMMENT ON COLUMN pgml.models.hyperparams IS 'Hyperparameters as given, or the winning combination of a search.';
COMMENT ON COLUMN pgml.models.metrics IS 'Scores on the test rows by name, and fit_time and score_time in seconds.';

CREATE TABLE pgml.deployments (
    id BIGSERIAL PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES pgml.projects ON DELETE CASCADE,
    model_id BIGINT NOT NULL REFERENCES pgml.models ON DELETE CASCADE,
    strategy pgml.strategy NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX deployments_project_id_created_at_idx ON pgml.deployments (project_id, id);
CREATE INDEX deployments_model_id_created_at_idx ON pgml.deployments (model_id);
COMMENT ON TABLE pgml.deployments IS 'Every deployment ever made. The one with the highest id is what a project predicts with.';
COMMENT ON COLUMN pgml.deployments.strategy IS 'Why the model was deployed.';

CREATE TABLE pgml.files (
    id BIGSERIAL PRIMARY KEY,
    model_id BIGINT NOT NULL REFERENCES pgml.models ON DELETE CASCADE,
    path TEXT NOT NULL,
    part INTEGER NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT clock_timestamp(),
    data BYTEA NOT NULL,
    digest BYTEA GENERATED ALWAYS AS (sha256(data)) STORED
);
CREATE UNIQUE INDEX files_model_id_path_part_idx ON pgml.files (model_id, path, part);
SELECT pgml.auto_updated_at('pgml.files');
COMMENT ON TABLE pgml.files IS 'The bytes of models. A trained model is the file estimator.pgml, its parts joined in order.';
COMMENT ON COLUMN pgml.files.digest IS 'SHA-256 of the data: what keeps models in memory finds them by it.';

CREATE TABLE pgml.logs (
    id SERIAL PRIMARY KEY,
    model_id BIGINT,
    project_id BIGINT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    logs JSONB
);
COMMENT ON TABLE pgml.logs IS 'Progress of fine-tuning, one row per report.';

-- Bridges keep models in memory. These are the tables that pgml.deployed_model and pgml.model_artifact read.
CREATE TRIGGER projects_invalidate AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pgml.projects
    FOR EACH STATEMENT EXECUTE FUNCTION pgml_bridge.invalidate();
CREATE TRIGGER models_invalidate AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pgml.models
    FOR EACH STATEMENT EXECUTE FUNCTION pgml_bridge.invalidate();
CREATE TRIGGER files_invalidate AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pgml.files
    FOR EACH STATEMENT EXECUTE FUNCTION pgml_bridge.invalidate();
CREATE TRIGGER deployments_invalidate AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pgml.deployments
    FOR EACH STATEMENT EXECUTE FUNCTION pgml_bridge.invalidate();
