-- Training. All of it happens in the caller's transaction: what fails leaves nothing.

CREATE FUNCTION pgml._parse_task(task text) RETURNS pgml.task LANGUAGE plpgsql IMMUTABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    label text := replace(task, '-', '_');
BEGIN
    label := CASE label WHEN 'cluster' THEN 'clustering' ELSE label END;
    IF label <> ALL (enum_range(NULL::pgml.task)::text[]) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('Unknown task `%s`', task),
            HINT = format('Tasks are: %s', array_to_string(enum_range(NULL::pgml.task), ', '));
    END IF;
    RETURN label::pgml.task;
END
$$;
COMMENT ON FUNCTION pgml._parse_task(text) IS 'Internal: a task by its name, with underscores or dashes; `cluster` is an old name for clustering.';

-- The task of a training: the project's, which must not differ from the one that is asked for.
CREATE FUNCTION pgml._train_task(project_name text, task pgml.task) RETURNS pgml.task LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    existing pgml.task := (SELECT projects.task FROM pgml.projects WHERE name = project_name);
BEGIN
    IF project_name IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'pgml.train needs a project_name';
    ELSIF octet_length(project_name) > 2000 THEN -- the index of names would refuse it later, and less clearly
        RAISE invalid_parameter_value USING MESSAGE = format('project_name has %s bytes, it may have 2000', octet_length(project_name)),
            HINT = 'Give a shorter name.';
    ELSIF existing IS NULL AND task IS NULL THEN
        RAISE undefined_object USING
            MESSAGE = format('Project `%s` does not exist. To create a new project, you must specify a `task`.', project_name),
            HINT = 'For example task => ''classification''.';
    ELSIF existing <> task THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('Project `"%s"` already exists with a different task: `%s`. Create a new project instead.',
                project_name, existing),
            HINT = 'Give another project_name, or leave out the task.';
    ELSIF coalesce(task, existing) NOT IN ('regression', 'classification', 'clustering', 'decomposition') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('use pgml.tune for transformers tasks (task `%s`)', coalesce(task, existing)),
            HINT = 'pgml.train learns regression, classification, clustering and decomposition.';
    END IF;
    RETURN coalesce(existing, task);
END
$$;
COMMENT ON FUNCTION pgml._train_task(text, pgml.task) IS 'Internal: the task to train for, checked against the project if there is one.';

-- Another transaction may be creating the same project: then this waits for it, and looks at what it made.
CREATE FUNCTION pgml._ensure_project(project_name text, task pgml.task) RETURNS bigint LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    project bigint := (SELECT id FROM pgml.projects WHERE name = project_name);
BEGIN
    IF project IS NULL THEN
        INSERT INTO pgml.projects (name, task) VALUES (project_name, _ensure_project.task)
        ON CONFLICT (name) DO NOTHING
        RETURNING id INTO project;
    END IF;
    IF project IS NULL THEN
        PERFORM pgml._train_task(project_name, task);
        project := (SELECT id FROM pgml.projects WHERE name = project_name);
    END IF;
    RETURN project;
END
$$;
COMMENT ON FUNCTION pgml._ensure_project(text, pgml.task) IS 'Internal: the id of the project, which is created if need be.';

CREATE FUNCTION pgml._default_algorithm(task pgml.task, algorithm pgml.algorithm) RETURNS pgml.algorithm
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN algorithm <> 'linear' THEN algorithm
        WHEN task = 'clustering' THEN 'kmeans'
        WHEN task = 'decomposition' THEN 'pca'
        ELSE 'linear'
    END
$$;
COMMENT ON FUNCTION pgml._default_algorithm(pgml.task, pgml.algorithm) IS
    'Internal: linear is the default of an argument, and means kmeans for clustering and pca for decomposition.';

CREATE FUNCTION pgml._default_runtime(task pgml.task, algorithm pgml.algorithm) RETURNS pgml.runtime LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN task IN ('regression', 'classification') AND algorithm IN ('xgboost', 'lightgbm') THEN 'rust'
        WHEN task = 'regression' AND algorithm = 'linear' THEN 'rust'
        ELSE 'python'
    END::pgml.runtime
$$;
COMMENT ON FUNCTION pgml._default_runtime(pgml.task, pgml.algorithm) IS 'Internal: the runtime that PostgresML would have chosen.';

CREATE FUNCTION pgml._record_model(
    project bigint, model bigint, snapshot bigint, algorithm pgml.algorithm, runtime pgml.runtime, arguments jsonb,
    outcome jsonb, artifact bytea
) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Training again on a snapshot finds the same statistics, as a rule; then its row is left alone.
    UPDATE pgml.snapshots
    SET status = 'successful', columns = outcome -> 'columns', analysis = jsonb_build_object('samples', outcome -> 'rows')
    WHERE id = snapshot
        AND (status, columns, analysis) IS DISTINCT FROM
            ('successful', outcome -> 'columns', jsonb_build_object('samples', outcome -> 'rows'));
    INSERT INTO pgml.models (id, project_id, snapshot_id, num_features, algorithm, runtime, hyperparams, status, metrics,
        search, search_params, search_args)
    VALUES (model, project, snapshot, (outcome ->> 'num_features')::int, algorithm::text, runtime, arguments -> 'hyperparams',
        'successful', outcome -> 'metrics', arguments ->> 'search', arguments -> 'search_params', arguments -> 'search_args');
    INSERT INTO pgml.files (model_id, path, part, data) VALUES (model, 'estimator.pgml', 0, artifact);
