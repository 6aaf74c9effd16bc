-- Deployment: which model of a project predicts. The latest committed row of pgml.deployments is the truth, here and on
-- replicas; deployments of one project are serialized by a lock on its row, so that their ids follow their commits.

CREATE FUNCTION pgml.deployed_model(project_name text) RETURNS bigint LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    model bigint := (
        SELECT model_id
        FROM pgml.deployments
        WHERE project_id = (SELECT id FROM pgml.projects WHERE name = project_name)
        ORDER BY id DESC
        LIMIT 1
    );
BEGIN
    IF model IS NULL THEN
        PERFORM pgml._model_is_not_deployed(project_name);
    END IF;
    RETURN model;
END
$$;
COMMENT ON FUNCTION pgml.deployed_model(text) IS 'The id of the model that a project predicts with now. Raises 42704 for an unknown project, 55000 when none is deployed.';

CREATE FUNCTION pgml._model_is_not_deployed(project_name text) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    exists boolean := EXISTS (SELECT FROM pgml.projects WHERE name = project_name);
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = CASE WHEN exists THEN 'object_not_in_prerequisite_state' ELSE 'undefined_object' END,
        MESSAGE = format('No deployed model exists for the project named: `%s`', project_name),
        DETAIL = CASE WHEN exists THEN 'The project exists, but none of its models is deployed.'
            ELSE 'There is no project of this name.' END,
        HINT = CASE WHEN exists THEN format('Deploy a model with pgml.deploy(%L), or train one.', project_name)
            ELSE 'pgml.projects lists the projects; pgml.train creates one.' END;
END
$$;
COMMENT ON FUNCTION pgml._model_is_not_deployed(text) IS 'Internal: raises the error that a project has no model to predict with.';

CREATE FUNCTION pgml._deployed_model(project bigint) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT model_id FROM pgml.deployments WHERE project_id = project ORDER BY id DESC LIMIT 1
$$;
COMMENT ON FUNCTION pgml._deployed_model(bigint) IS 'Internal: the deployed model of a project, or NULL.';

CREATE FUNCTION pgml._model_is_missing(model_id bigint) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE undefined_object USING
        MESSAGE = format('pgml.models WHERE id = %s could not be loaded. Does it exist?', model_id),
        DETAIL = 'It has no file estimator.pgml in pgml.files.',
        HINT = 'pgml.trained_models lists the models. A model that PostgresML trained must be trained again.';
END
$$;
COMMENT ON FUNCTION pgml._model_is_missing(bigint) IS 'Internal: raises the error that a model has no bytes.';

CREATE FUNCTION pgml.model_artifact(model_id bigint) RETURNS bytea LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    artifact bytea := (
        SELECT string_agg(files.data, ''::bytea ORDER BY files.part)
        FROM pgml.files
        WHERE files.model_id = model_artifact.model_id AND files.path = 'estimator.pgml'
    );
BEGIN
    IF artifact IS NULL THEN
        PERFORM pgml._model_is_missing(model_id);
    END IF;
    RETURN artifact;
END
$$;
COMMENT ON FUNCTION pgml.model_artifact(bigint) IS 'The bytes of a trained model, from pgml.files. Raises 42704 when there are none.';

CREATE FUNCTION pgml.model_digest(model_id bigint) RETURNS bytea LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    digests bytea[] := ARRAY(
        SELECT files.digest
        FROM pgml.files
        WHERE files.model_id = model_digest.model_id AND files.path = 'estimator.pgml'
    );
BEGIN
    IF cardinality(digests) = 1 THEN
        RETURN digests[1];
    END IF;
    RETURN sha256(pgml.model_artifact(model_id));
END
$$;
COMMENT ON FUNCTION pgml.model_digest(bigint) IS 'The SHA-256 of the bytes of a trained model, found without reading them. Raises 42704 when there are none.';

-- The metric that decides, and its value such that the higher of two models is the better one.
CREATE FUNCTION pgml._target_metric(task pgml.task) RETURNS text LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE task::text
        WHEN 'regression' THEN 'r2'
        WHEN 'clustering' THEN 'silhouette'
        WHEN 'decomposition' THEN 'cumulative_explained_variance'
        WHEN 'summarization' THEN 'rouge_ngram_f1'
        WHEN 'translation' THEN 'bleu'
        WHEN 'conversation' THEN 'bleu'
        WHEN 'text_generation' THEN 'perplexity'
        WHEN 'text2text' THEN 'perplexity'
        WHEN 'embedding' THEN NULL
        ELSE 'f1'
    END
$$;
COMMENT ON FUNCTION pgml._target_metric(pgml.task) IS 'Internal: the metric by which models of a task are compared; NULL if there is none.';

CREATE FUNCTION pgml._score(task pgml.task, metrics jsonb) RETURNS double precision LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN jsonb_typeof(metrics -> pgml._target_metric(task)) = 'number'
        THEN (metrics ->> pgml._target_metric(task))::double precision
            * CASE pgml._target_metric(task) WHEN 'perplexity' THEN -1 ELSE 1 END
    END
$$;
COMMENT ON FUNCTION pgml._score(pgml.task, jsonb) IS 'Internal: how good a model is, higher is better; NULL when its metrics do not say.';

