-- Work for the runtime. When the caller is cancelled, so is the work, by closing the connection it was asked for on.

CREATE OR REPLACE FUNCTION pgml_bridge.call(method text, request jsonb, payload bytea DEFAULT NULL, OUT response jsonb, OUT result bytea)
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    hint pg_catalog.text;
BEGIN
    IF method IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the method of a call must not be NULL';
    END IF;
    SELECT * INTO response, result FROM pgml_bridge._ask_method(pg_catalog.format('SELECT * FROM call(%s, %s, %s, %s)',
        pgml_bridge._literal(method), pgml_bridge._literal(coalesce(request, 'null')::pg_catalog.text),
        coalesce(pgml_bridge._literal(payload), 'NULL'), pgml_bridge._transaction()));
EXCEPTION
    WHEN query_canceled THEN
        PERFORM pgml_bridge._disconnect();
        RAISE;
    WHEN connection_failure THEN
        GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
        -- From PostgreSQL 17 on it is libpq that tells, and does not say what to do.
        IF hint OPERATOR(pg_catalog.=) '' THEN
            PERFORM pgml_bridge._raise_lost(SQLERRM);
        END IF;
        RAISE;
END
$$;
COMMENT ON FUNCTION pgml_bridge.call(text, jsonb, bytea) IS 'Internal: one call to a method of the runtime.';

CREATE OR REPLACE FUNCTION pgml_bridge._fetch_stream(stream bigint, count integer) RETURNS jsonb[] LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN pgml_bridge._ask_rows(pg_catalog.format('SELECT * FROM fetch_stream(%s, %s)', stream, count));
EXCEPTION WHEN query_canceled THEN
    PERFORM pgml_bridge._disconnect();
    RAISE;
END
$$;
COMMENT ON FUNCTION pgml_bridge._fetch_stream(bigint, integer) IS 'Internal: the next items of a stream; fewer than asked for when it has ended.';

-- A recursive query makes rows only as they are wanted, and so does an SQL function in the list of a SELECT: an endless
-- stream can be cut off by LIMIT. The runtime learns of that with the next transaction.
CREATE OR REPLACE FUNCTION pgml_bridge.stream(method text, request jsonb) RETURNS SETOF jsonb LANGUAGE sql VOLATILE STRICT AS $$
    WITH RECURSIVE opened AS MATERIALIZED (
        SELECT pgml_bridge._ask(pg_catalog.format('SELECT open_stream(%s, %s, %s)', pgml_bridge._literal(method),
            pgml_bridge._literal(request::pg_catalog.text), pgml_bridge._transaction()))::bigint AS stream
    ), fetched AS (
        SELECT stream, pgml_bridge._fetch_stream(stream, 100) AS items FROM opened
        UNION ALL
        SELECT stream, pgml_bridge._fetch_stream(stream, 100) FROM fetched WHERE pg_catalog.cardinality(items) OPERATOR(pg_catalog.=) 100
    )
    SELECT pg_catalog.unnest(items) FROM fetched
$$;
COMMENT ON FUNCTION pgml_bridge.stream(text, jsonb) IS 'Internal: what a method of the runtime answers, item by item.';
