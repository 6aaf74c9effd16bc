-- Prediction. The array forms are one expression, so that the planner puts pgml_bridge.predict in their place.

CREATE FUNCTION pgml.predict(project_name text, features real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2)';
COMMENT ON FUNCTION pgml.predict(text, real[]) IS 'What the deployed model of a project predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(project_name text, features double precision[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(text, double precision[]) IS 'What the deployed model of a project predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(project_name text, features smallint[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(text, smallint[]) IS 'What the deployed model of a project predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(project_name text, features integer[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(text, integer[]) IS 'What the deployed model of a project predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(project_name text, features bigint[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(text, bigint[]) IS 'What the deployed model of a project predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(project_name text, features boolean[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.int4[]::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(text, boolean[]) IS 'What the deployed model of a project predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(project_name text, features numeric[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(text, numeric[]) IS 'What the deployed model of a project predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(model_id bigint, features real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2)';
COMMENT ON FUNCTION pgml.predict(bigint, real[]) IS 'What a model predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(model_id bigint, features double precision[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(bigint, double precision[]) IS 'What a model predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(model_id bigint, features smallint[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(bigint, smallint[]) IS 'What a model predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(model_id bigint, features integer[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(bigint, integer[]) IS 'What a model predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(model_id bigint, features bigint[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(bigint, bigint[]) IS 'What a model predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(model_id bigint, features boolean[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.int4[]::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(bigint, boolean[]) IS 'What a model predicts for one row of features: a value, the value of a class, or the number of a cluster.';

CREATE FUNCTION pgml.predict(model_id bigint, features numeric[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict($1, $2::pg_catalog.float4[])';
COMMENT ON FUNCTION pgml.predict(bigint, numeric[]) IS 'What a model predicts for one row of features: a value, the value of a class, or the number of a cluster.';

-- Rows by name or position. PL/pgSQL plans its expressions once per session; an SQL function, which cannot be inlined
-- here because its parts are STABLE, would do so once per call.
CREATE FUNCTION pgml._features(model_id bigint, "row" anyelement) RETURNS real[] LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    fields pg_catalog.jsonb := pg_catalog.to_jsonb("row");
BEGIN
    IF pg_catalog.jsonb_typeof(fields) OPERATOR(pg_catalog.<>) 'object' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = pg_catalog.format('features are an array of numbers or a row, but %s was given', pg_catalog.pg_typeof("row")),
            HINT = 'Give ARRAY[1.5, 2], ROW(''a'', 2), or the name of a table in FROM.';
    END IF;
    RETURN pgml_bridge.encode(model_id, fields);
END
$$;
COMMENT ON FUNCTION pgml._features(bigint, anyelement) IS 'Internal: a row as the array of features that a model takes.';

CREATE FUNCTION pgml.predict(project_name text, "row" anyelement) RETURNS real
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    model bigint := pgml.deployed_model(project_name);
BEGIN
    RETURN pgml_bridge.predict(model, pgml._features(model, "row"));
END
$$;
COMMENT ON FUNCTION pgml.predict(text, anyelement) IS
    'What the deployed model of a project predicts for a row: of a table, by the names of its columns, or ROW(…), in the order of the features. Text columns are encoded as in training.';

CREATE FUNCTION pgml.predict(model_id bigint, "row" anyelement) RETURNS real
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN pgml_bridge.predict(model_id, pgml._features(model_id, "row"));
END
$$;
COMMENT ON FUNCTION pgml.predict(bigint, anyelement) IS
    'What a model predicts for a row: of a table, by the names of its columns, or ROW(…), in the order of the features. Text columns are encoded as in training.';

CREATE FUNCTION pgml.predict_proba(project_name text, features real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict_proba($1, $2)';
COMMENT ON FUNCTION pgml.predict_proba(text, real[]) IS 'The probability of each class, in the order of the classes, by the deployed model of a project.';

CREATE FUNCTION pgml.predict_proba(model_id bigint, features real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict_proba($1, $2)';
COMMENT ON FUNCTION pgml.predict_proba(bigint, real[]) IS 'The probability of each class, in the order of the classes, by a model.';

CREATE FUNCTION pgml.predict_batch(project_name text, features real[]) RETURNS SETOF real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_catalog.unnest(pgml_bridge.predict_batch($1, $2))';
COMMENT ON FUNCTION pgml.predict_batch(text, real[]) IS 'Predictions of the deployed model of a project for many rows, whose features follow each other in one array: one result row for each, in order.';

CREATE FUNCTION pgml.predict_batch(model_id bigint, features real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pgml_bridge.predict_batch($1, $2)';
COMMENT ON FUNCTION pgml.predict_batch(bigint, real[]) IS 'Predictions of a model for many rows, whose features follow each other in one array, as one array in order.';
