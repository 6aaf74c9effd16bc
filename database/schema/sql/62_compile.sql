-- Compiled models: a model as a function of plpgsql that needs nothing but PostgreSQL. It belongs to who compiled it, and
-- goes with its model.

CREATE FUNCTION pgml._compiled_name(model bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'predict_model_' || model
$$;
COMMENT ON FUNCTION pgml._compiled_name(bigint) IS 'Internal: what the function of a compiled model is called.';

CREATE FUNCTION pgml.compile(model_id bigint) RETURNS text LANGUAGE plpgsql STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    artifact bytea := pgml.model_artifact(model_id);
    signature text := format('pgml.%I(real[])', pgml._compiled_name(model_id));
BEGIN
    IF NOT has_schema_privilege('pgml', 'CREATE') THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('permission denied to create the function %s', signature),
            DETAIL = format('The role %I may not create objects in the schema pgml.', current_user),
            HINT = format('Let the owner of the schema compile the model, or run: GRANT CREATE ON SCHEMA pgml TO %I;', current_user);
    END IF;
    -- Only the body comes from the runtime, and only as a literal.
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION pgml.%I(features real[]) RETURNS real LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS %L',
        pgml._compiled_name(model_id), (pgml_bridge.call('compile', '{}', artifact)).response ->> 'body');
    EXECUTE format('COMMENT ON FUNCTION %s IS %L', signature, format('What model %s predicts, made by pgml.compile.', model_id));
    RETURN pg_get_functiondef(signature::regprocedure);
END
$$;
COMMENT ON FUNCTION pgml.compile(bigint) IS
    'Makes the function pgml.predict_model_{id}(real[]), which predicts to the bit what the model predicts and needs nothing but PostgreSQL, and returns its definition. Needs the privilege CREATE on the schema pgml.';

CREATE FUNCTION pgml.compile(project_name text) RETURNS text LANGUAGE sql STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pgml.compile(pgml.deployed_model(project_name))
$$;
COMMENT ON FUNCTION pgml.compile(text) IS 'Compiles the deployed model of a project: see pgml.compile(bigint).';

CREATE FUNCTION pgml._set_compiled(model bigint, compiled boolean) RETURNS bigint LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF compiled THEN
        PERFORM pgml.compile(model);
    ELSIF NOT compiled THEN
        EXECUTE format('DROP FUNCTION IF EXISTS pgml.%I(real[])', pgml._compiled_name(model));
    END IF;
    RETURN model;
END
$$;
COMMENT ON FUNCTION pgml._set_compiled(bigint, boolean) IS 'Internal: compiles a model, or drops its function; NULL leaves it as it is.';

-- There is no deploy(model_id, compiled): with it, deploy('project', 'best_score') would be ambiguous. Compile and deploy it.
CREATE FUNCTION pgml.deploy(project_name text, strategy pgml.strategy, algorithm pgml.algorithm, compiled boolean)
    RETURNS TABLE (project text, strategy text, algorithm text) LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT projects.name, $2::text, models.algorithm
    FROM pgml._set_compiled(pgml._deploy_by_strategy($1, $2, $3), $4) AS deployed (id)
    JOIN pgml.models ON models.id = deployed.id
    JOIN pgml.projects ON projects.id = models.project_id
$$;
COMMENT ON FUNCTION pgml.deploy(text, pgml.strategy, pgml.algorithm, boolean) IS
    'Deploys a model of a project by a strategy, and compiles it to SQL or, with false, drops the function that pgml.compile made of it.';

-- Whoever may delete a model may not own its function, but the owner of the schema may drop it.
CREATE FUNCTION pgml._drop_compiled() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    compiled regprocedure;
BEGIN
    FOR compiled IN
        SELECT routine.oid
        FROM pg_proc AS routine
        WHERE routine.pronamespace = 'pgml'::regnamespace AND routine.proname ~ '^predict_model_[0-9]+$'
            AND routine.pronargs = 1 AND routine.proargtypes[0] = 'real[]'::regtype
            AND NOT EXISTS (SELECT FROM pgml.models WHERE routine.proname = pgml._compiled_name(models.id))
    LOOP
        EXECUTE format('DROP FUNCTION %s', compiled);
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION pgml._drop_compiled() IS 'Trigger: drops the functions of compiled models that are no more.';

CREATE TRIGGER models_drop_compiled AFTER DELETE OR TRUNCATE ON pgml.models
    FOR EACH STATEMENT EXECUTE FUNCTION pgml._drop_compiled();