END
$$;
COMMENT ON FUNCTION pgml._record_model(bigint, bigint, bigint, pgml.algorithm, pgml.runtime, jsonb, jsonb, bytea) IS
    'Internal: writes what a training made, and the arguments of pgml.train, to the catalog.';

-- A new model is deployed unless the deployed one is strictly better.
CREATE FUNCTION pgml._is_improvement(project bigint, task pgml.task, new_metrics jsonb) RETURNS boolean LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric text := pgml._target_metric(task);
    deployed bigint := pgml._deployed_model(project);
    deployed_metrics jsonb := (SELECT metrics FROM pgml.models WHERE id = deployed);
    old_score double precision := pgml._score(task, deployed_metrics);
    new_score double precision := pgml._score(task, new_metrics);
BEGIN
    IF deployed IS NULL THEN
        RETURN true;
    END IF;
    RAISE INFO 'Comparing to deployed model %: %', metric,
        CASE WHEN old_score IS NULL THEN 'None' ELSE format('Some(%s)', deployed_metrics ->> metric) END;
    IF new_score IS NULL AND old_score IS NULL THEN
        RAISE WARNING 'No metrics for either model. Deploying the new model.';
        RETURN true;
    ELSIF new_score IS NULL THEN
        RAISE WARNING 'No metrics for new model. Retaining old model.';
        RETURN false;
    ELSIF old_score > new_score THEN
        RAISE WARNING 'New model''s % is not better than current model. New: %, Current %',
            metric, new_metrics ->> metric, deployed_metrics ->> metric;
        RETURN false;
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION pgml._is_improvement(bigint, pgml.task, jsonb) IS 'Internal: whether a new model should replace the deployed one.';

CREATE FUNCTION pgml._deploy_automatically(project bigint, model bigint, task pgml.task, metrics jsonb, enabled boolean)
    RETURNS boolean LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT enabled THEN
        RAISE INFO 'Automatic deployment disabled via configuration.';
        RETURN false;
    END IF;
    PERFORM pgml._lock_deployments(project);
    IF NOT pgml._is_improvement(project, task, metrics) THEN
        RAISE WARNING 'Not deploying newly trained model.';
        RETURN false;
    END IF;
    RAISE INFO 'Deploying model id: %', model;
    PERFORM pgml._deploy(project, model, 'new_score');
    RETURN true;
END
$$;
COMMENT ON FUNCTION pgml._deploy_automatically(bigint, bigint, pgml.task, jsonb, boolean) IS
    'Internal: deploys a newly trained model if it is wanted and good enough; tells whether it did.';

CREATE FUNCTION pgml._report_training(model bigint, task pgml.task, algorithm pgml.algorithm, runtime pgml.runtime,
    hyperparams jsonb, outcome jsonb) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE INFO 'Dataset { num_features: %, num_labels: %, num_distinct_labels: %, num_rows: %, num_train_rows: %, num_test_rows: % }',
        outcome -> 'num_features', outcome -> 'num_labels', outcome -> 'num_classes', outcome -> 'rows',
        outcome -> 'train_rows', outcome -> 'test_rows';
    RAISE INFO 'Training Model { id: %, task: %, algorithm: %, runtime: % }', model, task, algorithm, runtime;
    RAISE INFO 'Hyperparameter searches: 1, cross validation folds: 1';
    RAISE INFO 'Hyperparams: %', jsonb_pretty(hyperparams);
    RAISE INFO 'Metrics: %', outcome -> 'metrics';
END
$$;
COMMENT ON FUNCTION pgml._report_training(bigint, pgml.task, pgml.algorithm, pgml.runtime, jsonb, jsonb) IS
    'Internal: says what was trained, in INFO messages that begin as those of PostgresML.';

-- The steps of pgml.train. Bad arguments fail before a row is read, and the project is created last, so that two
-- trainings of one new project run side by side and wait for each other only to be written down.
--
-- What may fail is called by assignments, and the arguments of pgml.train come as one object, by name: so the CONTEXT of
-- an error stays short, without the text of statements and long lists of types.
CREATE FUNCTION pgml._train(arguments jsonb) RETURNS TABLE (project text, task text, algorithm text, deployed boolean)
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    project_name text := arguments ->> 'project_name';
    relation_name text := arguments ->> 'relation_name';
    label text := arguments ->> 'y_column_name';
    hyperparams jsonb := arguments -> 'hyperparams';
    caller_search_path text := arguments ->> 'caller_search_path';
    train_task pgml.task := pgml._train_task(project_name, pgml._parse_task(arguments ->> 'task'));
    chosen pgml.algorithm := pgml._default_algorithm(train_task, (arguments ->> 'algorithm')::pgml.algorithm);
    runtime pgml.runtime := coalesce((arguments ->> 'runtime')::pgml.runtime, pgml._default_runtime(train_task, chosen));
    project_id bigint;
    model_id bigint;
    snapshot pgml.snapshots;
    dataset bigint;
    request jsonb;
    answer record;
