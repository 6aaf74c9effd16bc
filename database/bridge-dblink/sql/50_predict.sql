-- Prediction. What predicts is always what the catalog says in the caller's snapshot, with the caller's rights: nothing
-- is remembered from one statement to the next. The runtime keeps models by their SHA-256, and is given those it lacks.
--
-- STABLE, not IMMUTABLE as on bridges that can tell PostgreSQL's cached plans to forget a folded prediction.

CREATE OR REPLACE FUNCTION pgml_bridge._load(model bigint) RETURNS void LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
BEGIN
    PERFORM pgml_bridge._ask(pg_catalog.concat('SELECT load(', pgml_bridge._literal(pgml.model_artifact(model)), ')'));
END
$$;
COMMENT ON FUNCTION pgml_bridge._load(bigint) IS 'Internal: gives a model to the runtime.';

-- The runtime makes room for a new model by forgetting others, which may happen again before it is used.
CREATE OR REPLACE FUNCTION pgml_bridge._predict(model bigint, output text, one boolean, features real[]) RETURNS real[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
AS $$
DECLARE
    -- Without _literal: functions that PostgreSQL does not inline are parsed and planned anew in every transaction.
    statement pg_catalog.text := pg_catalog.concat(E'SELECT predict(''\\x', pg_catalog.encode(pgml.model_digest(model), 'hex'), ''', ''', output,
        CASE WHEN one THEN E''', ''true'', ''\\x' ELSE E''', ''false'', ''\\x' END, pg_catalog.encode(pg_catalog.array_send(features), 'hex'), ''')');
    answer pg_catalog.text := CASE WHEN one THEN pgml_bridge._ask_at_once(statement) ELSE pgml_bridge._ask(statement) END;
BEGIN
    FOR attempt IN 1 .. 3 LOOP
        EXIT WHEN answer IS NOT NULL;
        PERFORM pgml_bridge._load(model);
        answer := pgml_bridge._ask(statement);
    END LOOP;
    IF answer IS NULL THEN
        RAISE configuration_limit_exceeded USING
            MESSAGE = pg_catalog.format('the runtime does not keep model %s long enough to predict with it', model),
            HINT = 'Give it more memory for models.';
    END IF;
    RETURN answer::real[];
END
$$;
COMMENT ON FUNCTION pgml_bridge._predict(bigint, text, boolean, real[]) IS 'Internal: what a model answers, "values" or "probabilities", for one row or any number.';

-- A compiled model needs no runtime: pgml.compile has made a function of it. What is made by somebody who may only create
-- functions in the schema pgml, but does not own it or its models, does not count.
CREATE OR REPLACE FUNCTION pgml_bridge._is_compiled(function regproc) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT proargtypes = '1021' AND proowner IN (
        (SELECT nspowner FROM pg_namespace WHERE oid = pronamespace),
        (SELECT relowner FROM pg_class WHERE oid = 'pgml.models'::regclass))
    FROM pg_proc WHERE oid = function
$$;
COMMENT ON FUNCTION pgml_bridge._is_compiled(regproc) IS 'Internal: whether a function was made of a model by those who own the models.';

CREATE OR REPLACE FUNCTION pgml_bridge.predict(model bigint, features real[]) RETURNS real
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
AS $$
DECLARE
    compiled pg_catalog.regproc := pg_catalog.to_regproc(pg_catalog.concat('pgml.predict_model_', model));
    answer real;
BEGIN
    IF compiled IS NOT NULL THEN
        IF pgml_bridge._is_compiled(compiled) THEN
            EXECUTE pg_catalog.format('SELECT %s($1)', compiled) INTO answer USING features;
            RETURN answer;
        END IF;
    END IF;
    RETURN (pgml_bridge._predict(model, 'values', true, features))[1];
END
$$;
COMMENT ON FUNCTION pgml_bridge.predict(bigint, real[]) IS 'Internal: the prediction of a model for one row.';

CREATE OR REPLACE FUNCTION pgml_bridge.predict(project text, features real[]) RETURNS real
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
AS $$
BEGIN
    RETURN pgml_bridge.predict(pgml.deployed_model(project), features);
END
$$;
COMMENT ON FUNCTION pgml_bridge.predict(text, real[]) IS 'Internal: the prediction of a project''s deployed model for one row.';

CREATE OR REPLACE FUNCTION pgml_bridge.predict_proba(model bigint, features real[]) RETURNS real[]
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
AS $$
BEGIN
    RETURN pgml_bridge._predict(model, 'probabilities', true, features);
END
$$;
COMMENT ON FUNCTION pgml_bridge.predict_proba(bigint, real[]) IS 'Internal: the probabilities of the classes by a model for one row.';

CREATE OR REPLACE FUNCTION pgml_bridge.predict_proba(project text, features real[]) RETURNS real[]
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
AS $$
BEGIN
    RETURN pgml_bridge._predict(pgml.deployed_model(project), 'probabilities', true, features);
END
$$;
COMMENT ON FUNCTION pgml_bridge.predict_proba(text, real[]) IS 'Internal: the probabilities of the classes by a project''s deployed model for one row.';

CREATE OR REPLACE FUNCTION pgml_bridge.predict_batch(model bigint, features real[]) RETURNS real[]
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
AS $$
BEGIN
    RETURN pgml_bridge._predict(model, 'values', false, features);
END
$$;
COMMENT ON FUNCTION pgml_bridge.predict_batch(bigint, real[]) IS 'Internal: the predictions of a model for rows one after the other in one array.';

CREATE OR REPLACE FUNCTION pgml_bridge.predict_batch(project text, features real[]) RETURNS real[]
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
AS $$
BEGIN
    RETURN pgml_bridge._predict(pgml.deployed_model(project), 'values', false, features);
END
$$;
COMMENT ON FUNCTION pgml_bridge.predict_batch(text, real[]) IS 'Internal: the predictions of a project''s deployed model for rows one after the other in one array.';

CREATE OR REPLACE FUNCTION pgml_bridge.encode(model bigint, "row" jsonb) RETURNS real[]
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
AS $$
DECLARE
    request pg_catalog.jsonb := pg_catalog.jsonb_build_object('model', pg_catalog.encode(pgml.model_digest(model), 'hex'), 'row', "row");
    statement pg_catalog.text := pg_catalog.concat('SELECT * FROM call(''encode'', ', pgml_bridge._literal(request::pg_catalog.text), ', NULL, NULL)');
    answer pg_catalog.jsonb := (pgml_bridge._ask_method(statement)).response;
BEGIN
    FOR attempt IN 1 .. 3 LOOP
        EXIT WHEN answer OPERATOR(pg_catalog.?) 'features';
        PERFORM pgml_bridge._load(model);
        answer := (pgml_bridge._ask_method(statement)).response;
    END LOOP;
    RETURN (answer OPERATOR(pg_catalog.->>) 'features')::real[];
END
$$;
COMMENT ON FUNCTION pgml_bridge.encode(bigint, jsonb) IS 'Internal: a row as the features of a model.';

-- Nothing is kept that could go out of date.
CREATE OR REPLACE FUNCTION pgml_bridge.invalidate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION pgml_bridge.invalidate() IS 'Internal: does nothing on this bridge.';
