-- Scoring the rows of a query, so many at a time that what an exchange with a runtime costs is shared by all of them. The
-- query is the caller's, and so is search_path.

CREATE FUNCTION pgml._predict_rows(model bigint, keys text[], matrix real[]) RETURNS real[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    predictions real[] := pgml_bridge.predict_batch(model, matrix);
    message pg_catalog.text;
    hint pg_catalog.text;
BEGIN
    -- Rows twice as long as the model's would be taken for twice as many.
    IF pg_catalog.cardinality(predictions) OPERATOR(pg_catalog.<>) pg_catalog.cardinality(keys) THEN
        PERFORM pgml_bridge.predict(model, matrix[1 : pg_catalog.cardinality(matrix) OPERATOR(pg_catalog./) pg_catalog.cardinality(keys)]);
    END IF;
    RETURN predictions;
EXCEPTION WHEN invalid_parameter_value OR null_value_not_allowed THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = message, HINT = hint,
        DETAIL = pg_catalog.format('Rows are counted from the one with the key %s.', keys[1]);
END
$$;
COMMENT ON FUNCTION pgml._predict_rows(bigint, text[], real[]) IS 'Internal: the predictions for some rows of pgml.predict_query.';

CREATE FUNCTION pgml.predict_query(project_name text, query text, key_type anyelement)
    RETURNS TABLE (key anyelement, prediction real) LANGUAGE plpgsql
AS $$
DECLARE
    rows_at_once CONSTANT integer := 1000;
    model bigint := pgml.deployed_model(project_name);
    source pg_catalog.refcursor;
    key_text pg_catalog.text;
    features real[];
    width integer;
    keys pg_catalog.text[];
    -- Growing an array copies it: a short one grows row by row, the long one by short ones.
    short real[];
    matrix real[];
    predictions real[];
BEGIN
    IF project_name IS NULL OR query IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'pgml.predict_query needs the name of a project and a query',
            HINT = 'The query has two columns: a key, and features as an array of numbers.';
    END IF;
    OPEN source NO SCROLL FOR EXECUTE pg_catalog.concat(
        'SELECT rows.key::pg_catalog.text, rows.features::pg_catalog.float4[] FROM (', query, E'\n) AS rows (key, features)');
    LOOP
        keys := '{}';
        short := '{}';
        matrix := '{}';
        FOR number IN 1 .. rows_at_once LOOP
            FETCH source INTO key_text, features;
            EXIT WHEN NOT FOUND;
            width := coalesce(width, pg_catalog.cardinality(features));
            IF features IS NULL THEN
                RAISE null_value_not_allowed USING
                    MESSAGE = pg_catalog.format('the row with the key %s has no features, but NULL', key_text),
                    HINT = 'Leave such rows out with WHERE.';
            ELSIF pg_catalog.cardinality(features) OPERATOR(pg_catalog.<>) width THEN
                RAISE invalid_parameter_value USING
                    MESSAGE = pg_catalog.format('the row with the key %s has %s features, but those before it have %s',
                        key_text, pg_catalog.cardinality(features), width);
            END IF;
            keys[number] := key_text;
            short := short OPERATOR(pg_catalog.||) features;
            IF number OPERATOR(pg_catalog.%) 32 OPERATOR(pg_catalog.=) 0 THEN
                matrix := matrix OPERATOR(pg_catalog.||) short;
                short := '{}';
            END IF;
        END LOOP;
        EXIT WHEN keys OPERATOR(pg_catalog.=) '{}';
        predictions := pgml._predict_rows(model, keys, matrix OPERATOR(pg_catalog.||) short);
        FOR number IN 1 .. pg_catalog.cardinality(keys) LOOP
            key := keys[number];
            prediction := predictions[number];
            RETURN NEXT;
        END LOOP;
    END LOOP;
    CLOSE source;
END
$$;
COMMENT ON FUNCTION pgml.predict_query(text, text, anyelement) IS
    'Predictions of the deployed model of a project for all rows of a query, which has two columns: a key, and features as an array of numbers. Keys have the type of the third argument, whose value does not matter: NULL::uuid. The rows are predicted a thousand at a time.';

CREATE FUNCTION pgml.predict_query(project_name text, query text) RETURNS TABLE (key bigint, prediction real) LANGUAGE sql AS $$
    SELECT * FROM ROWS FROM (pgml.predict_query(project_name, query, NULL::bigint))
$$;
COMMENT ON FUNCTION pgml.predict_query(text, text) IS
    'Predictions of the deployed model of a project for all rows of a query, which has two columns: a key of type bigint, and features as an array of numbers. The rows are predicted a thousand at a time.';