BEGIN
    request := jsonb_build_object('task', train_task, 'algorithm', chosen, 'hyperparams', hyperparams,
        'runtime', arguments -> 'runtime', 'search', arguments -> 'search', 'search_params', arguments -> 'search_params',
        'search_args', arguments -> 'search_args', 'preprocess', arguments -> 'preprocess');
    answer := pgml_bridge.call('validate', request);

    IF relation_name IS NULL THEN
        snapshot := pgml._last_snapshot((SELECT id FROM pgml.projects WHERE name = project_name));
    ELSIF train_task IN ('regression', 'classification') AND label IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'You must pass a `y_column_name` when you pass a `relation_name` for a supervised task.',
            HINT = 'For example y_column_name => ''target''.';
    ELSE
        snapshot := pgml._create_snapshot(relation_name, train_task, nullif(array_remove(ARRAY[label], NULL), '{}'),
            (arguments ->> 'test_size')::real, (arguments ->> 'test_sampling')::pgml.sampling,
            (arguments ->> 'materialize_snapshot')::boolean, caller_search_path);
    END IF;

    dataset := pgml._push(pgml._push_query(snapshot, train_task), caller_search_path);
    request := jsonb_build_object('dataset', dataset, 'task', train_task, 'algorithm', chosen, 'hyperparams', hyperparams,
        'seed', snapshot.seed, 'test_size', snapshot.test_size, 'test_sampling', snapshot.test_sampling,
        'columns', pgml._request_columns(snapshot));
    answer := pgml_bridge.call('train', request);

    project_id := pgml._ensure_project(project_name, train_task);
    model_id := nextval('pgml.models_id_seq');
    PERFORM pgml._record_model(project_id, model_id, snapshot.id, chosen, runtime, arguments, answer.response, answer.result);
    PERFORM pgml._report_training(model_id, train_task, chosen, runtime, hyperparams, answer.response);
    deployed := pgml._deploy_automatically(project_id, model_id, train_task, answer.response -> 'metrics',
        (arguments ->> 'automatic_deploy')::boolean);
    project := project_name;
    task := replace(train_task::text, '_', '-');
    algorithm := chosen::text;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION pgml._train(jsonb) IS 'Internal: pgml.train after its defaults, with its arguments by name and the search path of its caller.';

-- Arguments and result columns share names, which only SQL functions may.
CREATE FUNCTION pgml.train(
    project_name text,
    task text DEFAULT NULL,
    relation_name text DEFAULT NULL,
    y_column_name text DEFAULT NULL,
    algorithm pgml.algorithm DEFAULT 'linear',
    hyperparams jsonb DEFAULT '{}',
    search pgml.search DEFAULT NULL,
    search_params jsonb DEFAULT '{}',
    search_args jsonb DEFAULT '{}',
    test_size real DEFAULT 0.25,
    test_sampling pgml.sampling DEFAULT 'stratified',
    runtime pgml.runtime DEFAULT NULL,
    automatic_deploy boolean DEFAULT true,
    materialize_snapshot boolean DEFAULT false,
    preprocess jsonb DEFAULT '{}'
) RETURNS TABLE (project text, task text, algorithm text, deployed boolean) LANGUAGE sql AS $$
    SELECT trained.project, trained.task, trained.algorithm, trained.deployed
    FROM pgml._train(pg_catalog.jsonb_build_object(
        'project_name', $1, 'task', $2, 'relation_name', $3, 'y_column_name', $4, 'algorithm', coalesce($5, 'linear'),
        'hyperparams', coalesce($6, '{}'), 'search', $7, 'search_params', coalesce($8, '{}'),
        'search_args', coalesce($9, '{}'), 'test_size', coalesce($10, 0.25),
        'test_sampling', coalesce($11, 'stratified'), 'runtime', $12, 'automatic_deploy', coalesce($13, true),
        'materialize_snapshot', coalesce($14, false), 'preprocess', coalesce($15, '{}'),
        'caller_search_path', pg_catalog.current_setting('search_path'))) AS trained
$$;
COMMENT ON FUNCTION pgml.train(text, text, text, text, pgml.algorithm, jsonb, pgml.search, jsonb, jsonb, real, pgml.sampling, pgml.runtime, boolean, boolean, jsonb) IS
    'Trains a model on a table or view, tests it on rows that were held out, stores it, and deploys it unless the deployed model of the project is better. Without relation_name it trains on the last snapshot of the project again, with the same split.';