CREATE FUNCTION pgml._lock_deployments(project bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM pgml.projects WHERE id = project FOR NO KEY UPDATE;
END
$$;
COMMENT ON FUNCTION pgml._lock_deployments(bigint) IS 'Internal: makes other deployments of the project wait until this transaction ends.';

CREATE FUNCTION pgml._deploy(project bigint, model bigint, strategy pgml.strategy) RETURNS void LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO pgml.deployments (project_id, model_id, strategy) VALUES (project, model, strategy)
$$;
COMMENT ON FUNCTION pgml._deploy(bigint, bigint, pgml.strategy) IS 'Internal: records a deployment.';

CREATE FUNCTION pgml._best_model(project bigint, algorithm text) RETURNS bigint LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT models.id
    FROM pgml.models
    JOIN pgml.projects ON projects.id = models.project_id
    WHERE projects.id = project AND models.status = 'successful' AND models.algorithm = coalesce(_best_model.algorithm, models.algorithm)
    ORDER BY pgml._score(projects.task, models.metrics) DESC NULLS LAST, models.id DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION pgml._best_model(bigint, text) IS 'Internal: the model with the best score, the newer of two equals.';

CREATE FUNCTION pgml._most_recent_model(project bigint, algorithm text) RETURNS bigint LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT models.id
    FROM pgml.models
    WHERE models.project_id = project AND models.status = 'successful'
        AND models.algorithm = coalesce(_most_recent_model.algorithm, models.algorithm)
    ORDER BY models.created_at DESC, models.id DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION pgml._most_recent_model(bigint, text) IS 'Internal: the newest model.';

CREATE FUNCTION pgml._previous_model(project bigint, algorithm text) RETURNS bigint LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT models.id
    FROM pgml.deployments
    JOIN pgml.models ON models.id = deployments.model_id
    WHERE deployments.project_id = project AND deployments.model_id <> pgml._deployed_model(project)
        AND models.algorithm = coalesce(_previous_model.algorithm, models.algorithm)
    ORDER BY deployments.id DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION pgml._previous_model(bigint, text) IS 'Internal: the model that was deployed last before the one that is deployed now.';

CREATE FUNCTION pgml._deploy_by_strategy(project_name text, strategy pgml.strategy, algorithm pgml.algorithm)
    RETURNS bigint LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    project bigint := (SELECT id FROM pgml.projects WHERE name = project_name);
    model bigint;
BEGIN
    IF strategy IS NULL OR strategy IN ('new_score', 'specific') THEN
        RAISE invalid_parameter_value USING MESSAGE = 'invalid strategy', DETAIL = format('Given: %s', coalesce(strategy::text, 'NULL')),
            HINT = 'Valid are best_score, most_recent and rollback; pgml.deploy(model_id) deploys a specific model.';
    ELSIF project IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('Project named `%s` does not exist.', project_name),
            HINT = 'pgml.projects lists the projects.';
    END IF;
    PERFORM pgml._lock_deployments(project);
    model := CASE strategy
        WHEN 'best_score' THEN pgml._best_model(project, algorithm::text)
        WHEN 'most_recent' THEN pgml._most_recent_model(project, algorithm::text)
        WHEN 'rollback' THEN pgml._previous_model(project, algorithm::text)
    END;
    IF model IS NULL THEN
        RAISE undefined_object USING MESSAGE = 'No qualified models exist for this deployment.',
            DETAIL = format('Project `%s`, strategy %s, algorithm %s.', project_name, strategy, coalesce(algorithm::text, 'any')),
            HINT = CASE strategy WHEN 'rollback' THEN 'A rollback needs an earlier deployment of another model; pgml.overview lists them.'
                ELSE 'pgml.trained_models lists the models.' END;
    END IF;
    PERFORM pgml._deploy(project, model, strategy);
    RETURN model;
END
$$;
COMMENT ON FUNCTION pgml._deploy_by_strategy(text, pgml.strategy, pgml.algorithm) IS 'Internal: chooses a model of a project and deploys it.';

CREATE FUNCTION pgml._deploy_specific(model bigint) RETURNS bigint LANGUAGE plpgsql STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    project bigint := (SELECT project_id FROM pgml.models WHERE id = model);
BEGIN
    PERFORM pgml.model_artifact(model);
    PERFORM pgml._lock_deployments(project);
    PERFORM pgml._deploy(project, model, 'specific');
    RETURN model;
END
$$;
COMMENT ON FUNCTION pgml._deploy_specific(bigint) IS 'Internal: deploys a model by its id.';

-- Arguments and result columns share names, which only SQL functions may.
CREATE FUNCTION pgml.deploy(model_id bigint) RETURNS TABLE (project text, strategy text, algorithm text)
    LANGUAGE sql STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT projects.name, 'specific', models.algorithm
    FROM pgml._deploy_specific(model_id) AS deployed (id)
    JOIN pgml.models ON models.id = deployed.id
    JOIN pgml.projects ON projects.id = models.project_id
$$;
COMMENT ON FUNCTION pgml.deploy(bigint) IS 'Deploys this model: its project predicts with it from the end of the transaction on.';

CREATE FUNCTION pgml.deploy(project_name text, strategy pgml.strategy DEFAULT 'best_score', algorithm pgml.algorithm DEFAULT NULL)
    RETURNS TABLE (project text, strategy text, algorithm text) LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT projects.name, $2::text, models.algorithm
    FROM pgml._deploy_by_strategy($1, $2, $3) AS deployed (id)
    JOIN pgml.models ON models.id = deployed.id
    JOIN pgml.projects ON projects.id = models.project_id
$$;
COMMENT ON FUNCTION pgml.deploy(text, pgml.strategy, pgml.algorithm) IS
    'Deploys the model of a project with the best score (best_score), the newest (most_recent), or the one that was deployed before (rollback), optionally among those of one algorithm.';
